using System.Buffers;
using Tipi.Protocols.Http2;

namespace Tipi.Hosting.Http2;

/// <summary>
/// Gives the streams of one connection what DATA frames carry. Used by the connection's loop only.
/// </summary>
internal sealed class DataReceiver(ConnectionParts parts, StreamEndings endings)
{
    /// <summary>Bytes of content below which DATA earns nothing: many tiny frames are work as well.</summary>
    private const int LeastCredited = 64;

    private readonly UploadWindows _uploads = parts.Context.Uploads;
    private readonly StreamTable _streams = parts.Streams;

    internal Http2Error Take(in Http2FrameHeader header, in ReadOnlySequence<byte> payload)
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
        Http2Error error = content.IsEmpty && !isEnd ? parts.Spend() : default;
        if (!error.IsNone) return error;
        lock (parts.Gate)
        {
            if (!_uploads.TryReceive(header.Length))
                return Http2Error.Connection(
                    Http2ErrorCode.FlowControlError, "DATA exceeds the window of the connection.");
            Http2Verdict verdict = Http2StreamStates.OnReceive(
                _streams.StateOf(header.StreamId), header.Type, out error);
            if (verdict != Http2Verdict.Accept || !_streams.TryFind(header.StreamId, out Http2Stream? stream))
            {
                _uploads.Consume(header.Length);
                return verdict == Http2Verdict.Ignore && content.IsEmpty ? parts.Spend() : error;
            }
            return TakeContent(stream, header, content, isEnd);
        }
    }

    /// <summary>Under the gate.</summary>
    private Http2Error TakeContent(
        Http2Stream stream, in Http2FrameHeader header, in ReadOnlySequence<byte> content, bool isEnd)
    {
        if (!stream.Upload.Window.TryTake(header.Length))
        {
            _uploads.Consume(header.Length);
            return Http2Error.Stream(Http2ErrorCode.FlowControlError, "DATA exceeds the window of the stream.");
        }
        // What is dropped because its stream was reset earns nothing, or its frames would pay for one another.
        if (content.Length >= LeastCredited || isEnd) parts.Budget.EarnControl(1);
        stream.State = Http2StreamStates.AfterReceive(stream.State, header.Type, isEnd);
        if (stream.IsApplicationDone)
        {
            _uploads.Drop(stream.Upload, header.Length);
            stream.Rest.OnReceived(header.Length, parts.Context.Time.ExactMs);
            Http2Error fault = stream.Body.Skip((int)content.Length, isEnd);
            if (fault.IsNone) endings.Finish(stream);
            return fault;
        }
        Http2Error error = stream.Body.Append(content, isEnd);
        int overhead = header.Length - (int)content.Length;
        if (!error.IsNone) _uploads.Consume(header.Length);
        else if (overhead > 0) _uploads.OnConsumed(stream.Upload, overhead);
        return error;
    }
}
