using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Tipi.Hosting.Connections;
using Tipi.Hosting.Diagnostics;
using Tipi.Hosting.Exchange;
using Tipi.Protocols.Http;
using Tipi.Protocols.Http2;

namespace Tipi.Hosting.Http2;

/// <summary>
/// What a client sends on one connection: the preface, then frame by frame what it means.
/// <code>
/// Preface ──→ first SETTINGS ──→ frames ⇄ open field block (HEADERS without END_HEADERS … CONTINUATION)
/// </code>
/// Invariant: used by the connection's loop only; what it changes of streams it changes under the gate. A frame is
/// looked at when all of it is there, and copied only where it lies in pieces; DATA never is.
/// </summary>
internal sealed class Http2Receiver
{
    /// <summary>Bytes of content below which DATA earns nothing: many tiny frames are work as well.</summary>
    private const int LeastCredited = 64;

    /// <summary>
    /// Bytes of the connection's window that wait for the preface where a 101 is sent: clients have little room for
    /// what follows it in the same read (curl 7.88 gives up beyond 32 KiB).
    /// </summary>
    private const int HeldForPreface = Http2Settings.InitialWindow - 16 * 1024;

    /// <summary>What the client is told who speaks HTTP/1 where only HTTP/2 is spoken.</summary>
    private static readonly byte[] s_wrongVersion = AnswerToHttp1();

    private readonly Http2Connection _connection;
    private readonly ServerConnection _owner;
    private readonly FrameOutput _output;
    private readonly StreamTable _streams;
    private readonly HeadReceiver _heads;
    private readonly Http2Settings _peer = new();
    private readonly int _maxFrameSize;
    private Http2Budget _budget;
    private long _waitsSinceMs;
    private long _creditedFrames;
    private int _heldBack;
    private bool _hasPreface;
    private bool _isCarried;
    private bool _hasSettings;
    private bool _hasHeard;

    internal Http2Receiver(Http2Connection connection)
    {
        _connection = connection;
        _owner = connection.Owner;
        _output = connection.Output;
        _streams = connection.Streams;
        _heads = new HeadReceiver(connection, this);
        _maxFrameSize = _owner.Limits.Http2.MaxFrameSize;
        _budget = new Http2Budget(_owner.Limits.Http2Allowances, _owner.Server.Clock.NowMs);
        _waitsSinceMs = _owner.Server.Clock.NowMs;
    }

    /// <summary>True when the client has begun properly and no field block is open.</summary>
    internal bool IsReady => _hasSettings && _heads.OpenStreamId == 0;

    /// <summary>True while the client has said nothing at all: it is idle, and not late with anything.</summary>
    internal bool IsSilent => !_hasHeard;

    /// <summary>True when what must follow takes longer than a head may take.</summary>
    internal bool IsLate
    {
        get
        {
            TimeSpan most = _owner.Limits.RequestHeadersTimeout;
            return _hasHeard && !IsReady && most != TimeSpan.MaxValue
                && _owner.Server.Clock.NowMs - _waitsSinceMs > most.TotalMilliseconds + ServerClock.MostAgeMs;
        }
    }

    /// <summary>Some time has passed.</summary>
    internal void OnTime(long nowMs) => _budget.OnTime(nowMs);

    /// <summary>A request began.</summary>
    internal void OnRequest() => _budget.OnRequest();

    /// <summary>A response was sent in full. Under the gate.</summary>
    internal void OnAnswered() => _budget.OnAnswered();

    /// <summary>The client made us refuse a request; false when it did so too often.</summary>
    internal bool TryProvoke() => _budget.TryProvoke();

    /// <summary>Something has to follow soon.</summary>
    internal void BeginWait()
    {
        _waitsSinceMs = _owner.Server.Clock.NowMs;
        _connection.RequestTick();
    }

    /// <summary>Starts the request that came before the connection changed to HTTP/2.</summary>
    internal void BeginCarried(ProtocolChange change)
    {
        if (change.Request is not { } request) return;
        _isCarried = _hasHeard = true;
        if (_peer.Apply(change.Settings, isFrame: false).IsNone) _output.Apply(_peer);
        _heldBack = HeldForPreface;
        lock (_output.Gate) _output.HoldBack(_heldBack);
        _heads.BeginCarried(request);
    }

