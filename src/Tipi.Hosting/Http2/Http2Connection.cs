using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Tipi.Hosting.Connections;
using Tipi.Hosting.Diagnostics;
using Tipi.Hosting.Exchange;
using Tipi.Hosting.Scheduling;
using Tipi.Protocols.Http2;
using Tipi.Transport.Uring;

namespace Tipi.Hosting.Http2;

/// <summary>
/// One HTTP/2 connection: reads frames, starts streams, ends in good order.
/// <code>
/// Open ──stop, client's GOAWAY, keep-alive──→ Announced ──ping came back──→ Leaving ──no stream left──→ Ended
///   │           GOAWAY with the highest number ┘     GOAWAY with the last stream ┘                        ↑
///   └── the peer's fault: GOAWAY with its code; the peer has gone: nothing ───────────────────────────────┘
/// </code>
/// Invariant: one loop reads; streams and all that is sent change under the gate of <see cref="Output"/>, which is
/// never held while the application runs. The loop starts no application itself, so that none can hold it up.
/// </summary>
internal sealed class Http2Connection : IConnectionProtocol
{
    /// <summary>How long the client has for the frames that it sent before it saw the first GOAWAY.</summary>
    private const int AnnouncementMs = 1000;

    private static readonly Action<object?> s_execute = static stream => ((Http2Stream)stream!).Execute();

    private readonly PipeReader _input;
    private readonly Http2Receiver _receiver;
    private KeepAlivePing _ping;
    private readonly ProtocolChange _change;
    private readonly bool _runsOnRing;
    private Phase _phase;
    private long _announcedMs;
    private long _idleSinceMs;
    private bool _isLost;

    internal Http2Connection(ServerConnection owner, ProtocolChange change)
    {
        Owner = owner;
        _change = change;
        _input = owner.Transport.Transport.Input;
        Scheduler = RequestScheduler.For(owner);
        _runsOnRing = Scheduler is not null;
        Output = new FrameOutput(owner, this);
        Http2Limits limits = owner.Limits.Http2;
        Streams = new StreamTable(limits.MaxStreamsPerConnection);
        StreamWindowSize = limits.InitialStreamWindowSize;
        Uploads = new UploadWindows(this, limits.InitialConnectionWindowSize);
        _receiver = new Http2Receiver(this);
        _ping = new KeepAlivePing(limits, owner.Server.Clock.NowMs);
    }

    private enum Phase : byte
    {
        Open,
        Announced,
        Leaving,
        Ended,
    }

    internal ServerConnection Owner { get; }

    /// <summary>The execution context of no request.</summary>
    internal ExecutionContext CleanContext { get; } = ExecutionContext.Capture()!;

    internal TipiServerLimits Limits => Owner.Limits;

    internal FrameOutput Output { get; }

    /// <summary>Null where applications do not run on a ring.</summary>
    internal RequestScheduler? Scheduler { get; }

    internal StreamTable Streams { get; }

    internal UploadWindows Uploads { get; }

    /// <summary>The window that a further stream begins with.</summary>
    internal int StreamWindowSize { get; }

    /// <summary>True when streams that the client opens now are not looked at.</summary>
    internal bool IsLeaving => _phase >= Phase.Leaving;

    private Lock Gate => Output.Gate;

    private ConnectionEndReason EndOfLost =>
        Streams.Count == 0 ? ConnectionEndReason.TransportCompleted : ConnectionEndReason.ConnectionReset;

    public async Task RunAsync()
    {
        try
        {
            Owner.WatchForClose();
            Owner.ExpireIn(Owner.Limits.RequestHeadersTimeout);
            Open();
            while (_phase != Phase.Ended)
            {
                ReadResult read = await _input.ReadAsync();
                OnTime(read.IsCanceled);
                ReadOnlySequence<byte> buffer = read.Buffer;
                SequencePosition consumed = _phase == Phase.Ended ? buffer.End : _receiver.Receive(buffer);
                _input.AdvanceTo(consumed, buffer.End);
                Output.RequestPump();
                if (!read.IsCompleted) continue;
                Owner.EndsBecause(ConnectionEndReason.TransportCompleted);
                break;
            }
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or ObjectDisposedException)
        {
            Owner.EndsBecause(error is ConnectionResetException ? EndOfLost : ConnectionEndReason.ConnectionReset);
            Owner.Server.Logs.Connections.ConnectionReset(error, Owner.Id);
        }
        finally
        {
            await EndAsync();
        }
    }

