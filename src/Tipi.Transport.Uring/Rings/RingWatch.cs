namespace Tipi.Transport.Uring.Rings;

/// <summary>What the sentinel has seen of one ring.</summary>
/// <remarks>
/// <code>
///   a call, first sight ──same call, budget past──► suspect ──blocks, or burns the processor──► hand-off
///                                                     └── waits for a processor: looked at again, a few times
/// </code>
/// A worker that only waits for its turn on a busy processor is not taken the ring from: another thread would wait
/// there too, and an endpoint would be blamed for the machine's load.
/// </remarks>
internal sealed class RingWatch(RingCrew crew, TimeSpan interval)
{
    public const int LooksPerBudget = 2;

    // After this many looks the reason does not matter any more.
    private const int MaxLooks = 12;

    // Kept constant relative to a look: who was on a processor for half of it is at work.
    private readonly long _busyNs = (long)(interval.TotalNanoseconds / 2);

    private long _seen;
    private long _cpuNs;
    private int _looks;

    /// <summary>Looks once. True where the ring is in a call.</summary>
    public bool Look()
    {
        var observed = crew.Loop.Baton.Observe();
        if (!Baton.IsInside(observed))
        {
            _seen = 0;
            return false;
        }

        if (_seen != observed)
        {
            _seen = observed;
            _looks = 0;
        }
        else if (++_looks >= LooksPerBudget && HoldsTheRing(crew.FindWorker(observed)) && crew.TryHandOff(observed))
        {
            _seen = 0;
        }

        return true;
    }

    private bool HoldsTheRing(RingWorker? worker)
    {
        if (worker is null || _looks >= MaxLooks) return true;
        if (!ThreadActivity.IsRunnable(worker.ThreadId)) return true;
        var before = _cpuNs;
        _cpuNs = ThreadActivity.ProcessorTimeNs(worker.ThreadId);
        return _looks > LooksPerBudget && _cpuNs - before >= _busyNs;
    }
}
