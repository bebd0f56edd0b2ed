using System.Buffers.Binary;

namespace Tipi.Protocols.Http2;

/// <summary>The nine bytes before each frame's payload (RFC 9113 §4.1).</summary>
/// <remarks>
/// <code>
///  0        3      4       5                9
/// | length | type | flags | R + stream id  | payload of that length …
/// </code>
/// </remarks>
/// <param name="Length">Bytes of the payload, 0 to 16,777,215.</param>
/// <param name="Type">The type; may be one that is not known.</param>
/// <param name="Flags">The flags, also those without a meaning.</param>
/// <param name="StreamId">The stream, or 0 for the connection. The reserved bit is dropped.</param>
internal readonly record struct Http2FrameHeader(
    int Length, Http2FrameType Type, Http2FrameFlags Flags, int StreamId)
{
    /// <summary>Bytes of a header.</summary>
    internal const int Size = 9;

    /// <summary>Reads the first <see cref="Size"/> bytes. Any bytes are a header.</summary>
    internal static Http2FrameHeader Parse(ReadOnlySpan<byte> bytes)
    {
        ulong first = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        int stream = (int)((((uint)first << 8) | bytes[8]) & int.MaxValue);
        return new Http2FrameHeader(
            (int)(first >> 40), (Http2FrameType)(byte)(first >> 32), (Http2FrameFlags)(byte)(first >> 24), stream);
    }

    /// <summary>Writes <see cref="Size"/> bytes.</summary>
    internal void Write(Span<byte> destination)
    {
        destination[8] = (byte)StreamId;
        ulong first = ((ulong)(uint)Length << 40) | ((ulong)Type << 32) | ((ulong)Flags << 24)
            | ((uint)StreamId >> 8);
        BinaryPrimitives.WriteUInt64BigEndian(destination, first);
    }

    internal bool Has(Http2FrameFlags flag) => (Flags & flag) != 0;
}
