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

    public DurableFile() => _file = File.OpenHandle(
        NewPath("log"), FileMode.Create, FileAccess.ReadWrite, FileShare.None, FileOptions.DeleteOnClose);

    /// <summary>
    /// A path in the folder that the environment names, or beside this program: <c>/tmp</c> may be memory.
    /// </summary>
    public static string NewPath(string extension) => Path.Combine(
        Environment.GetEnvironmentVariable(FolderVariable) ?? AppContext.BaseDirectory,
        $"tipi-compare-{Environment.ProcessId}.{extension}");

    /// <summary>Blocks the calling thread until the disk has it. From any thread.</summary>
    public void Commit()
    {
        var number = Interlocked.Increment(ref _next) % Commits;
        RandomAccess.Write(_file, _page, number * CommitBytes);
        RandomAccess.FlushToDisk(_file);
    }

    public void Dispose() => _file.Dispose();
}