    public void OnClosed() => Abandon(new ConnectionAbortedException("The connection was closed."));

    // ---- streams ----

    /// <summary>Starts the application on a stream whose head is there.</summary>
    internal void Start(Http2Stream stream)
    {
        stream.BeginWait();
        if (Scheduler?.WantsBlockingThread(stream.Exchange) == true) BlockingThreads.Shared.Queue(stream);
        else if (_runsOnRing) Owner.Affinity!.Post(s_execute, stream);
        else ThreadPool.UnsafeQueueUserWorkItem(stream, preferLocal: false);
    }

    /// <summary>Has somebody's continuation run where applications run, after what is queued there.</summary>
    internal void Schedule(Action<object?> action, object? state)
    {
        if (_runsOnRing) Owner.Affinity!.Post(action, state);
        else ThreadPool.UnsafeQueueUserWorkItem(action, state, preferLocal: false);
    }

    /// <summary>A stream opened. Under the gate.</summary>
    internal void Add(Http2Stream stream)
    {
        Streams.Add(stream);
        if (Streams.Count == 1) UpdateDeadline();
    }

    /// <summary>Resets a stream by a fault of the client's. Under the gate.</summary>
    internal void ResetByFault(int id, Http2ErrorCode code, string reason)
    {
        Output.WriteReset(id, code);
        Streams.NoteReset(id);
        if (!Streams.TryFind(id, out Http2Stream? stream)) return;
        stream.State = Http2StreamState.Reset;
        Drop(stream, new ConnectionAbortedException(reason));
    }

    /// <summary>The client reset a stream. Under the gate.</summary>
    internal void OnResetByPeer(Http2Stream stream)
    {
        stream.State = Http2StreamState.Closed;
        Drop(stream, new ConnectionResetException("The client reset the stream."));
    }

    internal void ResetByApplication(Http2Stream stream, Http2ErrorCode code)
    {
        lock (Gate)
        {
            if (stream.IsClosed || stream.Connection != this) return;
            // A whole response that waits to be sent is not taken back; NO_ERROR says no more than its end does.
            if (stream.Response.IsEnded && code == Http2ErrorCode.NoError) return;
            Output.WriteReset(stream.Id, code);
            Streams.NoteReset(stream.Id);
            stream.State = Http2StreamState.Reset;
            Drop(stream, new ConnectionAbortedException("The application reset the stream."));
        }
        Output.RequestPump();
    }

    /// <summary>The response's last frame was written. Under the gate.</summary>
    internal void OnEndSent(Http2Stream stream)
    {
        _receiver.OnAnswered();
        Finish(stream);
    }

    /// <summary>The application has returned.</summary>
    internal void OnApplicationEnded(Http2Stream stream, bool isWhole)
    {
        lock (Gate)
        {
            stream.IsApplicationDone = true;
            Uploads.Consume((int)stream.Body.Leave());
            if (!isWhole && !stream.IsClosed)
            {
                Output.WriteReset(stream.Id, Http2ErrorCode.InternalError);
                Streams.NoteReset(stream.Id);
                stream.State = Http2StreamState.Reset;
                stream.OnGone();
            }
            Finish(stream);
        }
        Output.RequestPump();
    }

    /// <summary>The client changed the first size of all windows. Under the gate.</summary>
    internal bool AdjustWindows(int difference)
    {
        foreach (Http2Stream stream in Streams.All)
        {
            if (!stream.Window.TryAdjust(difference)) return false;
            if (stream.Response.HasSomething && !stream.IsGone) Output.Enqueue(stream);
        }
        return true;
    }

    /// <summary>A window holds back what a stream has to send. Under the gate.</summary>
    internal void OnBlocked(Http2Stream stream)
    {
        // Exactly: a second that the clock is old would be missing from the grace period.
        stream.Rate.OnBlocked(Owner.Server.Clock.ExactMs);
        RequestTick();
    }

    // ---- the connection ----

