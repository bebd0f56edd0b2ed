namespace Tipi.Hosting.Scheduling;

/// <summary>
/// An endpoint, or a path without one, that has held a ring at least once.
/// <code>
/// Inline ──hand-offs are a habit──→ Learned ──quick runs are a habit──→ Inline
/// </code>
/// A busy machine takes the processor away from any handler now and then: two hand-offs
/// are a habit only among few runs, and later only when there are many. Counts are made without locks and may lose one
/// to a race: what matters is the order of magnitude.
/// </summary>
internal sealed class Suspect
{
    /// <summary>Two hand-offs count at once when at least one run in so many lost its ring.</summary>
    private const int FrequentRuns = 4;

    /// <summary>Hand-offs after which a rare habit counts too.</summary>
    private const int ManyHandOffs = 8;

    /// <summary>A habit rarer than one in so many runs costs less than another thread does.</summary>
    private const int RarestRuns = 200;

    /// <summary>Quick runs, less the slow ones with their weight, after which the learning was a mistake.</summary>
    private const int ForgivingRuns = 2000;

    private long _handOffs;
    private long _runs;
    private int _quickRuns;

    internal bool IsLearned { get; private set; }

    /// <summary>Counts a run on the ring that ended well.</summary>
    internal void CountRun() => _runs++;

    /// <summary>Counts a run that lost a ring; true when this is the one that makes it learned.</summary>
    internal bool CountHandOff()
    {
        _runs++;
        _handOffs++;
        bool isFrequent = _handOffs > 1 && _handOffs * FrequentRuns >= _runs;
        bool isHabit = _handOffs >= ManyHandOffs && _handOffs * RarestRuns >= _runs;
        if (IsLearned || !(isFrequent || isHabit)) return false;
        _quickRuns = 0;
        IsLearned = true;
        return true;
    }

    /// <summary>
    /// Counts a run on a blocking thread; true when this is the one that shows the learning was a mistake.
    /// </summary>
    internal bool CountBlockingThreadRun(bool isQuick)
    {
        _quickRuns = isQuick ? _quickRuns + 1 : Math.Max(0, _quickRuns - RarestRuns);
        if (_quickRuns < ForgivingRuns || !IsLearned) return false;
        (_handOffs, _runs) = (0, 0);
        IsLearned = false;
        return true;
    }
}
