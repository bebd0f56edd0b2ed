using System.Buffers.Binary;

namespace Tipi.Protocols.Http2;

/// <summary>Writes frames: each method writes at the start of the destination and returns how many bytes.</summary>
/// <remarks>The sizes are constants; a destination that is too small is our misuse and throws.</remarks>
internal static class Http2FrameWriter
{
    internal const int SettingsAckSize = Http2FrameHeader.Size;
    internal const int MaxSettingsSize = Http2FrameHeader.Size + Http2Settings.MaxSize;
    internal const int PingSize = Http2FrameHeader.Size + 8;
    internal const int RstStreamSize = Http2FrameHeader.Size + 4;
    internal const int WindowUpdateSize = Http2FrameHeader.Size + 4;

    /// <summary>GOAWAY without debug data.</summary>
    internal const int GoAwaySize = Http2FrameHeader.Size + 8;

    /// <summary>SETTINGS with what differs from the initial values.</summary>
    internal static int WriteSettings(Span<byte> destination, Http2Settings settings)
    {
        int length = settings.Write(destination[Http2FrameHeader.Size..]);
        WriteHeader(destination, length, Http2FrameType.Settings, Http2FrameFlags.None, 0);
        return Http2FrameHeader.Size + length;
    }

    internal static int WriteSettingsAck(Span<byte> destination)
    {
        WriteHeader(destination, 0, Http2FrameType.Settings, Http2FrameFlags.Ack, 0);
        return SettingsAckSize;
    }

    internal static int WritePing(Span<byte> destination, bool ack, long opaque)
    {
        WriteHeader(destination, 8, Http2FrameType.Ping, ack ? Http2FrameFlags.Ack : Http2FrameFlags.None, 0);
        BinaryPrimitives.WriteInt64BigEndian(destination[Http2FrameHeader.Size..], opaque);
        return PingSize;
    }

    /// <param name="destination">Takes <see cref="GoAwaySize"/> bytes and the debug data.</param>
    /// <param name="lastStreamId">The last stream that may have been acted on; 2^31 - 1 only announces.</param>
    /// <param name="code">Why.</param>
    /// <param name="debug">Text for who reads a dump; may be empty.</param>
    internal static int WriteGoAway(
        Span<byte> destination, int lastStreamId, Http2ErrorCode code, ReadOnlySpan<byte> debug)
    {
        WriteHeader(destination, 8 + debug.Length, Http2FrameType.GoAway, Http2FrameFlags.None, 0);
        BinaryPrimitives.WriteInt32BigEndian(destination[Http2FrameHeader.Size..], lastStreamId);
        BinaryPrimitives.WriteUInt32BigEndian(destination[(Http2FrameHeader.Size + 4)..], (uint)code);
        debug.CopyTo(destination[GoAwaySize..]);
        return GoAwaySize + debug.Length;
    }

    internal static int WriteRstStream(Span<byte> destination, int streamId, Http2ErrorCode code)
    {
        WriteHeader(destination, 4, Http2FrameType.RstStream, Http2FrameFlags.None, streamId);
        BinaryPrimitives.WriteUInt32BigEndian(destination[Http2FrameHeader.Size..], (uint)code);
        return RstStreamSize;
    }

    internal static int WriteWindowUpdate(Span<byte> destination, int streamId, int increment)
    {
        WriteHeader(destination, 4, Http2FrameType.WindowUpdate, Http2FrameFlags.None, streamId);
        BinaryPrimitives.WriteInt32BigEndian(destination[Http2FrameHeader.Size..], increment);
        return WindowUpdateSize;
    }

    /// <summary>The header of DATA; its content of <paramref name="length"/> bytes follows.</summary>
    internal static int WriteDataHeader(Span<byte> destination, int streamId, int length, bool endStream) =>
        WriteHeader(destination, length, Http2FrameType.Data, EndOf(endStream), streamId);

    /// <summary>The header of HEADERS; a fragment of <paramref name="length"/> bytes follows.</summary>
    internal static int WriteHeadersHeader(
        Span<byte> destination, int streamId, int length, bool endHeaders, bool endStream)
    {
        Http2FrameFlags flags = EndOf(endStream) | (endHeaders ? Http2FrameFlags.EndHeaders : Http2FrameFlags.None);
        return WriteHeader(destination, length, Http2FrameType.Headers, flags, streamId);
    }

    /// <summary>The header of CONTINUATION; a fragment of <paramref name="length"/> bytes follows.</summary>
    internal static int WriteContinuationHeader(Span<byte> destination, int streamId, int length, bool endHeaders) =>
        WriteHeader(destination, length, Http2FrameType.Continuation,
            endHeaders ? Http2FrameFlags.EndHeaders : Http2FrameFlags.None, streamId);

    private static Http2FrameFlags EndOf(bool endStream) =>
        endStream ? Http2FrameFlags.EndStream : Http2FrameFlags.None;

    private static int WriteHeader(
        Span<byte> destination, int length, Http2FrameType type, Http2FrameFlags flags, int streamId)
    {
        new Http2FrameHeader(length, type, flags, streamId).Write(destination);
        return Http2FrameHeader.Size;
    }
}