    /// <summary>Ends the connection with a GOAWAY that says why. What it is measured as was said before.</summary>
    internal void Fail(Http2Error error)
    {
        if (_phase == Phase.Ended) return;
        _phase = Phase.Ended;
        Owner.Server.Logs.BadRequests.Http2ConnectionFailed(Owner.Id, error.Code, error.Reason);
        Output.WriteGoAway(Streams.LastId, error.Code, System.Text.Encoding.ASCII.GetBytes(error.Reason));
    }

    /// <summary>The client wants no further streams, or the connection is to end after those that run.</summary>
    internal void Leave()
    {
        if (_phase != Phase.Open) return;
        _phase = Phase.Announced;
        _announcedMs = Owner.Server.Clock.ExactMs;
        Output.WriteGoAway(int.MaxValue, Http2ErrorCode.NoError, default);
        Output.WritePing(isAck: false, KeepAlivePing.Farewell);
        RequestTick();
    }

    /// <summary>The answer to a ping of ours.</summary>
    internal void OnPingAnswered(long opaque)
    {
        if (opaque == UploadEstimate.Probe) Uploads.OnProbeAnswered();
        else if (opaque == KeepAlivePing.Farewell && _phase == Phase.Announced) LeaveNow();
        else OnKeptAlive();
    }

    /// <summary>The client has begun properly. Under the gate.</summary>
    internal void OnReady()
    {
        _idleSinceMs = Owner.Server.Clock.NowMs + ServerClock.MostAgeMs;
        UpdateDeadline();
    }

    /// <summary>Bytes came.</summary>
    internal void OnAlive() => _ping.OnAlive(Owner.Server.Clock.NowMs);

    /// <summary>What was sent reaches nobody any more. Called on any thread.</summary>
    internal void OnOutputLost()
    {
        Output.Close();
        Owner.EndsBecause(EndOfLost);
        // Also where the input goes on: nobody could be answered.
        lock (Gate) _phase = Phase.Ended;
        Abandon(new ConnectionResetException("The client has gone."));
        Owner.Wake();
    }

    /// <summary>The peer asks and takes no answers. Under the gate.</summary>
    internal void OnDeafPeer()
    {
        Owner.EndsBecause(ConnectionEndReason.OutputQueueSizeExceeded);
        Owner.Abort("The peer takes no answers.");
    }

    /// <summary>
    /// Has the loop look at the time, within a second. Under the gate, so that nobody who has just found no reason for
    /// it sets the deadline afterwards.
    /// </summary>
    internal void RequestTick()
    {
        lock (Gate) Owner.DeadlineMs = Owner.Server.Clock.NowMs;
    }

    private void Open()
    {
        Output.WriteSettings(OwnSettings.Of(Limits));
        int increment = Limits.Http2.InitialConnectionWindowSize - Http2Settings.InitialWindow;
        if (increment > 0) Output.WriteWindowUpdate(0, increment);
        _receiver.BeginCarried(_change);
        Output.RequestPump();
    }

    /// <summary>Looks at what only time decides.</summary>
    private void OnTime(bool isWoken)
    {
        long nowMs = Owner.Server.Clock.NowMs;
        _receiver.OnTime(nowMs);
        if (!isWoken) return;
        if (Owner.MustEnd) Leave();
        if (_phase == Phase.Announced && Owner.Server.Clock.ExactMs - _announcedMs >= AnnouncementMs) LeaveNow();
        lock (Gate)
        {
            SlowStreams.End(this, nowMs);
            if (_phase == Phase.Leaving && Streams.Count == 0) _phase = Phase.Ended;
            if (_phase == Phase.Open) CheckIdle(nowMs);
            UpdateDeadline();
        }
    }

    private void OnKeptAlive()
    {
        lock (Gate)
        {
            _ping.OnAnswered();
            UpdateDeadline();
        }
    }

