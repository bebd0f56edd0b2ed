using System.Diagnostics;

namespace Tipi.Transport.Uring.Rings;

/// <summary>What the sentinel has seen of one ring.</summary>
/// <remarks>
/// <code>
///   a call, first sight ──same call, budget past──► suspect ──blocks, or burns the processor──► hand-off
///                                                     │ waits for a processor: looked at again
///                                                     └──for long──► hand-off that blames nobody
/// </code>
/// A worker that only waits for its turn on a busy processor is not taken the ring from at once: another thread would
/// wait there too. When it is, an endpoint is not blamed for the machine's load.
/// </remarks>
internal sealed class RingWatch(RingCrew crew, TimeSpan interval)
{
    // After this many looks the reason does not matter any more.
    private const int MaxLooks = 12;

    // A call is at work that spends one part in so many of its time on a processor, or a whole budget.
    private const int BusyPart = 2;

    private readonly double _budgetNs = interval.TotalNanoseconds * Sentinel.LooksPerBudget;

    private long _seen;
    private long _seenAt;
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
            _seenAt = Stopwatch.GetTimestamp();
            _cpuNs = ProcessorTimeNs(observed);
            _looks = 0;
        }
        else if (++_looks >= Sentinel.LooksPerBudget && FindCause(observed) is { } cause
            && crew.TryHandOff(observed, cause))
        {
            _seen = 0;
        }

        return true;
    }

    private HandOffCause? FindCause(long observed)
    {
        switch (crew.FindWorker(observed)?.Activity?.Look())
        {
            case ThreadState.Asleep:
                return HandOffCause.Blocked;
            case ThreadState.AsleepUninterruptibly:
                return HandOffCause.BlockedUninterruptibly;
            default:
                if (IsAtWork(observed)) return HandOffCause.Blocked;
                return _looks >= MaxLooks ? HandOffCause.Unknown : null;
        }
    }

    // Where the looks themselves are late, so is the machine: the time since the first one says nothing by itself.
    private bool IsAtWork(long observed)
    {
        var spentNs = ProcessorTimeNs(observed) - _cpuNs;
        return spentNs >= _budgetNs || spentNs * BusyPart >= Stopwatch.GetElapsedTime(_seenAt).TotalNanoseconds;
    }

    private long ProcessorTimeNs(long observed) => crew.FindWorker(observed)?.Activity?.ProcessorTimeNs ?? 0;
}
