using System.Diagnostics.CodeAnalysis;

namespace Tipi.Hosting.Scheduling;

/// <summary>
/// Threads for applications that are known to block. The runtime's pool adds a thread or two a second, so that requests
/// would wait for each other's sleep; here each gets a thread at once, up to a limit.
/// </summary>
/// <remarks>
/// Invariant: there are no more idle threads than <c>_idle</c> says, and each piece of work was counted against an idle
/// thread or had one started, unless there are <see cref="MostThreads"/> already.
/// </remarks>
internal sealed class BlockingThreads
{
    /// <summary>What sleeps costs a stack's pages; what computes gets no faster by more threads than this.</summary>
    private const int MostThreads = 256;

    private static readonly TimeSpan s_idleTime = TimeSpan.FromSeconds(10);

    private readonly object _gate = new();
    private readonly Queue<IThreadPoolWorkItem> _work = new();
    private int _threads;
    private int _idle;

    private BlockingThreads()
    {
    }

    /// <summary>The process's. A thread that finds nothing to do for a while ends.</summary>
    internal static BlockingThreads Shared { get; } = new();

    /// <summary>Threads at work or idle.</summary>
    internal int Count
    {
        get
        {
            lock (_gate) return _threads;
        }
    }

    internal void Queue(IThreadPoolWorkItem work)
    {
        lock (_gate)
        {
            _work.Enqueue(work);
            if (_work.Count <= _idle) Monitor.Pulse(_gate);
            else if (_threads < MostThreads) StartThread();
        }
    }

    private void StartThread()
    {
        _threads++;
        new Thread(Run) { IsBackground = true, Name = "tipi-blocking" }.UnsafeStart();
    }

    private void Run()
    {
        while (TryTake(out IThreadPoolWorkItem? work)) work.Execute();
    }

    private bool TryTake([NotNullWhen(true)] out IThreadPoolWorkItem? work)
    {
        lock (_gate)
        {
            while (!_work.TryDequeue(out work))
            {
                _idle++;
                bool isWanted = Monitor.Wait(_gate, s_idleTime);
                _idle--;
                if (isWanted || _work.Count > 0) continue;
                _threads--;
                return false;
            }

            return true;
        }
    }
}
