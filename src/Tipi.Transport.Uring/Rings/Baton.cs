namespace Tipi.Transport.Uring.Rings;

/// <summary>
/// Says which worker owns a ring, and whether that worker is inside code that may take long. Only then may somebody
/// else take the ring away.
/// </summary>
/// <remarks>
/// <code>
///                 Enter (plain store)
///   ┌──────────┐ ───────────────────► ┌───────────────────┐
///   │ turning  │                      │ inside, epoch n+1 │
///   │ worker w │ ◄─────────────────── │ worker w          │
///   └──────────┘   TryLeave (CAS)     └───────────────────┘
///        ▲                                      │ TrySteal (CAS), by the sentinel
///        └──────────── worker w' ◄──────────────┘   worker w finds out at TryLeave
/// </code>
/// One word holds the epoch (high bits), the worker's number (15 bits) and "inside" (1 bit), so that a theft hits
/// exactly the call that was observed. Invariant: only the worker named in the word touches the ring.
/// </remarks>
internal sealed class Baton
{
    private const long Inside = 1;
    private const int WorkerShift = 1;
    private const int EpochShift = 16;
    private const long WorkerMask = (1 << (EpochShift - WorkerShift)) - 1;

    private long _word;

    public Baton(int worker) => _word = (long)worker << WorkerShift;

    /// <summary>Turns since the start.</summary>
    public long Turns { get; private set; }

    /// <summary>The owner begins a turn.</summary>
    public void BeginTurn() => Turns++;

    /// <summary>The word as it is: equal observations mean the same call of the same worker.</summary>
    public long Observe() => Volatile.Read(ref _word);

    public static bool IsInside(long observed) => (observed & Inside) != 0;

    public static int WorkerOf(long observed) => (int)((observed >> WorkerShift) & WorkerMask);

    public bool IsHeldBy(int worker) => WorkerOf(Observe()) == worker;

    /// <summary>The owner goes into code that may take long. Returns what <see cref="TryLeave"/> wants.</summary>
    public long Enter()
    {
        var inside = (_word + (1L << EpochShift)) | Inside;
        Volatile.Write(ref _word, inside);
        return inside;
    }

    /// <summary>The worker comes back. False: the ring is somebody else's now, do not touch it.</summary>
    public bool TryLeave(long inside) =>
        Interlocked.CompareExchange(ref _word, inside & ~Inside, inside) == inside;

    /// <summary>
    /// A worker that was thrown out of the turn, whatever it was doing. True: the ring is still its own, and stays so.
    /// </summary>
    public bool TryRecover(int worker)
    {
        var seen = Observe();
        if (WorkerOf(seen) != worker) return false;
        return !IsInside(seen) || TryLeave(seen);
    }

    /// <summary>Takes the ring from a worker who is still inside the observed call, and gives it to another.</summary>
    public bool TrySteal(long observed, int worker)
    {
        var stolen = (observed & ~(WorkerMask << WorkerShift) & ~Inside) | ((long)worker << WorkerShift);
        return Interlocked.CompareExchange(ref _word, stolen, observed) == observed;
    }
}
