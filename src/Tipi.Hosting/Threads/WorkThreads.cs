using Tipi.Transport.Uring.Rings;

namespace Tipi.Hosting.Threads;

/// <summary>
/// Threads of the process beside the runtime's pool, for work that would hold the pool up, or be held up by it.
/// <code>
/// Queue ─ one is idle ─────────────→ it takes the work
///       ─ fewer than AtOnce ───────→ another one is started for it
///       ─ else it waits in order ──→ for a thread that comes back, or for the overseer
/// overseer: every 100 ms in which work waits and fewer than AtOnce make progress, one more, up to Most
/// thread: work → (more than AtOnce make progress: ends) → next work → (idle for 10 s: ends)
/// </code>
/// </summary>
/// <remarks>
/// Where the system gives no threads, those that there are go on; where there are none, the overseer works itself. It
/// is started before the first connection is accepted.
/// Invariant: there are no more idle threads than <c>_idle</c> says, and each piece of work was counted against an idle
/// thread, or had one started, or the overseer knows that it waits.
/// </remarks>
internal sealed class WorkThreads
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_idleTime = TimeSpan.FromSeconds(10);

    private readonly object _gate = new();
    private readonly object _overseen = new();
    private readonly Queue<IThreadPoolWorkItem> _work = new();
    private readonly List<Worker> _workers = [];
    private readonly string _name;
    private OwnThread? _overseer;
    private long _shortUntilMs;
    private int _idle;
    private bool _isWaiting;

    internal WorkThreads(string name, ThreadGrowth growth)
    {
        _name = name;
        Growth = growth;
    }

    /// <summary>For applications that are known to block: each gets a thread at once.</summary>
    /// <remarks>
    /// At once: what computes gets no faster by more threads, and what blocks is rarely so many. At most: a blocked
    /// thread keeps 100 to 200 KiB, so that these keep less than a gigabyte.
    /// </remarks>
    internal static WorkThreads Blocking { get; } = new(
        "tipi-blocking", new() { AtOnce = 256, Most = 4096, LongestWork = TimeSpan.Zero });

    /// <summary>
    /// For the cryptography of handshakes: one for each processor, so that a storm of them takes its share of the
    /// processors and not the rings' turns.
    /// </summary>
    /// <remarks>
    /// A step of a handshake computes for a few milliseconds at most, also on a busy machine; a check of a client's
    /// certificate may ask a server for revocations, and wait.
    /// </remarks>
    internal static WorkThreads Handshakes { get; } = new(
        "tipi-handshake",
        new() { AtOnce = Environment.ProcessorCount, Most = 256, LongestWork = TimeSpan.FromMilliseconds(500) });

    internal ThreadGrowth Growth { get; }

    /// <summary>Threads at work or idle.</summary>
    internal int Count
    {
        get
        {
            lock (_gate) return _workers.Count;
        }
    }

    /// <summary>Pieces of work that wait for a thread.</summary>
    internal int Waiting
    {
        get
        {
            lock (_gate) return _work.Count;
        }
    }

    /// <summary>True once there were more than are started at once.</summary>
    internal bool HasBeenCrowded { get; private set; }

    /// <summary>True once the system gave no thread.</summary>
    internal bool HasBeenShort { get; private set; }

    /// <summary>Starts what nothing goes on without.</summary>
    /// <exception cref="ThreadShortageException">The system gives no thread.</exception>
    internal void Start()
    {
        lock (_gate) _overseer ??= OwnThread.Start($"{_name}-overseer", Oversee);
    }

    internal void Queue(IThreadPoolWorkItem work)
    {
        lock (_gate)
        {
            if (_overseer is null) Start();
            _work.Enqueue(work);
            if (_work.Count <= _idle) Monitor.Pulse(_gate);
            else if (_workers.Count >= Growth.AtOnce || !TryStartThread()) Alarm();
        }
    }

    private void Alarm()
    {
        lock (_overseen)
        {
            _isWaiting = true;
            Monitor.Pulse(_overseen);
        }
    }

    private bool TryStartThread()
    {
        if (Environment.TickCount64 < _shortUntilMs) return false;
        var worker = new Worker { BeganMs = Environment.TickCount64 };
        if (OwnThread.TryStart(_name, thread => Run(thread, worker)) is not null)
        {
            _workers.Add(worker);
            return true;
        }
        HasBeenShort = true;
        _shortUntilMs = Environment.TickCount64 + (long)s_pause.TotalMilliseconds;
        return false;
    }

    private void Run(OwnThread thread, Worker worker)
    {
        while (TakeUninterrupted(worker) is { } work) Execute(work, thread);
    }

    private static void Execute(IThreadPoolWorkItem work, OwnThread thread)
    {
        work.Execute();
        thread.PutBack();
        OwnThread.TakeInterrupt();
    }

    private IThreadPoolWorkItem? TakeUninterrupted(Worker worker)
    {
        while (true)
        {
            try
            {
                return Take(worker);
            }
            catch (ThreadInterruptedException)
            {
                // Meant for work that ran here before.
            }
        }
    }

    private IThreadPoolWorkItem? Take(Worker worker)
    {
        lock (_gate)
        {
            worker.BeganMs = long.MaxValue; // idle: as good as progress
            // Who waited for somebody is back, and others were started in the meantime.
            bool isSurplus = _workers.Count > Growth.AtOnce && CountActive() > Growth.AtOnce;
            if (!isSurplus && TakeOrWait() is { } work)
            {
                worker.BeganMs = Environment.TickCount64;
                return work;
            }
            _workers.Remove(worker);
            return null;
        }
    }

    private IThreadPoolWorkItem? TakeOrWait()
    {
        while (true)
        {
            if (_work.TryDequeue(out IThreadPoolWorkItem? work)) return work;
            bool isWanted;
            _idle++;
            try
            {
                isWanted = Monitor.Wait(_gate, s_idleTime);
            }
            finally
            {
                _idle--;
            }
            if (!isWanted && _work.Count == 0) return null;
        }
    }

    private int CountActive()
    {
        long since = Environment.TickCount64 - (long)Growth.LongestWork.TotalMilliseconds;
        int active = 0;
        foreach (Worker worker in _workers)
        {
            if (worker.BeganMs > since) active++;
        }
        return active;
    }

    private void Oversee(OwnThread thread)
    {
        while (true)
        {
            try
            {
                lock (_overseen)
                {
                    while (!_isWaiting) Monitor.Wait(_overseen);
                }
                if (Grow() is { } work) Execute(work, thread);
                else Thread.Sleep(s_pause);
            }
            catch (ThreadInterruptedException)
            {
                // Meant for work that ran here.
            }
        }
    }

    /// <summary>Starts one more thread where that helps.</summary>
    /// <returns>Work that the overseer has to do itself.</returns>
    private IThreadPoolWorkItem? Grow()
    {
        lock (_gate)
        {
            if (_work.Count == 0)
            {
                lock (_overseen) _isWaiting = false;
                return null;
            }
            if (_workers.Count >= Growth.Most || CountActive() >= Growth.AtOnce) return null;
            if (_workers.Count >= Growth.AtOnce) HasBeenCrowded = true;
            return TryStartThread() || _workers.Count > 0 ? null : _work.Dequeue();
        }
    }

    private sealed class Worker
    {
        /// <summary>When its work began, on the clock of <see cref="Environment.TickCount64"/>.</summary>
        internal long BeganMs { get; set; }
    }
}
