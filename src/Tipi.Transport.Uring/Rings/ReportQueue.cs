using System.Diagnostics.CodeAnalysis;

namespace Tipi.Transport.Uring.Rings;

/// <summary>
/// Reports on their way to a log that may throw, block or be full, from threads that must not wait for it. They are
/// written on the thread pool, one after the other.
/// </summary>
/// <remarks>
/// Invariant: at most one thread of the pool writes, so that a log that blocks holds one thread of it and no other; at
/// most <see cref="MostKept"/> reports wait for it, the others are dropped.
/// </remarks>
internal sealed class ReportQueue<TReport>(Action<TReport> write) : IThreadPoolWorkItem
{
    /// <summary>Reports are rare: more at once say the same again.</summary>
    public const int MostKept = 64;

    private readonly Lock _gate = new();
    private readonly Queue<TReport> _waiting = new(MostKept);
    private TaskCompletionSource? _writing;
    private int _once;

    /// <summary>Has a report written, some time. From any thread; never throws and never waits for a log.</summary>
    public void Add(TReport report)
    {
        try
        {
            lock (_gate)
            {
                if (_waiting.Count == MostKept) return;
                _waiting.Enqueue(report);
                if (_writing is not null) return;
                // Where the pool takes no work for want of memory, the next report asks it again.
                ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
                _writing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }
#pragma warning disable CA1031 // a report that is lost must not end whoever reports
        catch (Exception)
#pragma warning restore CA1031
        {
            // No memory, or the thread was interrupted.
        }
    }

    /// <summary>Has a report written, unless one of that kind (0 to 31) was already.</summary>
    public void AddOnce(int kind, TReport report)
    {
        var flag = 1 << kind;
        if ((Interlocked.Or(ref _once, flag) & flag) == 0) Add(report);
    }

    /// <summary>Completes when what was reported so far is written.</summary>
    public Task WhenWritten()
    {
        lock (_gate) return _writing?.Task ?? Task.CompletedTask;
    }

    /// <summary>Writes what waits. Called by the pool.</summary>
    public void Execute()
    {
        while (TryTake(out var report))
        {
            try
            {
                write(report);
            }
#pragma warning disable CA1031 // on the pool it would end the process
            catch (Exception)
#pragma warning restore CA1031
            {
                // The log itself fails; there is nobody else to tell.
            }
        }
    }

    private bool TryTake([MaybeNullWhen(false)] out TReport report)
    {
        lock (_gate)
        {
            if (_waiting.TryDequeue(out report)) return true;
            _writing?.TrySetResult();
            _writing = null;
            return false;
        }
    }
}
