using System.Buffers.Binary;
using System.Text;

namespace Tipi.Hosting.Tests.Http2;

/// <summary>A frame from the server, and as a line of a dialogue.</summary>
internal sealed record Http2Heard(byte Type, byte Flags, int Stream, byte[] Payload)
{
    internal const byte Data = 0, Headers = 1, Priority = 2, Reset = 3, Settings = 4, Push = 5, Ping = 6, GoAway = 7,
        WindowUpdate = 8, Continuation = 9, PriorityUpdate = 0x10;

    private static readonly string[] s_codes =
    [
        "NO_ERROR", "PROTOCOL_ERROR", "INTERNAL_ERROR", "FLOW_CONTROL_ERROR", "SETTINGS_TIMEOUT", "STREAM_CLOSED",
        "FRAME_SIZE_ERROR", "REFUSED_STREAM", "CANCEL", "COMPRESSION_ERROR", "CONNECT_ERROR", "ENHANCE_YOUR_CALM",
        "INADEQUATE_SECURITY", "HTTP_1_1_REQUIRED",
    ];

    /// <summary>The fields of HEADERS, with those of CONTINUATION; otherwise empty.</summary>
    internal IReadOnlyList<(string Name, string Value)> Fields { get; init; } = [];

    internal bool EndsStream => Type is Data or Headers && (Flags & 1) != 0;

    internal bool IsAck => Type is Settings or Ping && (Flags & 1) != 0;

    internal string Text => Encoding.Latin1.GetString(Payload);

    /// <summary>The increment of WINDOW_UPDATE.</summary>
    internal int Increment => BinaryPrimitives.ReadInt32BigEndian(Payload);

    /// <summary>The code of RST_STREAM or GOAWAY.</summary>
    internal string Code => s_codes[BinaryPrimitives.ReadInt32BigEndian(Payload.AsSpan(Type == GoAway ? 4 : 0))];

    internal string? this[string name] => Fields.FirstOrDefault(field => field.Name == name).Value;

    /// <summary>Such as <c>HEADERS 1 200</c>, <c>DATA 1 END_STREAM hello</c>, <c>RST_STREAM 1 CANCEL</c>.</summary>
    public override string ToString()
    {
        string end = EndsStream ? " END_STREAM" : "";
        string ack = IsAck ? " ACK" : "";
        return Type switch
        {
            Data => $"DATA {Stream}{end} {Text}".TrimEnd(),
            Headers => $"HEADERS {Stream}{end} {this[":status"]}".TrimEnd(),
            Reset => $"RST_STREAM {Stream} {Code}",
            Settings => $"SETTINGS{ack}",
            Ping => $"PING{ack} {Convert.ToHexString(Payload)}",
            GoAway => $"GOAWAY {BinaryPrimitives.ReadInt32BigEndian(Payload)} {Code}",
            WindowUpdate => $"WINDOW_UPDATE {Stream} {Increment}",
            _ => $"{Type} {Stream}",
        };
    }
}
