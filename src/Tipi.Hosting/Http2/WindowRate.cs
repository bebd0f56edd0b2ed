using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Tipi.Hosting.Http2;

/// <summary>
/// Holds a peer to the least rate at which it must take a response: counted from the first time that its windows held
/// bytes back until all were sent. Who grants a byte now and then is as slow as who grants none.
/// </summary>
internal struct WindowRate
{
    private long _sinceMs;
    private long _sent;

    /// <summary>A window holds back what is to be sent.</summary>
    /// <param name="nowMs">The time, never 0.</param>
    internal void OnBlocked(long nowMs)
    {
        if (_sinceMs == 0) _sinceMs = nowMs;
    }

    internal void OnSent(int bytes, long unsent)
    {
        if (unsent == 0) this = default;
        else if (_sinceMs != 0) _sent += bytes;
    }

    internal readonly bool IsOverdue(long nowMs, MinDataRate? rate)
    {
        if (rate is null || _sinceMs == 0) return false;
        long elapsedMs = nowMs - _sinceMs;
        return elapsedMs > rate.GracePeriod.TotalMilliseconds && _sent * 1000.0 < rate.BytesPerSecond * elapsedMs;
    }
}
