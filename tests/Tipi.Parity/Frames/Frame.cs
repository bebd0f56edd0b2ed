using System.Buffers.Binary;

namespace Tipi.Parity.Frames;

/// <summary>A frame of HTTP/2.</summary>
internal sealed record Frame(byte Type, byte Flags, int Stream, byte[] Payload)
{
    internal const byte Data = 0, Headers = 1, Priority = 2, Reset = 3, Settings = 4, Push = 5, Ping = 6, GoAway = 7,
        WindowUpdate = 8, Continuation = 9;

    private static readonly string[] s_codes =
    [
        "NO_ERROR", "PROTOCOL_ERROR", "INTERNAL_ERROR", "FLOW_CONTROL_ERROR", "SETTINGS_TIMEOUT", "STREAM_CLOSED",
        "FRAME_SIZE_ERROR", "REFUSED_STREAM", "CANCEL", "COMPRESSION_ERROR", "CONNECT_ERROR", "ENHANCE_YOUR_CALM",
        "INADEQUATE_SECURITY", "HTTP_1_1_REQUIRED",
    ];

    internal bool EndsStream => Type is Data or Headers && (Flags & 1) != 0;

    internal bool EndsHeaders => (Flags & 4) != 0;

    internal bool IsAck => Type is Settings or Ping && (Flags & 1) != 0;

    /// <summary>The code of RST_STREAM or GOAWAY.</summary>
    internal string Code => s_codes[Number(Type == GoAway ? 4 : 0)];

    internal byte[] Bytes
    {
        get
        {
            byte[] frame = new byte[9 + Payload.Length];
            BinaryPrimitives.WriteInt32BigEndian(frame, Payload.Length << 8 | Type);
            frame[4] = Flags;
            BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), Stream);
            Payload.CopyTo(frame, 9);
            return frame;
        }
    }

    /// <summary>A number of 32 bits in the payload.</summary>
    internal int Number(int at) => BinaryPrimitives.ReadInt32BigEndian(Payload.AsSpan(at));
}
