namespace Tipi.Transport.Uring.Rings;

/// <summary>Deferred work, the newest first. Any thread adds, any thread takes all; nobody waits.</summary>
internal sealed class DeferredList
{
    private const int NeverSeen = -1;

    private DeferredWork? _newest;
    private int _taken;
    private int _seen = NeverSeen;

    /// <summary>Adds what is in no list. A full memory barrier. True: it was empty.</summary>
    public bool Add(DeferredWork newest, DeferredWork oldest)
    {
        var seen = Volatile.Read(ref _newest);
        while (true)
        {
            oldest.Next = seen;
            var now = Interlocked.CompareExchange(ref _newest, newest, seen);
            if (ReferenceEquals(now, seen)) return seen is null;
            seen = now;
        }
    }

    /// <summary>Takes all of it; the next is in <see cref="DeferredWork.Next"/>.</summary>
    public DeferredWork? TakeAll()
    {
        Interlocked.Increment(ref _taken);
        return Interlocked.Exchange(ref _newest, null);
    }

    /// <summary>
    /// Looks whether something waits, and whether some of it has waited since the look before. By one thread.
    /// </summary>
    public bool Look(out bool isLate)
    {
        var taken = Volatile.Read(ref _taken) & int.MaxValue;
        var waits = Volatile.Read(ref _newest) is not null;
        isLate = waits && taken == _seen;
        _seen = waits ? taken : NeverSeen;
        return waits;
    }
}
