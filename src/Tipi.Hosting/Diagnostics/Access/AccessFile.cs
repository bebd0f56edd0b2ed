using Tipi.Transport.Uring.Native;

namespace Tipi.Hosting.Diagnostics.Access;

/// <summary>
/// Where the lines go. A file is opened again within a second after it was renamed or removed: further lines belong to
/// the new one of its name. A FIFO is opened whether somebody reads it or not. Used by one thread.
/// </summary>
internal sealed class AccessFile : IDisposable
{
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;

    private const long CheckEachMs = 1000;

    private readonly string? _path;
    private Stream? _stream;
    private string? _openedAs;
    private long _checkAtMs;

    /// <param name="path">Null: standard output.</param>
    /// <exception cref="InvalidOperationException">The file cannot be opened.</exception>
    internal AccessFile(string? path)
    {
        _path = path is null ? null : Path.GetFullPath(path);
        try
        {
            _stream = Open();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InvalidOperationException(
                $"TipiServerOptions.AccessLog.Path is \"{path}\", which cannot be opened for writing: {error.Message} "
                + "Create its directory, or grant the server's user write access to it.", error);
        }
    }

    /// <summary>True when it is a FIFO, or the pipe that a process was given as its output.</summary>
    internal bool IsPipe { get; private set; }

    /// <summary>Appends bytes. After a failure the next call opens the file again.</summary>
    /// <exception cref="IOException">They could not be written, or only a part of them.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be opened.</exception>
    internal void Append(ReadOnlySpan<byte> bytes)
    {
        if (_stream is FileStream file && IsTimeToCheck() && WasMoved(file)) Close();
        _stream ??= Open();
        try
        {
            // Where the system does not do it: somebody may have cut the file meanwhile (logrotate's copytruncate).
            if (_stream is FileStream { CanSeek: true }) _stream.Seek(0, SeekOrigin.End);
            _stream.Write(bytes);
            _stream.Flush();
        }
        catch (IOException)
        {
            Close();
            throw;
        }
    }

    public void Dispose() => Close();

    private Stream Open()
    {
        if (_path is null) return Console.OpenStandardOutput();
        IsPipe = OperatingSystem.IsLinux() && LibC.IsPipe(_path);
        var options = new FileStreamOptions
        {
            // For writing alone, opening a FIFO waits until somebody reads it. Somebody who does not read is enough.
            Mode = IsPipe ? FileMode.Open : FileMode.OpenOrCreate,
            Access = IsPipe ? FileAccess.ReadWrite : FileAccess.Write,
            Share = FileShare.ReadWrite | FileShare.Delete,
            BufferSize = 0,
        };
        if (!IsPipe && !OperatingSystem.IsWindows()) options.UnixCreateMode = Mode;
        var file = new FileStream(_path, options);
        // Several processes may write one log, and somebody may cut it: a write finds its place in the same step.
        if (!IsPipe && OperatingSystem.IsLinux()) LibC.SetAppend(file.SafeFileHandle);
        _openedAs = NameOf(file);
        return file;
    }

    private bool IsTimeToCheck()
    {
        long nowMs = Environment.TickCount64;
        if (nowMs < _checkAtMs) return false;
        _checkAtMs = nowMs + CheckEachMs;
        return true;
    }

    /// <summary>True when the path leads to another file now, or to none.</summary>
    private bool WasMoved(FileStream file) =>
        _openedAs is null ? !File.Exists(_path) : NameOf(file) != _openedAs;

    /// <summary>How Linux names an open file at this moment; null elsewhere.</summary>
    private static string? NameOf(FileStream file)
    {
        if (!OperatingSystem.IsLinux()) return null;
        var link = new FileInfo($"/proc/self/fd/{file.SafeFileHandle.DangerousGetHandle()}");
        return link.LinkTarget;
    }

    private void Close()
    {
        _stream?.Dispose();
        _stream = null;
    }
}
