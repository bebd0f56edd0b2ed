using Tipi.Transport.Uring.Native;

namespace Tipi.Transport.Uring.Rings;

/// <summary>
/// A thread that runs a ring, or stands by to take one over.
/// </summary>
/// <remarks>
/// <code>
///   standing by ──Take(ring)──► running ──ring stopped──► ended
///        ▲                        │ lost the ring inside a call
///        └──────(the call returns)┘
/// </code>
/// A thread that submitted requests must not end while they live: its end would cancel them. So it stands by instead.
/// </remarks>
internal sealed class RingWorker : IDisposable
{
    [ThreadStatic]
    private static RingWorker? t_current;

    private readonly SemaphoreSlim _wanted = new(0);
    private readonly RingCrew _crew;
    private long _handOffs;
    private bool _dismissed;

    public RingWorker(int number, RingCrew crew)
    {
        Number = number;
        _crew = crew;
        var thread = new Thread(Run) { IsBackground = true, Name = $"tipi-ring-{crew.Loop.Number}.{number}" };
        thread.UnsafeStart();
    }

    /// <summary>The worker whose thread is calling, or null on other threads.</summary>
    public static RingWorker? Current => t_current;

    /// <summary>Names the worker in batons. Unique among the workers of a ring.</summary>
    public int Number { get; }

    /// <summary>The ring that this worker may run.</summary>
    public RingLoop Loop => _crew.Loop;

    /// <summary>The kernel's number of the thread; 0 until it runs.</summary>
    public int ThreadId { get; private set; }

    /// <summary>How often this thread has lost a ring.</summary>
    public long HandOffs => Volatile.Read(ref _handOffs);

    /// <summary>Notes that the ring was taken from this worker.</summary>
    public void CountHandOff() => Interlocked.Increment(ref _handOffs);

    /// <summary>Lets the worker run the ring, which is its own already by the baton.</summary>
    public void Go() => _wanted.Release();

    /// <summary>Lets the thread end when it next stands by.</summary>
    public void Dismiss()
    {
        Volatile.Write(ref _dismissed, true);
        _wanted.Release();
    }

    /// <summary>To be called when the thread has ended or never will be waited for.</summary>
    public void Dispose() => _wanted.Dispose();

    private void Run()
    {
        t_current = this;
        ThreadId = LibC.ThreadId();
        BlockPool.KeepAtHand();
        while (true)
        {
            _wanted.Wait();
            if (Volatile.Read(ref _dismissed)) return;
            if (_crew.RunRing(this)) return;
            _crew.StandBy(this);
        }
    }
}
