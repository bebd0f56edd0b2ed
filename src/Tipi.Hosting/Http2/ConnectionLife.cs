using System.Text;
using Tipi.Hosting.Connections;
using Tipi.Hosting.Diagnostics;
using Tipi.Protocols.Http2;

namespace Tipi.Hosting.Http2;

/// <summary>
/// How far one connection is in its life, and what its client is told of that: SETTINGS at the beginning, GOAWAY at the
/// end.
/// <code>
/// Open ──stop, client's GOAWAY, keep-alive──→ Announced ──ping came back──→ Leaving ──no stream left──→ Ended
///   │           GOAWAY with the highest number ┘     GOAWAY with the last stream ┘                        ↑
///   └── the peer's fault: GOAWAY with its code; the peer has gone: nothing ───────────────────────────────┘
/// </code>
/// </summary>
internal sealed class ConnectionLife(ServerConnection owner, FrameOutput output, StreamTable streams)
{
    /// <summary>How long the client has for the frames that it sent before it saw the first GOAWAY.</summary>
    private const int AnnouncementMs = 1000;

    private Phase _phase;
    private long _announcedMs;
    private int _lastId = int.MaxValue;
    private bool _hasGreeted;

    private enum Phase : byte
    {
        Open,
        Announced,
        Leaving,
        Ended,
    }

    /// <summary>True when the connection ends after what runs.</summary>
    internal bool IsEnding => _phase != Phase.Open;

    /// <summary>True when streams that the client opens now are not looked at.</summary>
    internal bool IsLeaving => _phase >= Phase.Leaving;

    /// <summary>True when nothing is received any more.</summary>
    internal bool HasEnded => _phase == Phase.Ended;

    private Lock Gate => output.Gate;

    // ---- the beginning ----

    /// <summary>
    /// Says SETTINGS, which come before any other frame (RFC 9113 §3.4): when the client has shown that it speaks
    /// HTTP/2, or the connection ends before that.
    /// </summary>
    internal void Greet()
    {
        lock (Gate)
        {
            if (_hasGreeted) return;
            _hasGreeted = true;
            output.Control.WriteSettings(OwnSettings.Of(owner.Limits));
            int increment = owner.Limits.Http2.InitialConnectionWindowSize - Http2Settings.InitialWindow;
            if (increment > 0) output.Control.WriteWindowUpdate(0, increment);
        }
    }

    /// <summary>The client speaks something else: it is not greeted.</summary>
    internal void OnNoPreface() => _hasGreeted = true;

    // ---- the end, in good order ----

    /// <summary>The client wants no further streams, or the connection is to end after those that run.</summary>
    internal void Leave()
    {
        if (_phase != Phase.Open) return;
        _phase = Phase.Announced;
        _announcedMs = owner.Server.Clock.ExactMs;
        Greet();
        output.Control.WriteGoAway(int.MaxValue, Http2ErrorCode.NoError, default);
        output.Control.WritePing(isAck: false, KeepAlivePing.Farewell);
        output.Time.RequestTick();
    }

    /// <summary>A ping came back: the client has seen the first GOAWAY if it is that behind it.</summary>
    /// <returns>False when it was another one.</returns>
    internal bool TryFarewell(long opaque)
    {
        if (opaque != KeepAlivePing.Farewell || _phase != Phase.Announced) return false;
        LeaveNow();
        return true;
    }

    /// <summary>Looks at what only time decides.</summary>
    internal void OnTime()
    {
        if (owner.MustEnd) Leave();
        if (_phase == Phase.Announced && owner.Server.Clock.ExactMs - _announcedMs >= AnnouncementMs) LeaveNow();
    }

    /// <summary>No stream is left: who is leaving ends when the loop looks. Under the gate.</summary>
    internal void OnEmpty()
    {
        if (_phase == Phase.Leaving) owner.Wake();
    }

    /// <summary>Ends where nothing is left to wait for. Under the gate.</summary>
    internal void EndIfEmpty()
    {
        if (_phase == Phase.Leaving && streams.Count == 0) _phase = Phase.Ended;
    }

    /// <summary>Ends a connection that nobody has used for long. Under the gate.</summary>
    internal void EndIdle()
    {
        WriteGoAway(Http2ErrorCode.NoError, default);
        _phase = Phase.Ended;
    }

    // ---- the end, by a fault or a loss ----

    /// <summary>Ends the connection of a client that speaks HTTP/1, which it was told.</summary>
    internal void EndOfHttp1()
    {
        _phase = Phase.Ended;
        owner.Server.Logs.BadRequests.Http2ConnectionFailed(
            owner.Id, Http2ErrorCode.ProtocolError, "The client sent HTTP/1 to an endpoint for HTTP/2 only.");
    }

    /// <summary>Ends the connection with a GOAWAY that says why. What it is measured as was said before.</summary>
    internal void Fail(Http2Error error)
    {
        if (_phase == Phase.Ended) return;
        _phase = Phase.Ended;
        WriteGoAway(error.Code, Encoding.ASCII.GetBytes(error.Reason));
        owner.Server.Logs.BadRequests.Http2ConnectionFailed(owner.Id, error.Code, error.Reason);
    }

    /// <summary>
    /// What is to be sent cannot be written, or be understood by the peer: the connection ends. Under the gate.
    /// </summary>
    internal void OnOutputFailed(Exception error)
    {
        owner.EndsBecause(ConnectionEndReason.OtherError);
        if (_phase != Phase.Ended) WriteGoAway(Http2ErrorCode.InternalError, default);
        _phase = Phase.Ended;
        OutputFault.Tell(owner, error);
    }

    /// <summary>Nobody could be answered any more. Called on any thread.</summary>
    internal void OnLost()
    {
        lock (Gate) _phase = Phase.Ended;
    }

    /// <summary>The loop looks at nothing any more: the deadline is that of the close.</summary>
    internal void Close()
    {
        lock (Gate) (_phase, owner.DeadlineMs) = (Phase.Ended, long.MaxValue);
    }

    private void LeaveNow()
    {
        lock (Gate)
        {
            _phase = Phase.Leaving;
            WriteGoAway(Http2ErrorCode.NoError, default);
            owner.EndsBecause(ConnectionEndReason.GracefulAppShutdown);
            EndIfEmpty();
        }
    }

    /// <summary>What was promised before is not taken back: later streams are not looked at (RFC 9113 §6.8).</summary>
    private void WriteGoAway(Http2ErrorCode code, ReadOnlySpan<byte> debug)
    {
        lock (Gate)
        {
            Greet();
            output.Control.WriteGoAway(_lastId = Math.Min(_lastId, streams.LastId), code, debug);
        }
    }
}