    /// <summary>Takes all whole frames.</summary>
    /// <returns>How far it came.</returns>
    internal SequencePosition Receive(in ReadOnlySequence<byte> received)
    {
        ReadOnlySequence<byte> buffer = received;
        if (!buffer.IsEmpty)
        {
            if (!_hasHeard) BeginWait();
            _hasHeard = true;
            _connection.OnAlive();
        }
        if (!_hasPreface && !TakePreface(ref buffer)) return buffer.Start;
        Span<byte> start = stackalloc byte[Http2FrameHeader.Size];
        while (buffer.Length >= Http2FrameHeader.Size)
        {
            if (buffer.FirstSpan.Length < Http2FrameHeader.Size) buffer.Slice(0, start.Length).CopyTo(start);
            else buffer.FirstSpan[..Http2FrameHeader.Size].CopyTo(start);
            Http2FrameHeader header = Http2FrameHeader.Parse(start);
            Http2Error error = Check(header);
            if (error.Scope == Http2ErrorScope.Connection)
            {
                Answer(header, error);
                return received.End;
            }
            if (buffer.Length < Http2FrameHeader.Size + header.Length) break;
            ReadOnlySequence<byte> payload = buffer.Slice(Http2FrameHeader.Size, header.Length);
            buffer = buffer.Slice(Http2FrameHeader.Size + header.Length);
            if (error.IsNone) error = Take(header, payload);
            if (!error.IsNone && !Answer(header, error)) return received.End;
        }
        return buffer.Start;
    }

    /// <summary>Gives back what an open field block holds.</summary>
    internal void Release() => _heads.Release();

    // ---- the beginning ----

    private bool TakePreface(ref ReadOnlySequence<byte> buffer)
    {
        switch (Http2Preface.Match(buffer))
        {
            case PrefaceMatch.Is:
                buffer = buffer.Slice(Http2Preface.Bytes.Length);
                _connection.Greet();
                if (_heldBack > 0) _output.TryGrow(_heldBack);
                return _hasPreface = true;
            case PrefaceMatch.IsNot:
                RefuseStart(ref buffer);
                return false;
            default:
                return false;
        }
    }

    /// <summary>The client does not speak HTTP/2: it is told in its own tongue, once that is known.</summary>
    private void RefuseStart(ref ReadOnlySequence<byte> buffer)
    {
        bool? isHttp1 = _isCarried ? false : Http2Preface.IsHttp1(buffer, _owner.Limits.MaxRequestLineSize);
        if (isHttp1 is null) return;
        _connection.OnNoPreface();
        buffer = buffer.Slice(buffer.End);
        if (isHttp1.Value)
        {
            _output.Control.WriteRaw(s_wrongVersion);
            _owner.EndsBecause(ConnectionEndReason.InvalidHttpVersion);
            _connection.EndOfHttp1();
            return;
        }
        _owner.EndsBecause(ConnectionEndReason.InvalidHandshake);
        _connection.Fail(Http2Error.Connection(Http2ErrorCode.ProtocolError, "The preface is malformed."));
    }

    private static byte[] AnswerToHttp1()
    {
        const string Text = "This endpoint speaks HTTP/2 only, and the request is one of HTTP/1.\r\n";
        return System.Text.Encoding.ASCII.GetBytes(
            "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\n"
            + $"Content-Length: {Text.Length}\r\nConnection: close\r\n\r\n{Text}");
    }

    private Http2Error Check(in Http2FrameHeader header)
    {
        Http2Error error = Http2FrameRules.CheckOrder(header, _heads.OpenStreamId);
        if (error.IsNone) error = Http2FrameRules.Check(header, _maxFrameSize);
        if (!error.IsNone || _hasSettings) return error;
        return header.Type == Http2FrameType.Settings && !header.Has(Http2FrameFlags.Ack)
            ? default
            : Http2Error.Connection(Http2ErrorCode.ProtocolError, "The first frame is not SETTINGS.");
    }

    // ---- frames ----

    private Http2Error Take(in Http2FrameHeader header, in ReadOnlySequence<byte> payload)
    {
        if (header.Type == Http2FrameType.Data) return TakeData(header, payload);
        if (payload.IsSingleSegment) return Take(header, payload.FirstSpan);
        byte[] joined = ArrayPool<byte>.Shared.Rent(header.Length);
        payload.CopyTo(joined);
        Http2Error error = Take(header, joined.AsSpan(0, header.Length));
        ArrayPool<byte>.Shared.Return(joined);
        return error;
    }

    private Http2Error Take(in Http2FrameHeader header, ReadOnlySpan<byte> payload) => header.Type switch
    {
        Http2FrameType.Headers => _heads.TakeHeaders(header, payload),
        Http2FrameType.Continuation => _heads.TakeContinuation(header, payload),
        Http2FrameType.RstStream => TakeReset(header),
        Http2FrameType.Settings => TakeSettings(header, payload),
        Http2FrameType.Ping => TakePing(header, payload),
        Http2FrameType.GoAway => TakeGoAway(),
        Http2FrameType.WindowUpdate => TakeWindowUpdate(header, payload),
        Http2FrameType.Priority => TakePriority(header, payload),
        Http2FrameType.PriorityUpdate => TakePriorityUpdate(payload),
        _ => Spend(),
    };

