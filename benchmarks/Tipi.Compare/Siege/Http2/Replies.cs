using System.Buffers.Binary;

namespace Tipi.Compare.Siege.Http2;

/// <summary>
/// What a server says, as far as the table tells it: the first status, the first stream's reset and the farewell.
/// The rest of each frame is counted and forgotten.
/// </summary>
internal sealed class Replies
{
    private const int HeadBytes = 9;
    private const int KeptBytes = 16;

    private static readonly string[] Codes =
    [
        "NO_ERROR", "PROTOCOL_ERROR", "INTERNAL_ERROR", "FLOW_CONTROL_ERROR", "SETTINGS_TIMEOUT", "STREAM_CLOSED",
        "FRAME_SIZE_ERROR", "REFUSED_STREAM", "CANCEL", "COMPRESSION_ERROR", "CONNECT_ERROR", "ENHANCE_YOUR_CALM",
        "INADEQUATE_SECURITY", "HTTP_1_1_REQUIRED",
    ];

    // The head of a frame and the beginning of what it carries.
    private readonly byte[] _frame = new byte[HeadBytes + KeptBytes];
    private int _kept;
    private int _rest;
    private string? _farewell;
    private string? _reset;
    private string? _status;

    /// <summary>The server's first SETTINGS frame has come whole.</summary>
    public bool IsGreeted { get; private set; }

    /// <summary>The gravest thing said, or nothing.</summary>
    public string Said => _farewell ?? _reset ?? _status ?? "";

    /// <summary>Takes bytes as they come, cut anywhere.</summary>
    public void Take(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            if (_kept < HeadBytes)
            {
                bytes = bytes[Keep(bytes, HeadBytes)..];
                if (_kept < HeadBytes)
                    return;
                _rest = _frame[0] << 16 | _frame[1] << 8 | _frame[2];
            }

            var size = Math.Min(_rest, bytes.Length);
            Keep(bytes[..size], _frame.Length);
            bytes = bytes[size..];
            _rest -= size;
            if (_rest > 0)
                return;
            Understand((FrameType)_frame[3], _frame.AsSpan(HeadBytes.._kept));
            _kept = 0;
        }
    }

    private int Keep(ReadOnlySpan<byte> bytes, int limit)
    {
        var size = Math.Min(bytes.Length, limit - _kept);
        bytes[..size].CopyTo(_frame.AsSpan(_kept));
        _kept += size;
        return size;
    }

    private void Understand(FrameType type, ReadOnlySpan<byte> payload)
    {
        switch (type)
        {
            case FrameType.Settings:
                IsGreeted = true;
                break;
            case FrameType.GoAway when payload.Length >= 8:
                _farewell = "GOAWAY " + Code(payload[4..]);
                break;
            case FrameType.RstStream when payload.Length == 4:
                _reset ??= "RST_STREAM " + Code(payload);
                break;
            case FrameType.Headers:
                _status ??= Status(payload);
                break;
        }
    }

    private static string Code(ReadOnlySpan<byte> payload)
    {
        var code = BinaryPrimitives.ReadUInt32BigEndian(payload);
        return code < Codes.Length ? Codes[code] : $"{code}";
    }

    // An answer's section begins with its status: of the static table (RFC 7541, Appendix A) or with its name there.
    private static string? Status(ReadOnlySpan<byte> block)
    {
        string[] known = ["200", "204", "206", "304", "400", "404", "500"];
        return AfterSizes(block) switch
        {
            [var index, ..] when index is >= 0x88 and <= 0x8e => known[index - 0x88],
            [0x08 or 0x18 or 0x48, 3, var a, var b, var c, ..] => $"{(char)a}{(char)b}{(char)c}",
            [0x08 or 0x18 or 0x48, > 0x80, var a, var b, var c, ..] => Unpack(a << 16 | b << 8 | c),
            _ => null,
        };
    }

    // Changes of the table's size come before; a large one goes on as long as the first bit says (RFC 7541 §5.1).
    private static ReadOnlySpan<byte> AfterSizes(ReadOnlySpan<byte> block)
    {
        while (block.Length > 0 && (block[0] & 0xe0) == 0x20)
        {
            var goesOn = (block[0] & 0x1f) == 0x1f;
            for (block = block[1..]; goesOn && block.Length > 0; block = block[1..])
                goesOn = (block[0] & 0x80) != 0;
        }

        return block;
    }

    // Three digits in Huffman's code (RFC 7541, Appendix B): 0 to 2 in five bits, 3 to 9 in six.
    private static string Unpack(int bits)
    {
        var text = "";
        for (var left = 24; text.Length < 3;)
        {
            var five = bits >> (left - 5) & 31;
            var isShort = five < 3;
            text += (char)('0' + (isShort ? five : (bits >> (left - 6) & 63) - 0x19 + 3));
            left -= isShort ? 5 : 6;
        }

        return text;
    }
}
