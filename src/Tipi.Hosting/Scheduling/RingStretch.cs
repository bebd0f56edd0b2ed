using Tipi.Hosting.Exchange;
using Tipi.Transport.Uring.Rings;

namespace Tipi.Hosting.Scheduling;

/// <summary>The stretch of an application that a ring's thread runs at this moment. One for each such thread.</summary>
/// <remarks>
/// <code>
///   none ──Begin──► running ──End──► none
///                     │ the ring is taken away, by the sentinel
///                     └──► late ──End──► none
/// </code>
/// The state is the stretch's number, times two, plus one where it is late: so the sentinel cannot take a later
/// stretch for the one that it has looked at. A stretch may begin inside another one, whose state is put back.
/// </remarks>
internal sealed class RingStretch(LearnedEndpoints learned) : IHandOffWitness
{
    private const long None = 0;
    private const long Late = 1;

    private readonly LearnedEndpoints _learned = learned;
    private HttpExchange? _exchange;
    private long _state;
    private long _last;

    /// <summary>Whose a late stretch is.</summary>
    internal Served LateOne { get; private set; }

    /// <summary>Begins one on the calling thread, which runs a ring.</summary>
    internal static Running Begin(LearnedEndpoints learned, HttpExchange exchange)
    {
        if (RingWorker.Current is not { } worker) return default; // another transport's ring
        if (worker.Witness is not RingStretch stretch) worker.Witness = stretch = new RingStretch(learned);
        var running = new Running(stretch, stretch._last += 2, stretch._exchange, stretch._state);
        Volatile.Write(ref stretch._exchange, exchange);
        Volatile.Write(ref stretch._state, running.State);
        return running;
    }

    /// <summary>To be called by who began it, on the same thread.</summary>
    internal static void End(in Running running)
    {
        if (running.Stretch is not { } stretch) return;
        if (Interlocked.CompareExchange(ref stretch._state, None, running.State) != running.State)
            stretch._learned.NoteBack(stretch);
        Volatile.Write(ref stretch._exchange, running.Outer);
        Volatile.Write(ref stretch._state, running.OuterState);
    }

    void IHandOffWitness.OnHandOff()
    {
        long state = Volatile.Read(ref _state);
        if (state == None || Volatile.Read(ref _exchange) is not { } exchange) return;
        _learned.NoteLate(this, state, Served.SoFar(exchange)); // of another stretch, where the state is not the same
    }

    /// <summary>False where the stretch of that state has ended.</summary>
    internal bool TryBeLate(long state, in Served served)
    {
        LateOne = served;
        return Interlocked.CompareExchange(ref _state, state | Late, state) == state;
    }

    /// <summary>What <see cref="End"/> wants.</summary>
    internal readonly record struct Running(RingStretch? Stretch, long State, HttpExchange? Outer, long OuterState);
}
