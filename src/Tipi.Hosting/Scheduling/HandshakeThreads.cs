namespace Tipi.Hosting.Scheduling;

/// <summary>
/// Threads for the cryptography of handshakes: one for each processor, so that a storm of them takes its share of the
/// processors and not the rings' turns. What comes while all are busy waits in order.
/// </summary>
/// <remarks>
/// A step of a handshake computes for a few milliseconds at most, but a check of a client's certificate may ask a
/// server for revocations, and wait: a thread that is in one step for long does not count.
/// Invariant: there are no more idle threads than <c>_idle</c> says, and no work waits while fewer threads than allowed
/// are at work.
/// </remarks>
internal sealed class HandshakeThreads
{
    /// <summary>A step that takes longer than this waits for somebody, even on a busy machine.</summary>
    private const int LongStepMs = 500;

    /// <summary>Threads with those that wait; each costs a stack's pages.</summary>
    private const int MostThreads = 64;

    private static readonly TimeSpan s_idleTime = TimeSpan.FromSeconds(10);

    private readonly object _gate = new();
    private readonly Queue<IThreadPoolWorkItem> _work = new();
    private readonly List<Worker> _workers = [];
    private int _idle;

    private HandshakeThreads()
    {
    }

    /// <summary>The process's. A thread that finds nothing to do for a while ends.</summary>
    internal static HandshakeThreads Shared { get; } = new();

    /// <summary>Steps that wait for a thread.</summary>
    internal int Waiting
    {
        get
        {
            lock (_gate) return _work.Count;
        }
    }

    internal void Queue(IThreadPoolWorkItem work)
    {
        lock (_gate)
        {
            _work.Enqueue(work);
            if (_work.Count <= _idle) Monitor.Pulse(_gate);
            else if (_workers.Count < MostThreads && CountQuick() < Environment.ProcessorCount) StartThread();
        }
    }

    private int CountQuick()
    {
        long nowMs = Environment.TickCount64;
        int quick = 0;
        foreach (Worker worker in _workers)
        {
            if (nowMs - worker.BeganMs <= LongStepMs) quick++;
        }
        return quick;
    }

    private void StartThread()
    {
        var worker = new Worker { BeganMs = Environment.TickCount64 };
        _workers.Add(worker);
        new Thread(() => Run(worker)) { IsBackground = true, Name = "tipi-handshake" }.UnsafeStart();
    }

    private void Run(Worker worker)
    {
        while (Take(worker) is { } work) work.Execute();
    }

    private IThreadPoolWorkItem? Take(Worker worker)
    {
        lock (_gate)
        {
            IThreadPoolWorkItem? work;
            worker.BeganMs = long.MaxValue; // idle: as good as quick
            if (CountQuick() > Environment.ProcessorCount)
            {
                // Who waited for somebody is back, and others were started in the meantime.
                _workers.Remove(worker);
                return null;
            }
            while (!_work.TryDequeue(out work))
            {
                _idle++;
                bool isWanted = Monitor.Wait(_gate, s_idleTime);
                _idle--;
                if (isWanted || _work.Count > 0) continue;
                _workers.Remove(worker);
                return null;
            }
            worker.BeganMs = Environment.TickCount64;
            return work;
        }
    }

    private sealed class Worker
    {
        /// <summary>When the step that runs began, on the clock of <see cref="Environment.TickCount64"/>.</summary>
        internal long BeganMs { get; set; }
    }
}