    private void CheckIdle(long nowMs)
    {
        if (_receiver.IsLate)
        {
            Owner.EndsBecause(ConnectionEndReason.RequestHeadersTimeout);
            Fail(Http2Error.Connection(Http2ErrorCode.EnhanceYourCalm, "The client is too slow."));
            return;
        }
        if (_ping.IsUnanswered(nowMs))
        {
            Owner.EndsBecause(ConnectionEndReason.KeepAliveTimeout);
            Fail(Http2Error.Connection(Http2ErrorCode.InternalError, "The client answers no ping."));
            return;
        }
        if (_ping.IsDue(nowMs)) Output.WritePing(isAck: false, _ping.Send(nowMs));
        if (Streams.Count > 0 || !_receiver.IsReady || nowMs <= IdleDeadline()) return;
        Owner.EndsBecause(ConnectionEndReason.KeepAliveTimeout);
        Output.WriteGoAway(Streams.LastId, Http2ErrorCode.NoError, default);
        _phase = Phase.Ended;
    }

    private long IdleDeadline() => Limits.KeepAliveTimeout is var most && most == TimeSpan.MaxValue
        ? long.MaxValue
        : _idleSinceMs + (long)most.TotalMilliseconds;

    private void LeaveNow()
    {
        lock (Gate)
        {
            _phase = Phase.Leaving;
            Output.WriteGoAway(Streams.LastId, Http2ErrorCode.NoError, default);
            Owner.EndsBecause(ConnectionEndReason.GracefulAppShutdown);
            if (Streams.Count == 0) _phase = Phase.Ended;
        }
    }

    /// <summary>When the loop has to look at the time again. Under the gate.</summary>
    private void UpdateDeadline()
    {
        if (_phase == Phase.Ended) return; // the deadline is that of the close now
        if (_phase is Phase.Announced or Phase.Leaving || !_receiver.IsReady || Streams.NeedTime) RequestTick();
        else if (Streams.Count == 0) Owner.DeadlineMs = Math.Min(IdleDeadline(), _ping.DueMs);
        else Owner.DeadlineMs = _ping.DueMs;
    }

    /// <summary>Nobody is interested in the stream any more. Under the gate.</summary>
    private void Drop(Http2Stream stream, Exception error)
    {
        stream.OnGone();
        stream.Body.Abort(error);
        Finish(stream);
    }

    /// <summary>Gives the stream back when both sides have done with it. Under the gate.</summary>
    private void Finish(Http2Stream stream)
    {
        if (!stream.IsApplicationDone) return;
        if (stream.State == Http2StreamState.HalfClosedLocal)
        {
            // RFC 9113 §8.1: the response is whole, and nobody wants the rest of the request.
            Output.WriteReset(stream.Id, Http2ErrorCode.NoError);
            Streams.NoteReset(stream.Id);
            stream.State = Http2StreamState.Reset;
        }
        if (!stream.IsClosed) return;
        Streams.Remove(stream);
        Output.Remove(stream);
        Recycle(stream);
        if (Streams.Count > 0) return;
        _idleSinceMs = Owner.Server.Clock.NowMs + ServerClock.MostAgeMs;
        UpdateDeadline();
        if (_phase == Phase.Leaving) Owner.Wake();
    }

    private void Recycle(Http2Stream stream)
    {
        bool mayBeHeld = stream.Exchange.IsUpgraded || stream.Body.IsPending || stream.IsGone;
        if (mayBeHeld) return;
        stream.Reset();
        Owner.Server.Http2Streams.Return(stream);
    }

    /// <summary>Tells all streams that nobody is there.</summary>
    private void Abandon(Exception error)
    {
        lock (Gate)
        {
            _isLost = true;
            foreach (Http2Stream stream in Streams.All.ToArray())
            {
                if (!stream.IsClosed) stream.State = Http2StreamState.Closed;
                Drop(stream, error);
            }
        }
    }

    private async Task EndAsync()
    {
        try
        {
            lock (Gate) (_phase, Owner.DeadlineMs) = (Phase.Ended, long.MaxValue);
            bool isLost = _isLost;
            Abandon(new ConnectionResetException("The connection has ended."));
            if (isLost) Output.Close();
            // Also then: a flush that is under way is the pipe's one user, and nobody would wake a second one.
            await Output.FlushLastAsync();
            Output.Close();
            await LingeringClose.RunAsync(Owner, LingeringClose.MostHeadBytes);
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or ObjectDisposedException)
        {
            Owner.Server.Logs.Connections.ConnectionReset(error, Owner.Id);
        }
        _receiver.Release();
        Task emptied;
        lock (Gate) emptied = Streams.WhenEmpty();
        await emptied;
    }
}
