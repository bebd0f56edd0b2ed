namespace Tipi.Transport.Uring.Rings;

/// <summary>The workers of one ring: one runs it, the others stand by or are late in some call.</summary>
/// <remarks>
/// Invariant: the worker named by the ring's baton is the only one inside <see cref="RingLoop.Run"/>'s turn. The
/// first worker has number 1.
/// </remarks>
internal sealed class RingCrew
{
    /// <summary>
    /// Threads that may be late in calls at once: then the ring has to wait. Who runs applications here sees to it that
    /// they are fewer, see <see cref="IHandOffWitness"/>.
    /// </summary>
    public const int MaxWorkers = 256;

    /// <summary>Where the system gives no thread it is asked again after this time.</summary>
    private const long ShortagePauseMs = 100;

    // Long enough for the next storm to find the threads of this one.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    private readonly SpareWorkers _standingBy = new(MaxWorkers);
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ReportQueue<RingReport> _reports;
    private readonly Action<RingCrew, Exception>? _failed;
    private readonly RingWorker?[] _workers = new RingWorker?[MaxWorkers + 1];
    private long _handOffs;
    private long _shortUntilMs;
    private volatile bool _ended;

    /// <param name="ring">The ring's number.</param>
    /// <param name="setup">As of all rings of its group.</param>
    /// <param name="failed">Called on the last worker's thread where the ring has failed. Must not throw.</param>
    /// <exception cref="IOException">The kernel refuses the ring.</exception>
    public RingCrew(int ring, RingSetup setup, Action<RingCrew, Exception>? failed = null)
    {
        _reports = setup.Reports;
        _failed = failed;
        Loop = new RingLoop(ring, worker: 1, setup);
    }

    public RingLoop Loop { get; }

    /// <summary>How often the ring was taken from a worker.</summary>
    public long HandOffs => Volatile.Read(ref _handOffs);

    /// <summary>Completes when the ring has stopped and its memory is given back.</summary>
    public Task Stopped => _stopped.Task;

    /// <exception cref="ThreadShortageException">The system gives no thread for the ring.</exception>
    public void Start()
    {
        var first = TryHire() ?? throw new ThreadShortageException($"a worker of ring {Loop.Number}");
        // Without a spare the sentinel asks again, when one is wanted.
        if (TryHire() is { } spare) _standingBy.Add(spare);
        first.Go();
    }

    /// <summary>The worker named in an observed baton.</summary>
    public RingWorker? FindWorker(long observed) => _workers[Baton.WorkerOf(observed)];

    /// <summary>Takes the ring from the worker who was observed inside a call. Called by the sentinel.</summary>
    public bool TryHandOff(long observed, HandOffCause cause)
    {
        if (!_standingBy.TryTake(out var spare) && (spare = TryHire()) is null) return false;
        if (!Loop.Baton.TrySteal(observed, spare.Number))
        {
            StandBy(spare); // or ends it, where the ring has stopped meanwhile
            return false;
        }

        Interlocked.Increment(ref _handOffs);
        var late = FindWorker(observed);
        late?.CountHandOff(cause);
        spare.Go();
        late?.Witness?.OnHandOff();
        // The next one may be late, too, and a new thread takes its time to begin.
        if (_standingBy.IsEmpty && TryHire(isWanted: false) is { } next) StandBy(next);
        return true;
    }

    // What a worker's thread does from its start to its end.
    private void Work(RingWorker worker)
    {
        while (AwaitTurn(worker))
        {
            BlockPool.KeepAtHand();
            var ended = RunRing(worker);
            BlockPool.GiveBackAtHand();
            if (ended) return;
            OwnThread.TakeInterrupt();
            StandBy(worker);
        }
    }

    // False: the worker is dismissed.
    private bool AwaitTurn(RingWorker worker)
    {
        while (true)
        {
            try
            {
                var patience = _standingBy.IsSurplus(worker) ? s_patience : Timeout.InfiniteTimeSpan;
                if (worker.Await(patience)) return !worker.IsDismissed;
                Loop.Post(new Departure(this, worker));
            }
            catch (ThreadInterruptedException)
            {
                // Meant for a handler that ran here before.
            }
        }
    }

    // Runs the ring on the calling worker. True when the ring has stopped. Never throws.
    private bool RunRing(RingWorker worker)
    {
        Exception? fault = null;
        try
        {
            if (!Loop.Run(worker)) return false;
            Loop.Dispose();
        }
#pragma warning disable CA1031 // whatever it is, the process goes on without this ring
        catch (Exception e)
#pragma warning restore CA1031
        {
            // Thrown inside a call that was too late, it is no fault of the ring, which another worker runs by now.
            var isOwner = Loop.Baton.TryRecover(worker.Number);
            _reports.Add(new RingReport(isOwner ? RingEvent.RingFailed : RingEvent.CallbackFailed, e));
            if (!isOwner) return false;
            fault = e;
            Abandon(e);
        }

        _ended = true;
        while (_standingBy.TryTake(out var spare)) spare.Dismiss();
        _stopped.TrySetResult();
        if (fault is not null) _failed?.Invoke(this, fault);
        return true;
    }

    private void Abandon(Exception fault)
    {
        try
        {
            Loop.Abandon(fault);
        }
#pragma warning disable CA1031 // the ring is gone all the same
        catch (Exception e)
#pragma warning restore CA1031
        {
            _reports.Add(new RingReport(RingEvent.RingFailed, e));
        }
    }

    // A worker has nothing to do: one who lost the ring has come back, or a spare was not needed.
    private void StandBy(RingWorker worker)
    {
        Shortage.Outlast(static crew => crew.Crew._standingBy.Add(crew.Worker), (Crew: this, Worker: worker));
        if (!_ended) return;
        while (_standingBy.TryTake(out var spare)) spare.Dismiss();
    }

    // The worker stands by and was not wanted for long. By the ring's owner: nobody else knows what is in flight.
    private void LetGo(RingWorker worker)
    {
        if (Loop.Operations.AnyHeldBy(worker.Number) || !_standingBy.TryTakeSurplus(worker)) return;
        Volatile.Write(ref _workers[worker.Number], null);
        worker.Dismiss();
    }

    // By the starting thread, then by the sentinel only.
    private RingWorker? TryHire(bool isWanted = true)
    {
        var number = VacantNumber();
        if (number > MaxWorkers || Environment.TickCount64 < _shortUntilMs) return null;
        var worker = new RingWorker(number, Loop.Number, Loop.Baton);
        _workers[worker.Number] = worker; // before it runs: the baton may name it at once
        if (!worker.TryStart(Work))
        {
            // The ring stays with who holds it until a spare comes back, or the system gives a thread again.
            _workers[number] = null;
            _shortUntilMs = Environment.TickCount64 + ShortagePauseMs;
            if (isWanted) _reports.AddOnce((int)RingEvent.ThreadsShort, new RingReport(RingEvent.ThreadsShort));
            return null;
        }

        return worker;
    }

    private int VacantNumber()
    {
        var number = 1;
        while (number <= MaxWorkers && Volatile.Read(ref _workers[number]) is not null) number++;
        return number;
    }

    private sealed class Departure(RingCrew crew, RingWorker worker) : PostedWork
    {
        internal override void Run() => crew.LetGo(worker);
    }
}
