using System.Runtime.InteropServices;

namespace Tipi.Blocking.App;

/// <summary>What a process may lose at any time.</summary>
internal static class Shortages
{
    /// <summary>Closes the descriptor of each ring.</summary>
    public static string CloseRings()
    {
        var closed = 0;
        foreach (var path in Directory.GetFiles("/proc/self/fd"))
        {
            if (new FileInfo(path).LinkTarget?.Contains("[io_uring]", StringComparison.Ordinal) != true) continue;
            if (Close(int.Parse(Path.GetFileName(path))) == 0) closed++;
        }

        return $"closed {closed}";
    }

    [DllImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int descriptor);
}
