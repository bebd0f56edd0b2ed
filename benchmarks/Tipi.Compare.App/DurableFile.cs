using Microsoft.Win32.SafeHandles;

namespace Tipi.Compare.App;

/// <summary>
/// A file that commits go to, as a database's log: a commit writes 4 KiB and returns when they are on the disk. It is
/// deleted when the application ends.
/// </summary>
internal sealed class DurableFile : IDisposable
{
    private const string FolderVariable = "TIPI_COMPARE_FOLDER";
    private const int CommitBytes = 4096;

    // Then it begins anew: 32 MiB of a disk.
    private const long Commits = 8192;

    private readonly byte[] _page = new byte[CommitBytes];
    private readonly SafeFileHandle _file;
    private long _next;

    /// <summary>In the folder that the environment names, or beside this program: <c>/tmp</c> may be memory.</summary>
    public DurableFile()
    {
        var folder = Environment.GetEnvironmentVariable(FolderVariable) ?? AppContext.BaseDirectory;
        _file = File.OpenHandle(
            Path.Combine(folder, $"tipi-compare-{Environment.ProcessId}.log"), FileMode.Create, FileAccess.ReadWrite,
            FileShare.None, FileOptions.DeleteOnClose);
    }

    /// <summary>Blocks the calling thread until the disk has it. From any thread.</summary>
    public void Commit()
    {
        var number = Interlocked.Increment(ref _next) % Commits;
        RandomAccess.Write(_file, _page, number * CommitBytes);
        RandomAccess.FlushToDisk(_file);
    }

    public void Dispose() => _file.Dispose();
}