    private Http2Error TakeData(in Http2FrameHeader header, in ReadOnlySequence<byte> payload)
    {
        ReadOnlySequence<byte> content = payload;
        if (header.Has(Http2FrameFlags.Padded))
        {
            int padding = payload.FirstSpan[0];
            if (padding >= header.Length)
                return Http2Error.Connection(Http2ErrorCode.ProtocolError, "The padding is longer than the frame.");
            content = payload.Slice(1, header.Length - 1 - padding);
        }
        bool isEnd = header.Has(Http2FrameFlags.EndStream);
        Http2Error error = content.IsEmpty && !isEnd ? Spend() : default;
        if (!error.IsNone) return error;
        lock (_output.Gate)
        {
            if (!_connection.Uploads.TryReceive(header.Length))
                return Http2Error.Connection(
                    Http2ErrorCode.FlowControlError, "There is more DATA than the connection's window permits.");
            Http2Verdict verdict = Http2StreamStates.OnReceive(
                _streams.StateOf(header.StreamId), header.Type, out error);
            if (verdict != Http2Verdict.Accept || !_streams.TryFind(header.StreamId, out Http2Stream? stream))
            {
                _connection.Uploads.Consume(header.Length);
                return verdict == Http2Verdict.Ignore && content.IsEmpty ? Spend() : error;
            }
            return TakeContent(stream, header, content, isEnd);
        }
    }

    /// <summary>Under the gate.</summary>
    private Http2Error TakeContent(
        Http2Stream stream, in Http2FrameHeader header, in ReadOnlySequence<byte> content, bool isEnd)
    {
        if (!stream.Receiving.TryTake(header.Length))
        {
            _connection.Uploads.Consume(header.Length);
            return Http2Error.Stream(Http2ErrorCode.FlowControlError, "There is more DATA than the window permits.");
        }
        // What is dropped because its stream was reset earns nothing, or its frames would pay for one another.
        if (content.Length >= LeastCredited || isEnd) _budget.EarnControl(1);
        stream.State = Http2StreamStates.AfterReceive(stream.State, header.Type, isEnd);
        if (stream.IsApplicationDone)
        {
            _connection.Uploads.Drop(stream, header.Length);
            stream.Rest.OnReceived(header.Length, _connection.ExactMs);
            Http2Error fault = stream.Body.Skip((int)content.Length, isEnd);
            if (fault.IsNone) _connection.Endings.Finish(stream);
            return fault;
        }
        Http2Error error = stream.Body.Append(content, isEnd);
        int overhead = header.Length - (int)content.Length;
        if (!error.IsNone) _connection.Uploads.Consume(header.Length);
        else if (overhead > 0) _connection.Uploads.OnConsumed(stream, overhead);
        return error;
    }

    private Http2Error TakeReset(in Http2FrameHeader header)
    {
        lock (_output.Gate)
        {
            Http2Verdict verdict = Http2StreamStates.OnReceive(
                _streams.StateOf(header.StreamId), header.Type, out Http2Error error);
            if (verdict == Http2Verdict.Refuse) return error;
            if (verdict == Http2Verdict.Ignore || !_streams.TryFind(header.StreamId, out Http2Stream? stream))
                return Spend();
            bool isYoung = _owner.Server.Clock.NowMs - stream.OpenedMs < Http2Budget.YoungMs;
            if (isYoung && !stream.Response.IsHeadSent && !_budget.TryReset())
                return Calm("The client resets too many streams.");
            _connection.Endings.OnResetByPeer(stream);
            return default;
        }
    }

    private Http2Error TakeSettings(in Http2FrameHeader header, ReadOnlySpan<byte> payload)
    {
        Http2Error error = Spend();
        if (!error.IsNone) return error;
        if (header.Has(Http2FrameFlags.Ack))
        {
            _heads.OnSettingsAcknowledged();
            return default;
        }
        error = _peer.Apply(payload);
        if (!error.IsNone) return error;
        lock (_output.Gate)
        {
            if (!_output.Apply(_peer))
                return Http2Error.Connection(Http2ErrorCode.FlowControlError, "A window exceeds 2^31 - 1.");
            // Before anything that another thread sends by them: clients may hold to them only from here on.
            _output.Control.WriteSettingsAck();
        }
        if (_hasSettings) return default;
        _hasSettings = true;
        lock (_output.Gate) _connection.OnReady();
        return default;
    }

