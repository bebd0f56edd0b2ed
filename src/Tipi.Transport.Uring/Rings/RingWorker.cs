namespace Tipi.Transport.Uring.Rings;

/// <summary>
/// A thread that runs a ring, or stands by to take one over.
/// </summary>
/// <remarks>
/// <code>
///   standing by ──Take(ring)──► running ──ring stopped──► ended
///     │  ▲                        │ lost the ring inside a call
///     │  └──────(the call returns)┘
///     └──nobody has wanted it for long──► ended
/// </code>
/// A thread that submitted requests must not end while they live: its end would cancel them. So it stands by until the
/// ring's owners have taken them over.
/// </remarks>
internal sealed class RingWorker : IDisposable
{
    [ThreadStatic]
    private static RingWorker? t_current;

    private readonly SemaphoreSlim _wanted = new(0);
    private readonly Baton _baton;
    private OwnThread? _thread;
    private long _handOffs;
    private long _uninterruptible;
    private bool _dismissed;

    /// <param name="number">Names the worker in batons.</param>
    /// <param name="ring">The number of the ring that it may run.</param>
    /// <param name="baton">Says who owns that ring.</param>
    public RingWorker(int number, int ring, Baton baton)
    {
        Number = number;
        Name = $"tipi-ring-{ring}.{number}";
        _baton = baton;
    }

    /// <summary>The worker whose thread is calling, or null on other threads.</summary>
    public static RingWorker? Current => t_current;

    /// <summary>Names the worker in batons. Unique among the workers of a ring.</summary>
    public int Number { get; }

    /// <summary>The worker's thread. For calls on it.</summary>
    public OwnThread Thread => _thread!;

    /// <summary>What the thread is called.</summary>
    public string Name { get; }

    /// <summary>Turns of the ring that the worker may run, whoever runs it.</summary>
    public long Turns => _baton.Turns;

    /// <summary>Nobody will want it any more: the thread is to end.</summary>
    public bool IsDismissed => Volatile.Read(ref _dismissed);

    /// <summary>What the thread does; null until it runs.</summary>
    public ThreadActivity? Activity { get; private set; }

    /// <summary>Of those who use the worker's thread: set on it.</summary>
    public IHandOffWitness? Witness { get; set; }

    /// <summary>How often this thread has lost a ring.</summary>
    public long HandOffs => Volatile.Read(ref _handOffs);

    /// <summary>
    /// Starts the worker's thread, which ends when <paramref name="work"/> returns; false where the system gives none.
    /// </summary>
    public bool TryStart(Action<RingWorker> work) => OwnThread.TryStart(Name, thread => Run(thread, work)) is not null;

    /// <summary>True where the baton is that of the worker's ring, and names the worker.</summary>
    public bool Holds(Baton baton) => ReferenceEquals(baton, _baton) && baton.IsHeldBy(Number);

    /// <summary>How often this thread has lost a ring while it slept uninterruptibly.</summary>
    public long UninterruptibleHandOffs => Volatile.Read(ref _uninterruptible);

    /// <summary>Notes that the ring was taken from this worker.</summary>
    public void CountHandOff(HandOffCause cause)
    {
        if (cause is HandOffCause.Unknown) return;
        if (cause is HandOffCause.BlockedUninterruptibly) Interlocked.Increment(ref _uninterruptible);
        Interlocked.Increment(ref _handOffs);
    }

    /// <summary>Lets the worker run the ring, which is its own already by the baton.</summary>
    public void Go() => _wanted.Release();

    /// <summary>Lets the thread end when it next stands by.</summary>
    public void Dismiss()
    {
        Volatile.Write(ref _dismissed, true);
        _wanted.Release();
    }

    /// <summary>Waits on the worker's thread until it is wanted; false where nobody wanted it for so long.</summary>
    public bool Await(TimeSpan patience) => _wanted.Wait(patience);

    /// <summary>To be called when the thread has ended or never will be waited for.</summary>
    public void Dispose() => _wanted.Dispose();

    private void Run(OwnThread thread, Action<RingWorker> work)
    {
        t_current = this;
        _thread = thread;
        using var activity = ThreadActivity.OfCallingThread();
        Activity = activity;
        work(this);
    }
}
