namespace Tipi.Hosting.Scheduling;

/// <summary>
/// An endpoint, or a path without one, that has held a ring at least once.
/// <code>
/// Inline ──hand-offs are a habit──→ Learned ──many quick runs in a row──→ Inline
/// </code>
/// Counts are made without locks and may lose one to a race: what matters is the order of magnitude.
/// </summary>
internal sealed class Suspect
{
    /// <summary>The first time is often compilation or a cold cache.</summary>
    private const int WarmUps = 1;

    /// <summary>
    /// Hand-offs that are rarer than one in so many runs come from a busy machine, which takes the processor away from any
    /// handler now and then.
    /// </summary>
    private const int RarestRuns = 200;

    /// <summary>Quick runs in a row after which it was a mistake: a handler that blocks now and then never gets there.</summary>
    private const int QuickRuns = 2000;

    private long _handOffs;
    private long _runs;
    private int _quickRuns;

    internal bool IsLearned { get; private set; }

    /// <summary>Counts a run on the ring that ended well.</summary>
    internal void CountRun() => _runs++;

    /// <summary>Counts a run that lost a ring; true when this is the one that makes it learned.</summary>
    internal bool CountHandOff()
    {
        if (++_handOffs <= WarmUps || _handOffs * RarestRuns < _runs || IsLearned) return false;
        _quickRuns = 0;
        IsLearned = true;
        return true;
    }

    /// <summary>Counts a run on the thread pool; true when this is the one that shows the learning was a mistake.</summary>
    internal bool CountPoolRun(bool isQuick)
    {
        _quickRuns = isQuick ? _quickRuns + 1 : 0;
        if (_quickRuns < QuickRuns || !IsLearned) return false;
        (_handOffs, _runs) = (0, 0);
        IsLearned = false;
        return true;
    }
}