    private Http2Error TakePing(in Http2FrameHeader header, ReadOnlySpan<byte> payload)
    {
        Http2Payload.ReadPing(payload, out long opaque);
        if (!header.Has(Http2FrameFlags.Ack))
        {
            Http2Error error = Spend();
            if (error.IsNone) _output.Control.WritePing(isAck: true, opaque);
            return error;
        }
        _connection.OnPingAnswered(opaque);
        return Spend();
    }

    private Http2Error TakeGoAway()
    {
        _connection.Leave();
        return Spend();
    }

    private Http2Error TakeWindowUpdate(in Http2FrameHeader header, ReadOnlySpan<byte> payload)
    {
        Http2Error error = Http2Payload.ReadWindowUpdate(header, payload, out int increment);
        if (error.Scope == Http2ErrorScope.Connection) return error;
        if (header.StreamId == 0)
        {
            error = Spend();
            if (!error.IsNone) return error;
            return _output.TryGrow(increment)
                ? default
                : Http2Error.Connection(Http2ErrorCode.FlowControlError, "The connection's window is too large.");
        }
        lock (_output.Gate)
        {
            Http2Verdict verdict = Http2StreamStates.OnReceive(
                _streams.StateOf(header.StreamId), header.Type, out Http2Error wrongState);
            if (verdict == Http2Verdict.Refuse) return wrongState;
            if (verdict == Http2Verdict.Ignore || !_streams.TryFind(header.StreamId, out Http2Stream? stream))
                return Spend();
            if (!error.IsNone) return error;
            if (!stream.Window.TryGrow(increment))
                return Http2Error.Stream(Http2ErrorCode.FlowControlError, "The stream's window is too large.");
            if (stream.Window.Available > 0) stream.Rate.OnReleased(_connection.ExactMs);
            if (stream.Response.HasSomething && !stream.IsGone) _output.Enqueue(stream);
        }
        return Spend();
    }

    private Http2Error TakePriority(in Http2FrameHeader header, ReadOnlySpan<byte> payload)
    {
        Http2Error error = Http2Payload.ReadPriority(header, payload, out _);
        return error.IsNone ? Spend() : error;
    }

    private Http2Error TakePriorityUpdate(ReadOnlySpan<byte> payload)
    {
        Http2Error error = Http2Payload.ReadPriorityUpdate(payload, out int id, out ByteRange field);
        if (error.IsNone) error = Spend();
        if (!error.IsNone) return error;
        // What can not be read is as if it said nothing (RFC 9218 §4).
        _ = Http2Priority.TryParse(field.Of(payload), out Http2Priority priority);
        lock (_output.Gate)
        {
            if (_streams.TryFind(id, out Http2Stream? stream)) _output.Reprioritize(stream, priority);
            else if (id > _streams.LastId) _heads.KeepPriority(id, priority);
        }
        return default;
    }

    // ---- faults ----

    /// <summary>Answers a fault of the client's.</summary>
    /// <returns>False when it ends the connection.</returns>
    private bool Answer(in Http2FrameHeader header, Http2Error error)
    {
        if (error.Scope == Http2ErrorScope.Stream && IsIdle(header.StreamId))
        {
            // A wrong PRIORITY: an idle stream can not be reset (RFC 9113 §6.4).
            error = Http2Error.Connection(error.Code, error.Reason);
        }
        if (error.Scope == Http2ErrorScope.Stream)
        {
            if (_owner.Server.Logs.BadRequests.IsEnabled(LogLevel.Debug))
                _owner.Server.Logs.BadRequests.Http2StreamFailed(_owner.Id, header.StreamId, error.Code, error.Reason);
            if (_budget.TryProvoke())
            {
                lock (_output.Gate) _connection.Endings.ResetByFault(header.StreamId, error.Code, error.Reason);
                return true;
            }
            error = Calm("The client makes the server reset too many streams.");
        }
        bool isInBlock = _heads.OpenStreamId != 0;
        _owner.EndsBecause(Http2EndReasons.Of(error.Code, header, IsIdle(header.StreamId), isInBlock));
        _connection.Fail(error);
        return false;
    }

    private bool IsIdle(int id)
    {
        lock (_output.Gate) return _streams.StateOf(id) == Http2StreamState.Idle;
    }

    /// <summary>A frame that asks for no response.</summary>
    private Http2Error Spend()
    {
        long frames = _output.CreditedFrames;
        if (frames > _creditedFrames) _budget.OnDataSent(frames - _creditedFrames);
        _creditedFrames = frames;
        return _budget.TryControl() ? default : Calm("The client sends too many frames that ask for nothing.");
    }

    internal static Http2Error Calm(string reason) => Http2Error.Connection(Http2ErrorCode.EnhanceYourCalm, reason);

}
