using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Tipi.Hosting.Http2;

/// <summary>
/// Holds a peer to the least rate at which it must take responses: the time in which a window held bytes back, against
/// those that were sent since the first such time. Who grants a byte now and then is as slow as who grants none.
/// </summary>
internal struct WindowRate
{
    /// <summary>
    /// Bytes that a peer may be ahead of the least rate: what it took an hour ago says nothing of a stall today.
    /// </summary>
    private const double MostAhead = 64 * 1024;

    private long _blockedMs;
    private long _sinceMs;
    private double _sent;

    internal readonly bool IsIdle => _sinceMs == 0 && _blockedMs == 0;

    /// <summary>A window holds back what is to be sent.</summary>
    /// <param name="nowMs">The time, never 0.</param>
    internal void OnBlocked(long nowMs)
    {
        if (_sinceMs == 0) _sinceMs = nowMs;
    }

    /// <summary>The window is open again, be it by a byte.</summary>
    internal void OnReleased(long nowMs)
    {
        if (_sinceMs == 0) return;
        _blockedMs += Math.Max(nowMs - _sinceMs, 1);
        _sinceMs = 0;
    }

    internal void OnSent(long bytes)
    {
        if (!IsIdle) _sent += bytes;
    }

    internal bool IsOverdue(long nowMs, MinDataRate? rate)
    {
        if (rate is null || _sinceMs == 0) return false;
        long elapsedMs = _blockedMs + nowMs - _sinceMs;
        double least = rate.BytesPerSecond * elapsedMs / 1000;
        _sent = Math.Min(_sent, least + MostAhead);
        return elapsedMs > rate.GracePeriod.TotalMilliseconds && _sent < least;
    }
}
