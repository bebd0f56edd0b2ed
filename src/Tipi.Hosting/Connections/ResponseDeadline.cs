using Microsoft.AspNetCore.Server.Kestrel.Core;
using Tipi.Hosting.Diagnostics;

namespace Tipi.Hosting.Connections;

/// <summary>When what is queued for a peer must have left.</summary>
internal static class ResponseDeadline
{
    /// <summary>In the clock's milliseconds; MaxValue without a rate.</summary>
    /// <param name="clock">The server's.</param>
    /// <param name="limits">The endpoint's.</param>
    /// <param name="rate">The least rate; null: none.</param>
    /// <param name="bytes">Bytes that are queued in addition to a full buffer.</param>
    internal static long Of(ServerClock clock, TipiServerLimits limits, MinDataRate? rate, long bytes)
    {
        if (rate is null) return long.MaxValue;
        double queued = bytes + (limits.MaxResponseBufferSize ?? 0);
        double neededMs = queued / rate.BytesPerSecond * 1000;
        // Exactly: a second that the clock is old would be missing from the grace period.
        return clock.ExactMs + (long)Math.Max(neededMs, rate.GracePeriod.TotalMilliseconds);
    }
}
