using Tipi.Hosting.Connections;
using Tipi.Hosting.Diagnostics;
using Tipi.Protocols.Http2;

namespace Tipi.Hosting.Http2;

/// <summary>
/// What only time decides of a connection that goes on: its client is late with what must follow, answers no ping, or
/// has asked for nothing for too long. Says when the connection's loop has to look. Used under the connection's gate,
/// but for <see cref="OnAlive"/>.
/// </summary>
internal sealed class IdleWatch(StreamContext context, StreamTable streams, ConnectionLife life, OwedFrames owed)
{
    private KeepAlivePing _ping = new(context.Limits.Http2, context.Owner.Server.Clock.NowMs);
    private long _sinceMs;

    private ServerConnection Owner => context.Owner;

    private FrameOutput Output => context.Output;

    private long IdleDeadlineMs => context.Limits.KeepAliveTimeout is var most && most == TimeSpan.MaxValue
        ? long.MaxValue
        : _sinceMs + (long)most.TotalMilliseconds;

    /// <summary>Bytes came. Called by the connection's loop.</summary>
    internal void OnAlive() => _ping.OnAlive(Owner.Server.Clock.NowMs);

    /// <summary>The client answered a ping.</summary>
    internal void OnPingAnswered()
    {
        _ping.OnAnswered();
        Update();
    }

    /// <summary>There is no stream yet.</summary>
    internal void Begin() => _sinceMs = Owner.Server.Clock.NowMs + ServerClock.MostAgeMs;

    /// <summary>No stream is left, or the client has just begun.</summary>
    internal void BeginIdle()
    {
        Begin();
        Update();
    }

    /// <summary>When the loop has to look at the time again.</summary>
    internal void Update()
    {
        if (life.HasEnded) return; // the deadline is that of the close now
        bool isBusy = !owed.IsReady || streams.NeedTime || !Output.CutOffs.IsEmpty;
        if (isBusy || life.IsEnding) context.Time.RequestTick();
        else Owner.DeadlineMs = streams.Count == 0 ? Math.Min(IdleDeadlineMs, _ping.DueMs) : _ping.DueMs;
    }

    /// <summary>Ends the connection where its client has used up its time.</summary>
    internal void Check(long nowMs)
    {
        if (owed.IsLate)
        {
            Owner.EndsBecause(ConnectionEndReason.RequestHeadersTimeout);
            life.Fail(Http2Error.Connection(Http2ErrorCode.EnhanceYourCalm, "The client is too slow."));
            return;
        }
        if (_ping.IsUnanswered(nowMs))
        {
            Owner.EndsBecause(ConnectionEndReason.KeepAliveTimeout);
            life.Fail(Http2Error.Connection(Http2ErrorCode.InternalError, "The client did not answer a ping."));
            return;
        }
        // Before SETTINGS no frame may be sent.
        if (!owed.IsSilent && _ping.IsDue(nowMs))
            Output.Control.WritePing(isAck: false, _ping.Send(nowMs));
        if (streams.Count > 0 || !(owed.IsReady || owed.IsSilent) || nowMs <= IdleDeadlineMs) return;
        Owner.EndsBecause(ConnectionEndReason.KeepAliveTimeout);
        life.EndIdle();
    }
}
