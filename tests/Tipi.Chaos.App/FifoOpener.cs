using System.Runtime.InteropServices;

namespace Tipi.Chaos.App;

/// <summary>Opens a FIFO for both ways, which never waits, and lets whoever waits to read it go on.</summary>
internal sealed class FifoOpener(string path) : IDisposable
{
    private const int ReadWrite = 2;
    private readonly Lock _gate = new();
    private int _descriptor = -1;
    private bool _isOver;

    internal void TryOpen()
    {
        lock (_gate)
        {
            if (_descriptor < 0 && !_isOver) _descriptor = Open(path, ReadWrite);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isOver = true;
            if (_descriptor >= 0) _ = Close(_descriptor);
        }
    }

    [DllImport("libc", EntryPoint = "open")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open([MarshalAs(UnmanagedType.LPStr)] string path, int flags);

    [DllImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int descriptor);
}
