using System.Buffers;
using System.Buffers.Binary;

namespace Tipi.Compare.Siege.Http2;

/// <summary>Writes frames one after another, right or wrong as the attack wants them (RFC 9113 §4.1).</summary>
internal sealed class FrameWriter
{
    private const byte EndStream = 1;
    private const byte EndHeaders = 4;

    private readonly ArrayBufferWriter<byte> _bytes = new();

    public ReadOnlyMemory<byte> Written => _bytes.WrittenMemory;

    public void Clear() => _bytes.ResetWrittenCount();

    public FrameWriter Frame(FrameType type, byte flags, int stream, ReadOnlySpan<byte> payload)
    {
        Span<byte> head = stackalloc byte[9];
        BinaryPrimitives.WriteUInt32BigEndian(head, (uint)payload.Length << 8);
        head[3] = (byte)type;
        head[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(head[5..], stream);
        _bytes.Write(head);
        _bytes.Write(payload);
        return this;
    }

    /// <summary>What a client says first.</summary>
    public FrameWriter Preface()
    {
        _bytes.Write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8);
        return this;
    }

    public FrameWriter Settings(params (ushort Id, uint Value)[] settings)
    {
        Span<byte> payload = stackalloc byte[6 * settings.Length];
        for (var i = 0; i < settings.Length; i++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(payload[(6 * i)..], settings[i].Id);
            BinaryPrimitives.WriteUInt32BigEndian(payload[(6 * i + 2)..], settings[i].Value);
        }

        return Frame(FrameType.Settings, 0, 0, payload);
    }

    public FrameWriter SettingsAck() => Frame(FrameType.Settings, 1, 0, default);

    /// <summary>A whole field section, in a frame of its own.</summary>
    public FrameWriter Headers(int stream, ReadOnlySpan<byte> block, bool endStream = true) =>
        Frame(FrameType.Headers, (byte)(EndHeaders | (endStream ? EndStream : 0)), stream, block);

    /// <summary>A field section in as many frames as it takes; goes on after it unless it is whole.</summary>
    public FrameWriter LongHeaders(int stream, ReadOnlySpan<byte> block, int frameBytes, bool isWhole = true)
    {
        var type = FrameType.Headers;
        for (byte flags = EndStream; ; flags = 0)
        {
            var size = Math.Min(frameBytes, block.Length);
            var isLast = size == block.Length;
            Frame(type, (byte)(flags | (isLast && isWhole ? EndHeaders : 0)), stream, block[..size]);
            block = block[size..];
            type = FrameType.Continuation;
            if (isLast)
                return this;
        }
    }

    public FrameWriter Data(int stream, ReadOnlySpan<byte> content, bool endStream = false) =>
        Frame(FrameType.Data, endStream ? EndStream : (byte)0, stream, content);

    /// <summary>CANCEL.</summary>
    public FrameWriter Reset(int stream) => Number(FrameType.RstStream, stream, 8);

    public FrameWriter WindowUpdate(int stream, uint increment) => Number(FrameType.WindowUpdate, stream, increment);

    public FrameWriter Ping() => Frame(FrameType.Ping, 0, 0, "siegepng"u8);

    /// <summary>RFC 7540's, deprecated and still allowed: the stream depends on another.</summary>
    public FrameWriter Priority(int stream, int dependsOn)
    {
        Span<byte> payload = stackalloc byte[5];
        BinaryPrimitives.WriteInt32BigEndian(payload, dependsOn);
        return Frame(FrameType.Priority, 0, stream, payload);
    }

    public FrameWriter PriorityUpdate(int stream)
    {
        Span<byte> payload = stackalloc byte[7];
        BinaryPrimitives.WriteInt32BigEndian(payload, stream);
        "u=1"u8.CopyTo(payload[4..]);
        return Frame(FrameType.PriorityUpdate, 0, 0, payload);
    }

    public FrameWriter GoAway() => Frame(FrameType.GoAway, 0, 0, new byte[8]);

    private FrameWriter Number(FrameType type, int stream, uint number)
    {
        Span<byte> payload = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(payload, number);
        return Frame(type, 0, stream, payload);
    }
}
