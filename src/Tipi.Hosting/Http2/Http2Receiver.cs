using System.Buffers;
using Microsoft.Extensions.Logging;
using Tipi.Hosting.Connections;
using Tipi.Hosting.Diagnostics;
using Tipi.Hosting.Exchange;
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
    private readonly ConnectionParts _parts;
    private readonly StreamEndings _endings;
    private readonly ServerConnection _owner;
    private readonly PrefaceReceiver _preface;
    private readonly HeadReceiver _heads;
    private readonly DataReceiver _data;
    private readonly ControlReceiver _control;
    private readonly StreamReceiver _ofStreams;
    private readonly int _maxFrameSize;

    internal Http2Receiver(ConnectionParts parts, StreamEndings endings)
    {
        _parts = parts;
        _endings = endings;
        _owner = parts.Owner;
        _preface = new PrefaceReceiver(parts);
        _heads = new HeadReceiver(parts, endings);
        _data = new DataReceiver(parts, endings);
        _control = new ControlReceiver(parts, endings, _heads);
        _ofStreams = new StreamReceiver(parts, endings, _heads);
        _maxFrameSize = _owner.Limits.Http2.MaxFrameSize;
    }

    private int OpenStreamId => _parts.Block.StreamId;

    /// <summary>Starts the request that came before the connection changed to HTTP/2.</summary>
    internal void BeginCarried(CarriedRequest request, ReadOnlySpan<byte> settings)
    {
        _parts.Owed.OnCarried();
        _control.ApplyCarried(settings);
        _preface.HoldBack();
        _heads.BeginCarried(request);
    }

    /// <summary>Takes all whole frames.</summary>
    /// <returns>How far it came.</returns>
    internal SequencePosition Receive(in ReadOnlySequence<byte> received)
    {
        SequencePosition end = ReceiveFrames(received);
        _heads.EndReceive();
        return end;
    }

    private SequencePosition ReceiveFrames(in ReadOnlySequence<byte> received)
    {
        ReadOnlySequence<byte> buffer = received;
        if (!buffer.IsEmpty)
        {
            _parts.Owed.OnHeard();
            _parts.Idle.OnAlive();
        }
        if (!_preface.TryTake(ref buffer)) return buffer.Start;
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

    private Http2Error Check(in Http2FrameHeader header)
    {
        Http2Error error = Http2FrameRules.CheckOrder(header, OpenStreamId);
        if (error.IsNone) error = Http2FrameRules.Check(header, _maxFrameSize);
        if (!error.IsNone || _parts.Owed.HasSettings) return error;
        return header.Type == Http2FrameType.Settings && !header.Has(Http2FrameFlags.Ack)
            ? default
            : Http2Error.Connection(Http2ErrorCode.ProtocolError, "The first frame is not SETTINGS.");
    }

    private Http2Error Take(in Http2FrameHeader header, in ReadOnlySequence<byte> payload)
    {
        if (header.Type == Http2FrameType.Data) return _data.Take(header, payload);
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
        Http2FrameType.RstStream => _ofStreams.TakeReset(header),
        Http2FrameType.Settings => _control.TakeSettings(header, payload),
        Http2FrameType.Ping => _control.TakePing(header, payload),
        Http2FrameType.GoAway => _control.TakeGoAway(),
        Http2FrameType.WindowUpdate => _ofStreams.TakeWindowUpdate(header, payload),
        Http2FrameType.Priority => _ofStreams.TakePriority(header, payload),
        Http2FrameType.PriorityUpdate => _ofStreams.TakePriorityUpdate(payload),
        _ => _parts.Spend(),
    };

    /// <summary>Answers a fault of the client's.</summary>
    /// <returns>False when it ends the connection.</returns>
    private bool Answer(in Http2FrameHeader header, Http2Error error)
    {
        if (error.Scope == Http2ErrorScope.Stream && IsIdle(header.StreamId))
        {
            // A wrong PRIORITY: an idle stream cannot be reset (RFC 9113 §6.4).
            error = Http2Error.Connection(error.Code, error.Reason);
        }
        if (error.Scope == Http2ErrorScope.Stream)
        {
            if (_owner.Server.Logs.BadRequests.IsEnabled(LogLevel.Debug))
                _owner.Server.Logs.BadRequests.Http2StreamFailed(_owner.Id, header.StreamId, error.Code, error.Reason);
            if (_parts.Budget.TryProvoke())
            {
                lock (_parts.Gate) _endings.ResetByFault(header.StreamId, error.Code, error.Reason);
                return true;
            }
            error = Http2Budget.Calm("The client causes the server to reset too many streams.");
        }
        bool isInBlock = OpenStreamId != 0;
        _owner.EndsBecause(Http2EndReasons.Of(error.Code, header, IsIdle(header.StreamId), isInBlock));
        _parts.Life.Fail(error);
        return false;
    }

    private bool IsIdle(int id)
    {
        lock (_parts.Gate) return _parts.Streams.StateOf(id) == Http2StreamState.Idle;
    }
}
