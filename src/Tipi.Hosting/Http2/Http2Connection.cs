using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Tipi.Hosting.Connections;
using Tipi.Hosting.Diagnostics;
using Tipi.Hosting.Exchange;
using Tipi.Hosting.Scheduling;
using Tipi.Hosting.Threads;
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

    private static readonly Action<object?> s_goOn = static work => ((IThreadPoolWorkItem)work!).Execute();
    private static readonly Action<object?> s_execute = static stream => ((Http2Stream)stream!).Execute();

    private readonly PipeReader _input;
    private readonly Http2Receiver _receiver;
    private readonly IdleWatch _idle;
    private readonly ProtocolChange _change;
    private Phase _phase;
    private long _announcedMs;
    private int _lastId = int.MaxValue;
    private bool _isLost;
    private bool _hasLostStreams;
    private bool _hasGreeted;

    internal Http2Connection(
        ServerConnection owner, ProtocolChange change, ExchangeContext shared, Schedulers schedulers)
    {
        Shared = shared;
        Owner = owner;
        _change = change;
        _input = owner.Transport.Transport.Input;
        Scheduler = schedulers.For(owner);
        Output = new FrameOutput(owner, this);
        Http2Limits limits = owner.Limits.Http2;
        Streams = new StreamTable(limits.MaxStreamsPerConnection);
        Spares = new SpareStreams(owner);
        StreamWindowSize = limits.InitialStreamWindowSize;
        Uploads = new UploadWindows(this, limits.InitialConnectionWindowSize);
        _receiver = new Http2Receiver(this);
        _idle = new IdleWatch(this);
        Endings = new StreamEndings(this);
    }

    private enum Phase : byte
    {
        Open,
        Announced,
        Leaving,
        Ended,
    }

    public string Version => "2";

    internal ExchangeContext Shared { get; }

    internal ServerConnection Owner { get; }

    /// <summary>The execution context of no request.</summary>
    internal ExecutionContext CleanContext { get; } = ExecutionContext.Capture()!;

    internal TipiServerLimits Limits => Owner.Limits;

    internal FrameOutput Output { get; }

    /// <summary>Exactly: a second that the clock is old would be missing from a grace period.</summary>
    internal long ExactMs => Owner.Server.Clock.ExactMs;

    /// <summary>Null where applications do not run on a ring.</summary>
    internal RequestScheduler? Scheduler { get; }

    internal StreamTable Streams { get; }

    internal SpareStreams Spares { get; }

    internal StreamEndings Endings { get; }

    internal UploadWindows Uploads { get; }

    /// <summary>The window that a further stream begins with.</summary>
    internal int StreamWindowSize { get; }

    /// <summary>True when the connection ends after what runs.</summary>
    internal bool IsEnding => _phase != Phase.Open;

    /// <summary>True when streams that the client opens now are not looked at.</summary>
    internal bool IsLeaving => _phase >= Phase.Leaving;

    private Lock Gate => Output.Gate;

    // A client that leaves open streams has reset them, by whichever segment.
    private ConnectionEndReason EndOfLost =>
        HasLostStreams() ? ConnectionEndReason.ConnectionReset : ConnectionEndReason.TransportCompleted;

    public async Task RunAsync()
    {
        try
        {
            Owner.WatchForClose();
            lock (Gate) _idle.BeginIdle();
            Owner.ExpireIn(Owner.Limits.KeepAliveTimeout);
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
                Owner.EndsBecause(EndOfLost);
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
        if (Scheduler?.WantsBlockingThread(stream.Exchange) == true) WorkThreads.Blocking.Queue(stream);
        else if (Scheduler is not null) Owner.Affinity!.Post(s_execute, stream);
        else ThreadPool.UnsafeQueueUserWorkItem(stream, preferLocal: false);
    }

    /// <summary>Has a stream's application go on where it belongs, after what is queued there.</summary>
    internal void Schedule(Http2Stream stream, IThreadPoolWorkItem continuation)
    {
        if (Scheduler is null) PoolCall.Queue(Owner, s_goOn, continuation);
        else if (Scheduler.IsLearned(stream.Exchange)) Scheduler.QueueApart(continuation);
        else Owner.Affinity!.Post(s_goOn, continuation);
    }

    /// <summary>A stream opened. Under the gate.</summary>
    internal void Add(Http2Stream stream)
    {
        Streams.Add(stream);
        if (Streams.Count == 1) UpdateDeadline();
    }

    /// <summary>No stream is left. Under the gate.</summary>
    internal void OnEmpty()
    {
        _idle.BeginIdle();
        UpdateDeadline();
        if (_phase == Phase.Leaving) Owner.Wake();
    }

    /// <summary>The response's last frame was written. Under the gate.</summary>
    internal void OnEndSent(Http2Stream stream)
    {
        _receiver.OnAnswered();
        Endings.OnEndSent(stream);
    }

    /// <summary>The client changed the first size of all windows. Under the gate.</summary>
    internal bool AdjustWindows(int difference)
    {
        foreach (Http2Stream stream in Streams.All)
        {
            if (!stream.Window.TryAdjust(difference)) return false;
            if (stream.Window.Available > 0) stream.Rate.OnReleased(ExactMs);
            if (stream.Response.HasSomething && !stream.IsGone) Output.Enqueue(stream);
        }
        return true;
    }

    // ---- the connection ----

    /// <summary>Ends the connection of a client that speaks HTTP/1, which it was told.</summary>
    internal void EndOfHttp1()
    {
        _phase = Phase.Ended;
        Owner.Server.Logs.BadRequests.Http2ConnectionFailed(
            Owner.Id, Http2ErrorCode.ProtocolError, "The client sent HTTP/1 where HTTP/2 is spoken.");
    }

    /// <summary>Ends the connection with a GOAWAY that says why. What it is measured as was said before.</summary>
    internal void Fail(Http2Error error)
    {
        if (_phase == Phase.Ended) return;
        _phase = Phase.Ended;
        WriteGoAway(error.Code, System.Text.Encoding.ASCII.GetBytes(error.Reason));
        Owner.Server.Logs.BadRequests.Http2ConnectionFailed(Owner.Id, error.Code, error.Reason);
    }

    /// <summary>Ends a connection that nobody has used for long. Under the gate.</summary>
    internal void EndIdle()
    {
        WriteGoAway(Http2ErrorCode.NoError, default);
        _phase = Phase.Ended;
    }

    /// <summary>The client wants no further streams, or the connection is to end after those that run.</summary>
    internal void Leave()
    {
        if (_phase != Phase.Open) return;
        _phase = Phase.Announced;
        _announcedMs = Owner.Server.Clock.ExactMs;
        Greet();
        Output.Control.WriteGoAway(int.MaxValue, Http2ErrorCode.NoError, default);
        Output.Control.WritePing(isAck: false, KeepAlivePing.Farewell);
        RequestTick();
    }

    /// <summary>The answer to a ping of ours.</summary>
    internal void OnPingAnswered(long opaque)
    {
        lock (Gate)
        {
            if (Output.CutOffs.TryTakeAnswer(opaque)) return;
        }
        if (opaque == UploadEstimate.Probe) Uploads.OnProbeAnswered();
        else if (opaque == KeepAlivePing.Farewell && _phase == Phase.Announced) LeaveNow();
        else OnKeptAlive();
    }

    /// <summary>The client has begun properly. Under the gate.</summary>
    internal void OnReady()
    {
        _idle.BeginIdle();
        UpdateDeadline();
    }

    /// <summary>Bytes came.</summary>
    internal void OnAlive() => _idle.OnAlive();

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

    /// <summary>
    /// What is to be sent cannot be written, or be understood by the peer: the connection ends. Under the gate.
    /// </summary>
    internal void OnOutputFailed(Exception error)
    {
        Owner.EndsBecause(ConnectionEndReason.OtherError);
        if (_phase != Phase.Ended) WriteGoAway(Http2ErrorCode.InternalError, default);
        _phase = Phase.Ended;
        OutputFault.Tell(Owner, error);
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
            Output.Control.WriteSettings(OwnSettings.Of(Limits));
            int increment = Limits.Http2.InitialConnectionWindowSize - Http2Settings.InitialWindow;
            if (increment > 0) Output.Control.WriteWindowUpdate(0, increment);
        }
    }

    /// <summary>The client speaks something else: it is not greeted.</summary>
    internal void OnNoPreface() => _hasGreeted = true;

    private void Open()
    {
        if (_change.Request is null) return;
        Greet();
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
            if (_phase != Phase.Ended) _idle.Check(_receiver, nowMs);
            UpdateDeadline();
        }
    }

    /// <summary>What was promised before is not taken back: later streams are not looked at (RFC 9113 §6.8).</summary>
    private void WriteGoAway(Http2ErrorCode code, ReadOnlySpan<byte> debug)
    {
        lock (Gate)
        {
            Greet();
            Output.Control.WriteGoAway(_lastId = Math.Min(_lastId, Streams.LastId), code, debug);
        }
    }

    private void OnKeptAlive()
    {
        lock (Gate)
        {
            _idle.OnPingAnswered();
            UpdateDeadline();
        }
    }

    private void LeaveNow()
    {
        lock (Gate)
        {
            _phase = Phase.Leaving;
            WriteGoAway(Http2ErrorCode.NoError, default);
            Owner.EndsBecause(ConnectionEndReason.GracefulAppShutdown);
            if (Streams.Count == 0) _phase = Phase.Ended;
        }
    }

    /// <summary>When the loop has to look at the time again. Under the gate.</summary>
    private void UpdateDeadline()
    {
        if (_phase == Phase.Ended) return; // the deadline is that of the close now
        bool isBusy = !_receiver.IsReady || Streams.NeedTime || !Output.CutOffs.IsEmpty;
        if (isBusy || _phase is Phase.Announced or Phase.Leaving) RequestTick();
        else Owner.DeadlineMs = _idle.DeadlineMs;
    }

    /// <summary>Tells all streams that nobody is there.</summary>
    private void Abandon(Exception error)
    {
        lock (Gate)
        {
            _isLost = true;
            foreach (Http2Stream stream in Streams.All.ToArray())
            {
                _hasLostStreams |= stream.IsWanted;
                if (!stream.IsClosed) stream.State = Http2StreamState.Closed;
                Endings.Drop(stream, error);
            }
        }
    }

    private bool HasLostStreams()
    {
        lock (Gate) return _hasLostStreams || Streams.All.Any(stream => stream.IsWanted);
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
