using System.Buffers.Binary;
using Tipi.Protocols.Http;

namespace Tipi.Protocols.Http2;

/// <summary>Reads the payloads of frames whose header <see cref="Http2FrameRules"/> accepted.</summary>
/// <remarks>
/// Each takes exactly the payload, <c>header.Length</c> bytes. Ranges are positions in it; what comes out beside an
/// error means nothing.
/// <code>
/// DATA             [pad length] content… [padding]
/// HEADERS          [pad length] [E + depends on (4), weight] fragment… [padding]
/// PRIORITY         E + depends on (4), weight
/// RST_STREAM       error code (4)
/// PING             opaque (8)
/// GOAWAY           R + last stream (4), error code (4), debug data…
/// WINDOW_UPDATE    R + increment (4)
/// CONTINUATION     fragment…
/// PRIORITY_UPDATE  R + stream (4), Priority field value…
/// </code>
/// </remarks>
internal static class Http2Payload
{
    /// <summary>The content of DATA without its padding. Flow control counts the whole payload (§6.1).</summary>
    internal static Http2Error ReadData(
        in Http2FrameHeader header, ReadOnlySpan<byte> payload, out ByteRange content) =>
        Unpad(header, payload, 0, out content);

    /// <summary>The fragment of a field block that HEADERS carries.</summary>
    /// <param name="header">The header.</param>
    /// <param name="payload">The payload.</param>
    /// <param name="fragment">The fragment.</param>
    /// <param name="dependsOn">The stream it says it depends on, -1 without the deprecated priority.</param>
    internal static Http2Error ReadHeaders(
        in Http2FrameHeader header, ReadOnlySpan<byte> payload, out ByteRange fragment, out int dependsOn)
    {
        dependsOn = -1;
        bool hasPriority = header.Has(Http2FrameFlags.Priority);
        Http2Error error = Unpad(header, payload, hasPriority ? 5 : 0, out fragment);
        if (!error.IsNone || !hasPriority) return error;
        dependsOn = ReadStreamId(payload[(fragment.Start - 5)..]);
        return CheckDependency(header.StreamId, dependsOn);
    }

    /// <summary>The stream that PRIORITY depends on; itself is an error (RFC 7540 §5.3.1).</summary>
    internal static Http2Error ReadPriority(
        in Http2FrameHeader header, ReadOnlySpan<byte> payload, out int dependsOn)
    {
        dependsOn = ReadStreamId(payload);
        return CheckDependency(header.StreamId, dependsOn);
    }

    /// <summary>The code of RST_STREAM, also an unknown one.</summary>
    internal static Http2Error ReadRstStream(ReadOnlySpan<byte> payload, out Http2ErrorCode code)
    {
        code = (Http2ErrorCode)BinaryPrimitives.ReadUInt32BigEndian(payload);
        return default;
    }

    /// <summary>The increment of WINDOW_UPDATE: 1 to 2^31 - 1. 0 ends the stream, or the connection (§6.9).</summary>
    internal static Http2Error ReadWindowUpdate(
        in Http2FrameHeader header, ReadOnlySpan<byte> payload, out int increment)
    {
        const string Reason = "WINDOW_UPDATE has an increment of 0.";
        increment = ReadStreamId(payload);
        if (increment != 0) return default;
        return header.StreamId == 0
            ? Http2Error.Connection(Http2ErrorCode.ProtocolError, Reason)
            : Http2Error.Stream(Http2ErrorCode.ProtocolError, Reason);
    }

    /// <summary>The eight bytes of PING, to be sent back as they are.</summary>
    internal static Http2Error ReadPing(ReadOnlySpan<byte> payload, out long opaque)
    {
        opaque = BinaryPrimitives.ReadInt64BigEndian(payload);
        return default;
    }

    /// <summary>The last of our streams that the peer looked at (a client always says 0), and why it leaves.</summary>
    internal static Http2Error ReadGoAway(
        ReadOnlySpan<byte> payload, out int lastStreamId, out Http2ErrorCode code)
    {
        lastStreamId = ReadStreamId(payload);
        code = (Http2ErrorCode)BinaryPrimitives.ReadUInt32BigEndian(payload[4..]);
        return default;
    }

    /// <summary>The request stream of PRIORITY_UPDATE, and the value for <see cref="Http2Priority"/>.</summary>
    internal static Http2Error ReadPriorityUpdate(
        ReadOnlySpan<byte> payload, out int prioritizedStreamId, out ByteRange field)
    {
        prioritizedStreamId = ReadStreamId(payload);
        field = new ByteRange(4, payload.Length - 4);
        if ((prioritizedStreamId & 1) != 0) return default;
        // RFC 9218 §7.1: 0, and a push stream that cannot exist.
        return Http2Error.Connection(Http2ErrorCode.ProtocolError, "PRIORITY_UPDATE names no request stream.");
    }

    private static Http2Error Unpad(
        in Http2FrameHeader header, ReadOnlySpan<byte> payload, int skipped, out ByteRange content)
    {
        int start = skipped;
        int padding = 0;
        if (header.Has(Http2FrameFlags.Padded))
        {
            start++;
            padding = payload[0];
        }

        int length = payload.Length - start - padding;
        content = new ByteRange(start, Math.Max(length, 0));
        return length >= 0
            ? default
            : Http2Error.Connection(Http2ErrorCode.ProtocolError, "The padding is longer than the frame.");
    }

    private static Http2Error CheckDependency(int streamId, int dependsOn) =>
        streamId != dependsOn
            ? default
            : Http2Error.Stream(Http2ErrorCode.ProtocolError, "A stream depends on itself.");

    private static int ReadStreamId(ReadOnlySpan<byte> bytes) =>
        (int)(BinaryPrimitives.ReadUInt32BigEndian(bytes) & int.MaxValue);
}
