using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Tipi.Hosting.Http2;

/// <summary>
/// The least rate for a stream that the connection's window holds back: what the peer takes of other streams meanwhile
/// counts, since who takes those at full speed is not slow with this one. Each stream has its own, as each may have a
/// rate.
/// </summary>
internal struct SharedWindowRate
{
    private WindowRate _rate;
    private long _seen;

    /// <param name="nowMs">The time, never 0.</param>
    /// <param name="sent">Bytes of DATA sent so far on the whole connection.</param>
    internal void OnBlocked(long nowMs, long sent)
    {
        if (_rate.IsIdle) _seen = sent;
        _rate.OnBlocked(nowMs);
    }

    internal void OnReleased(long nowMs) => _rate.OnReleased(nowMs);

    internal bool IsOverdue(long nowMs, MinDataRate? rate, long sent)
    {
        _rate.OnSent(sent - _seen);
        _seen = sent;
        return _rate.IsOverdue(nowMs, rate);
    }
}
