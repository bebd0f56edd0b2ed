using System.Buffers.Binary;
using System.Text;

namespace Tipi.Hosting.Tests.Http2;

/// <summary>A frame that an attacker got (RFC 9113 §4.1).</summary>
internal sealed record FoeFrame(byte Type, byte Flags, int Stream, byte[] Payload)
{
    internal const byte DataType = 0;
    internal const byte HeadersType = 1;
    internal const byte PriorityType = 2;
    internal const byte ResetType = 3;
    internal const byte SettingsType = 4;
    internal const byte PingType = 6;
    internal const byte GoAwayType = 7;
    internal const byte WindowUpdateType = 8;
    internal const byte ContinuationType = 9;
    internal const byte PriorityUpdateType = 16;
    internal const byte UnknownType = 190;

    // The change of the dynamic table's size to 0, before a section.
    private const byte NoTable = 0x20;

    private static readonly string[] s_codes =
    [
        "NO_ERROR", "PROTOCOL_ERROR", "INTERNAL_ERROR", "FLOW_CONTROL_ERROR", "SETTINGS_TIMEOUT", "STREAM_CLOSED",
        "FRAME_SIZE_ERROR", "REFUSED_STREAM", "CANCEL", "COMPRESSION_ERROR", "CONNECT_ERROR", "ENHANCE_YOUR_CALM",
    ];

    /// <summary>The error code of RST_STREAM or GOAWAY.</summary>
    internal string Code =>
        s_codes[BinaryPrimitives.ReadInt32BigEndian(Payload.AsSpan(Type == GoAwayType ? 4 : 0))];

    /// <summary>What GOAWAY says besides.</summary>
    internal string Reason => Encoding.ASCII.GetString(Payload, 8, Payload.Length - 8);

    /// <summary>The status at the beginning of a section: a field of the static table, or its value as text or in
    /// Huffman's code, whose digits have five bits up to 2 and six from there (RFC 7541, Appendices A and B).</summary>
    internal string Status => Payload.AsSpan().TrimStart(NoTable) switch
    {
        [0x88, ..] => "200",
        [0x08 or 0x48, 3, var a, var b, var c, ..] => $"{(char)a}{(char)b}{(char)c}",
        [0x08 or 0x48, > 0x80, var a, var b, var c, ..] => Digits(a << 16 | b << 8 | c),
        _ => Convert.ToHexString(Payload),
    };

    private static string Digits(int bits)
    {
        string text = "";
        for (int left = 24; text.Length < 3;)
        {
            int five = bits >> left - 5 & 31;
            text += five < 3 ? five : (bits >> left - 6 & 63) - 0x19 + 3;
            left -= five < 3 ? 5 : 6;
        }
        return text;
    }
}
