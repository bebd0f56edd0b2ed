namespace Tipi.Hosting.Diagnostics;

/// <summary>
/// Lets one line of a kind into the log each ten seconds and counts the others: peers must not be able to fill a log,
/// and operators must learn what goes on.
/// </summary>
internal sealed class LogThrottle
{
    private const long QuietMs = 10_000;

    private long _quietUntilMs;
    private long _others;

    /// <summary>True when the line may be written.</summary>
    /// <param name="nowMs">The server's clock.</param>
    /// <param name="others">How many were held back since the last line.</param>
    internal bool TryTake(long nowMs, out long others)
    {
        others = 0;
        long until = Volatile.Read(ref _quietUntilMs);
        if (nowMs >= until && Interlocked.CompareExchange(ref _quietUntilMs, nowMs + QuietMs, until) == until)
        {
            others = Interlocked.Exchange(ref _others, 0);
            return true;
        }
        Interlocked.Increment(ref _others);
        return false;
    }
}
