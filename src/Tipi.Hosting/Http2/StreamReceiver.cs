using Tipi.Protocols.Http;
using Tipi.Protocols.Http2;

namespace Tipi.Hosting.Http2;

/// <summary>
/// Takes the frames that say how one stream goes on, or whether: RST_STREAM, WINDOW_UPDATE (also the connection's) and
/// the priorities. Used by the connection's loop only.
/// </summary>
internal sealed class StreamReceiver(ConnectionParts parts, StreamEndings endings, HeadReceiver heads)
{
    private readonly FrameOutput _output = parts.Output;
    private readonly StreamTable _streams = parts.Streams;

    internal Http2Error TakeReset(in Http2FrameHeader header)
    {
        lock (parts.Gate)
        {
            Http2Verdict verdict = Http2StreamStates.OnReceive(
                _streams.StateOf(header.StreamId), header.Type, out Http2Error error);
            if (verdict == Http2Verdict.Refuse) return error;
            if (verdict == Http2Verdict.Ignore || !_streams.TryFind(header.StreamId, out Http2Stream? stream))
                return parts.Spend();
            bool isYoung = parts.Owner.Server.Clock.NowMs - stream.OpenedMs < Http2Budget.YoungMs;
            if (isYoung && !stream.Outgoing.Response.IsHeadSent && !parts.Budget.TryReset())
                return Http2Budget.Calm("The client resets too many streams.");
            endings.OnResetByPeer(stream);
            return default;
        }
    }

    internal Http2Error TakeWindowUpdate(in Http2FrameHeader header, ReadOnlySpan<byte> payload)
    {
        Http2Error error = Http2Payload.ReadWindowUpdate(header, payload, out int increment);
        if (error.Scope == Http2ErrorScope.Connection) return error;
        if (header.StreamId == 0)
        {
            error = parts.Spend();
            if (!error.IsNone) return error;
            return _output.TryGrow(increment)
                ? default
                : Http2Error.Connection(Http2ErrorCode.FlowControlError, "The connection's window is too large.");
        }
        lock (parts.Gate)
        {
            Http2Verdict verdict = Http2StreamStates.OnReceive(
                _streams.StateOf(header.StreamId), header.Type, out Http2Error wrongState);
            if (verdict == Http2Verdict.Refuse) return wrongState;
            if (verdict == Http2Verdict.Ignore || !_streams.TryFind(header.StreamId, out Http2Stream? stream))
                return parts.Spend();
            if (!error.IsNone) return error;
            if (!stream.Outgoing.Window.TryGrow(increment))
                return Http2Error.Stream(Http2ErrorCode.FlowControlError, "The stream's window is too large.");
            _output.OnWindowChanged(stream.Outgoing);
        }
        return parts.Spend();
    }

    internal Http2Error TakePriority(in Http2FrameHeader header, ReadOnlySpan<byte> payload)
    {
        Http2Error error = Http2Payload.ReadPriority(header, payload, out _);
        return error.IsNone ? parts.Spend() : error;
    }

    internal Http2Error TakePriorityUpdate(ReadOnlySpan<byte> payload)
    {
        Http2Error error = Http2Payload.ReadPriorityUpdate(payload, out int id, out ByteRange field);
        if (error.IsNone) error = parts.Spend();
        if (!error.IsNone) return error;
        // What cannot be read is as if it said nothing (RFC 9218 §4).
        _ = Http2Priority.TryParse(field.Of(payload), out Http2Priority priority);
        lock (parts.Gate)
        {
            if (_streams.TryFind(id, out Http2Stream? stream)) _output.Reprioritize(stream.Outgoing, priority);
            else if (id > _streams.LastId) heads.KeepPriority(id, priority);
        }
        return default;
    }
}
