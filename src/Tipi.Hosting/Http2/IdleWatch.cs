using Tipi.Hosting.Connections;
using Tipi.Hosting.Diagnostics;
using Tipi.Protocols.Http2;

namespace Tipi.Hosting.Http2;

/// <summary>
/// What only time decides of a connection that goes on: its client is late with what must follow, answers no ping, or
/// has asked for nothing for too long. Used under the connection's gate, but for <see cref="OnAlive"/>.
/// </summary>
internal sealed class IdleWatch(Http2Connection connection)
{
    private KeepAlivePing _ping = new(connection.Limits.Http2, connection.Owner.Server.Clock.NowMs);
    private long _sinceMs;

    /// <summary>When to look again.</summary>
    internal long DeadlineMs =>
        connection.Streams.Count == 0 ? Math.Min(IdleDeadlineMs, _ping.DueMs) : _ping.DueMs;

    private ServerConnection Owner => connection.Owner;

    private long IdleDeadlineMs => connection.Limits.KeepAliveTimeout is var most && most == TimeSpan.MaxValue
        ? long.MaxValue
        : _sinceMs + (long)most.TotalMilliseconds;

    /// <summary>Bytes came. Called by the connection's loop.</summary>
    internal void OnAlive() => _ping.OnAlive(Owner.Server.Clock.NowMs);

    /// <summary>The client answered a ping.</summary>
    internal void OnPingAnswered() => _ping.OnAnswered();

    /// <summary>No stream is left, or there was none yet.</summary>
    internal void BeginIdle() => _sinceMs = Owner.Server.Clock.NowMs + ServerClock.MostAgeMs;

    /// <summary>Ends the connection where its client has used up its time.</summary>
    internal void Check(Http2Receiver receiver, long nowMs)
    {
        if (receiver.IsLate)
        {
            Owner.EndsBecause(ConnectionEndReason.RequestHeadersTimeout);
            connection.Fail(Http2Error.Connection(Http2ErrorCode.EnhanceYourCalm, "The client is too slow."));
            return;
        }
        if (_ping.IsUnanswered(nowMs))
        {
            Owner.EndsBecause(ConnectionEndReason.KeepAliveTimeout);
            connection.Fail(Http2Error.Connection(Http2ErrorCode.InternalError, "The client answers no ping."));
            return;
        }
        // Before SETTINGS no frame may be sent.
        if (!receiver.IsSilent && _ping.IsDue(nowMs))
            connection.Output.Control.WritePing(isAck: false, _ping.Send(nowMs));
        if (connection.Streams.Count > 0 || !(receiver.IsReady || receiver.IsSilent) || nowMs <= IdleDeadlineMs) return;
        Owner.EndsBecause(ConnectionEndReason.KeepAliveTimeout);
        connection.EndIdle();
    }
}
