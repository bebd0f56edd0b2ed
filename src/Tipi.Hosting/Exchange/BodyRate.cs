using Microsoft.AspNetCore.Server.Kestrel.Core;
using Tipi.Hosting.Diagnostics;

namespace Tipi.Hosting.Exchange;

/// <summary>
/// Holds a request's body to its least rate: the time that reads wait for the client, against the bytes that have come.
/// </summary>
internal struct BodyRate
{
    private long _waitedMs;

    // 0 while no read waits that has to be in time.
    private long _waitsSinceMs;

    internal readonly bool IsWaiting => Volatile.Read(in _waitsSinceMs) != 0;

    /// <summary>A read begins to wait.</summary>
    /// <param name="clock">The server's.</param>
    /// <param name="rate">The least rate; null: none.</param>
    internal void BeginWait(ServerClock clock, MinDataRate? rate)
    {
        if (rate is not null) Volatile.Write(ref _waitsSinceMs, Math.Max(clock.ExactMs, 1));
    }

    /// <summary>The wait is over.</summary>
    /// <returns>False when none had begun: the rate is the application's to change while a read waits.</returns>
    internal bool EndWait(ServerClock clock)
    {
        if (_waitsSinceMs == 0) return false;
        _waitedMs += clock.ExactMs - _waitsSinceMs;
        Volatile.Write(ref _waitsSinceMs, 0);
        return true;
    }

    /// <summary>True when a read waits longer than allowed. May be asked by any thread.</summary>
    /// <param name="nowMs">On the server's clock.</param>
    /// <param name="rate">The least rate; null: none.</param>
    /// <param name="received">Bytes of the body that have come.</param>
    internal readonly bool IsOverdue(long nowMs, MinDataRate? rate, long received)
    {
        // Read once: the wait may end meanwhile, and 0 would be a time long ago.
        long since = Volatile.Read(in _waitsSinceMs);
        return rate is not null && since != 0 && nowMs > DeadlineMs(since, rate, received);
    }

    /// <summary>When the read that waits is late, on the server's clock.</summary>
    /// <param name="rate">The least rate.</param>
    /// <param name="received">Bytes of the body that have come.</param>
    internal readonly long DeadlineMs(MinDataRate rate, long received) =>
        DeadlineMs(Volatile.Read(in _waitsSinceMs), rate, received);

    private readonly long DeadlineMs(long sinceMs, MinDataRate rate, long received)
    {
        double allowedMs = Math.Max(received / rate.BytesPerSecond * 1000, rate.GracePeriod.TotalMilliseconds);
        return sinceMs + (long)allowedMs - _waitedMs;
    }
}
