using Tipi.Transport.Uring.Rings;

namespace Tipi.Hosting.Threads;

/// <summary>
/// Threads of the process beside the runtime's pool, for work that would hold the pool up, or be held up by it.
/// <code>
/// Queue ─ one is idle ──→ it takes the work
///       ─ else ─────────→ the work waits in order, for a thread that comes back, or for the overseer
/// overseer: starts a thread for each piece of work that waits, up to AtOnce; then, every 100 ms in which work waits
///           and fewer than AtOnce make progress, one more, up to Most
/// thread: work → (more than AtOnce make progress: ends) → next work → (idle for 10 s: ends)
/// </code>
/// </summary>
/// <remarks>
/// Who queues work never starts a thread. That takes between a tenth of a millisecond and, on a busy processor,
/// several: a ring would stand still for so long, once for each of a crowd of requests.
/// Where the system gives no threads, those that there are go on; where there are none, the overseer works itself. It
/// is started before the first connection is accepted.
/// Invariant: there are no more idle threads than <c>_idle</c> says, and each piece of work was counted against a
/// thread that is idle or about to begin, or the overseer knows that it waits.
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
    private long _grownMs;
    private int _idle;
    private int _beginning;
    private bool _isAlarmed;

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
            else if (_work.Count > _idle + _beginning) Alarm();
        }
    }

    private void Alarm()
    {
        lock (_overseen)
        {
            _isAlarmed = true;
            Monitor.Pulse(_overseen);
        }
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
            if (worker.IsBeginning) _beginning--;
            worker.IsBeginning = false;
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
                if (Plan(out IThreadPoolWorkItem? own) is { } worker) StartThread(worker);
                else if (own is not null) Execute(own, thread);
                else AwaitAlarm();
            }
            catch (ThreadInterruptedException)
            {
                // Meant for work that ran here.
            }
            catch (OutOfMemoryException)
            {
                // On this thread it would end the process. What waits is looked at again after the pause.
                Volatile.Write(ref _shortUntilMs, Environment.TickCount64 + (long)s_pause.TotalMilliseconds);
            }
        }
    }

    /// <summary>What the overseer has to do now, if anything.</summary>
    /// <param name="own">Work that it has to do itself, since there are no threads.</param>
    /// <returns>The worker whose thread it has to start.</returns>
    private Worker? Plan(out IThreadPoolWorkItem? own)
    {
        lock (_gate)
        {
            bool isShort = Environment.TickCount64 < _shortUntilMs;
            own = isShort && _workers.Count == 0 && _work.Count > 0 ? _work.Dequeue() : null;
            if (isShort || !IsOneMoreWanted()) return null;
            var worker = new Worker { IsBeginning = true, BeganMs = Environment.TickCount64 };
            _workers.Add(worker);
            _beginning++;
            return worker;
        }
    }

    private bool IsOneMoreWanted()
    {
        if (_work.Count <= _idle + _beginning) return false;
        if (_workers.Count < Growth.AtOnce) return true;
        if (_workers.Count >= Growth.Most || CountActive() >= Growth.AtOnce) return false;
        long now = Environment.TickCount64;
        if (now - _grownMs < s_pause.TotalMilliseconds) return false;
        _grownMs = now;
        HasBeenCrowded = true;
        return true;
    }

    // Not under the gate, where those who queue work would wait for it.
    private void StartThread(Worker worker)
    {
        if (TryStartThread(worker)) return;
        lock (_gate)
        {
            _workers.Remove(worker);
            _beginning--;
            _shortUntilMs = Environment.TickCount64 + (long)s_pause.TotalMilliseconds;
            HasBeenShort = true;
        }
    }

    private bool TryStartThread(Worker worker)
    {
        try
        {
            return OwnThread.TryStart(_name, thread => Run(thread, worker)) is not null;
        }
        catch (OutOfMemoryException)
        {
            return false;
        }
    }

    private void AwaitAlarm()
    {
        TimeSpan pause;
        lock (_gate) pause = _work.Count > 0 ? s_pause : Timeout.InfiniteTimeSpan;
        lock (_overseen)
        {
            if (!_isAlarmed) Monitor.Wait(_overseen, pause);
            _isAlarmed = false;
        }
    }

    private sealed class Worker
    {
        /// <summary>True until its thread looks for work.</summary>
        internal bool IsBeginning { get; set; }

        /// <summary>When its work began, on the clock of <see cref="Environment.TickCount64"/>.</summary>
        internal long BeganMs { get; set; }
    }
}
