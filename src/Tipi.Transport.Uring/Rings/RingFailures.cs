namespace Tipi.Transport.Uring.Rings;

/// <summary>Counts the failures of a group's rings, and says when it is enough.</summary>
internal sealed class RingFailures
{
    /// <summary>A ring that fails is replaced; the third failure in <see cref="Span"/> is the last.</summary>
    public const int MostReplaced = 2;

    /// <summary>
    /// Long enough that what has a lasting cause comes three times, short enough that an accident a day is none.
    /// </summary>
    public static readonly TimeSpan Span = TimeSpan.FromMinutes(10);

    // The oldest first.
    private readonly long[] _atMs = new long[MostReplaced];
    private int _count;

    /// <summary>Counts one failure. False: too many.</summary>
    public bool TryTake(long nowMs)
    {
        while (_count > 0 && nowMs - _atMs[0] > Span.TotalMilliseconds) Array.Copy(_atMs, 1, _atMs, 0, --_count);
        if (_count == MostReplaced) return false;
        _atMs[_count++] = nowMs;
        return true;
    }
}
