using System.Collections.Concurrent;

namespace Tipi.Transport.Uring.Rings;

/// <summary>The workers of one ring: one runs it, the others stand by or are late in some call.</summary>
/// <remarks>
/// Invariant: the worker named by the ring's baton is the only one inside <see cref="RingLoop.Run"/>'s turn. The
/// first worker has number 1.
/// </remarks>
internal sealed class RingCrew
{
    /// <summary>
    /// Threads that may be late in calls at once. Endpoints that are late go to the thread pool afterwards, so this
    /// many different ones must block at the same time before the ring has to wait.
    /// </summary>
    public const int MaxWorkers = 256;

    private readonly ConcurrentBag<RingWorker> _standingBy = [];
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Action<Exception> _reportFault;
    private readonly RingWorker?[] _workers = new RingWorker?[MaxWorkers + 1];
    private long _handOffs;
    private int _hired;
    private volatile bool _ended;

    public RingCrew(int ring, RingScheduling scheduling, Sentinel sentinel, Action<Exception> reportFault)
    {
        _reportFault = reportFault;
        Loop = new RingLoop(ring, scheduling, worker: 1, sentinel, reportFault);
    }

    public RingLoop Loop { get; }

    /// <summary>How often the ring was taken from a worker.</summary>
    public long HandOffs => Volatile.Read(ref _handOffs);

    /// <summary>Completes when the ring has stopped and its memory is given back.</summary>
    public Task Stopped => _stopped.Task;

    public void Start()
    {
        Hire().Go();
        _standingBy.Add(Hire());
    }

    /// <summary>The worker named in an observed baton.</summary>
    public RingWorker? FindWorker(long observed) => _workers[Baton.WorkerOf(observed)];

    /// <summary>Takes the ring from the worker who was observed inside a call. Called by the sentinel.</summary>
    public bool TryHandOff(long observed)
    {
        if (!_standingBy.TryTake(out var spare) && (spare = TryHire()) is null) return false;
        if (!Loop.Baton.TrySteal(observed, spare.Number))
        {
            StandBy(spare); // or ends it, where the ring has stopped meanwhile
            return false;
        }

        Interlocked.Increment(ref _handOffs);
        FindWorker(observed)?.CountHandOff();
        spare.Go();
        return true;
    }

    /// <summary>Runs the ring on the calling worker. True when the ring has stopped.</summary>
    public bool RunRing(RingWorker worker)
    {
        try
        {
            if (!Loop.Run(worker)) return false;
            Loop.Dispose();
        }
#pragma warning disable CA1031 // whatever it is, the process goes on without this ring
        catch (Exception e)
#pragma warning restore CA1031
        {
            _reportFault(e);
            Loop.Abandon(e);
        }

        _ended = true;
        while (_standingBy.TryTake(out var spare)) spare.Dismiss();
        _stopped.TrySetResult();
        return true;
    }

    /// <summary>A worker has nothing to do: one who lost the ring has come back, or a spare was not needed.</summary>
    public void StandBy(RingWorker worker)
    {
        _standingBy.Add(worker);
        if (!_ended) return;
        while (_standingBy.TryTake(out var spare)) spare.Dismiss();
    }

    private RingWorker? TryHire()
    {
        if (_hired >= MaxWorkers) return null;
        try
        {
            return Hire();
        }
        catch (OutOfMemoryException)
        {
            // The system gives no more threads at the moment; the sentinel will ask again.
            _hired--;
            return null;
        }
    }

    // By the starting thread, then by the sentinel only.
    private RingWorker Hire()
    {
        var worker = new RingWorker(++_hired, this);
        _workers[_hired] = worker;
        return worker;
    }
}
