using System.Buffers;
using Microsoft.Extensions.Logging;
using Tipi.Transport.Uring.Rings;

namespace Tipi.Hosting.Diagnostics.Access;

/// <summary>
/// The access log of a server: entries go into a queue, and one thread writes them. What does not fit into the queue,
/// or cannot be written, is dropped and counted.
/// </summary>
internal sealed class AccessLog : IDisposable
{
    /// <summary>A disk that is stuck must not hold the stop for ever.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Lines of one write: enough for a rare system call, little enough for a small buffer.</summary>
    private const int LargestWrite = 64 * 1024;

    private readonly AccessQueue _queue;
    private readonly AccessFile _file;
    private readonly IAccessFormat _format;
    private readonly ServerMetrics _metrics;
    private readonly ILogger _log;
    private readonly LogThrottle _throttle = new();
    private readonly ArrayBufferWriter<byte> _lines = new(LargestWrite);
    private readonly OwnThread _thread;

    private AccessLog(AccessLogOptions options, ServerMetrics metrics, ILogger log)
    {
        _queue = new AccessQueue(options.QueueLimit);
        _file = new AccessFile(options.Path);
        _format = options.Format == AccessLogFormat.Json ? new JsonAccessFormat() : new CombinedAccessFormat();
        _metrics = metrics;
        _log = log;
        _thread = OwnThread.Start("tipi-access-log", Run);
    }

    /// <summary>Null when none is wanted.</summary>
    /// <exception cref="InvalidOperationException">The file cannot be opened.</exception>
    internal static AccessLog? Start(AccessLogOptions options, ServerMetrics metrics, ILogger log)
    {
        if (options.Format == AccessLogFormat.None) return null;
        var accessLog = new AccessLog(options, metrics, log);
        if (accessLog._file.IsPipe) log.AccessLogIsPipe(options.Path!);
        return accessLog;
    }

    internal void Add(in AccessEntry entry)
    {
        if (!_queue.TryAdd(entry)) _metrics.AccessLinesDropped(1);
    }

    /// <summary>Writes what waits, and ends.</summary>
    public void Dispose()
    {
        _queue.Close();
        if (!_thread.Join(Patience)) return;
        _file.Dispose();
        (_format as IDisposable)?.Dispose();
    }

    private void Run(OwnThread thread)
    {
        while (true)
        {
            ReadOnlySpan<AccessEntry> entries = _queue.Take();
            if (entries.IsEmpty) return;
            while (!entries.IsEmpty) entries = entries[WriteSome(entries)..];
        }
    }

    /// <summary>Writes as many as one write takes.</summary>
    /// <returns>How many are done with: written or lost.</returns>
    private int WriteSome(ReadOnlySpan<AccessEntry> entries)
    {
        int count = 0;
        try
        {
            while (count < entries.Length && _lines.WrittenCount < LargestWrite)
                _format.Write(entries[count++], _lines);
            _file.Append(_lines.WrittenSpan);
        }
        catch (Exception error)
        {
            // Whatever it is: on this thread it would end the process.
            Lose(count, error);
        }
        _lines.ResetWrittenCount();
        return count;
    }

    private void Lose(int lines, Exception error)
    {
        try
        {
            _metrics.AccessLinesDropped(lines);
            if (_throttle.TryTake(Environment.TickCount64, out long others)) _log.AccessLogFailed(error, others);
        }
        catch (Exception)
        {
            // The log may be on the same full disk. The lines are counted already.
        }
    }
}
