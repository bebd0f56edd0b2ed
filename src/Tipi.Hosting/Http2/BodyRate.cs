using Microsoft.AspNetCore.Server.Kestrel.Core;
using Tipi.Hosting.Diagnostics;

namespace Tipi.Hosting.Http2;

/// <summary>
/// Holds a request's body to its least rate: the time that reads wait for the client, against the bytes that have come.
/// </summary>
internal struct BodyRate
{
    private const long NotWaiting = long.MaxValue;

    private long _waitedMs;
    private long _waitsSinceMs;

    internal readonly bool IsWaiting => Volatile.Read(in _waitsSinceMs) is not (0 or NotWaiting);

    internal void BeginWait(ServerClock clock, MinDataRate? rate)
    {
        if (rate is not null) Volatile.Write(ref _waitsSinceMs, clock.ExactMs);
    }

    internal void EndWait(ServerClock clock, MinDataRate? rate)
    {
        if (rate is null || _waitsSinceMs is 0 or NotWaiting) return;
        _waitedMs += clock.ExactMs - _waitsSinceMs;
        Volatile.Write(ref _waitsSinceMs, NotWaiting);
    }

    /// <summary>True when a read waits longer than allowed. May be asked by any thread.</summary>
    internal readonly bool IsOverdue(long nowMs, MinDataRate? rate, long received)
    {
        long since = Volatile.Read(in _waitsSinceMs);
        if (rate is null || since is 0 or NotWaiting) return false;
        double allowedMs = Math.Max(received / rate.BytesPerSecond * 1000, rate.GracePeriod.TotalMilliseconds);
        return _waitedMs + (nowMs - since) > allowedMs;
    }
}
