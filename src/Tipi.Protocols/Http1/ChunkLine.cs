using Tipi.Protocols.Http;

namespace Tipi.Protocols.Http1;

/// <summary>Reads a chunk line byte by byte: size, extensions, CRLF (RFC 9112 §7.1, §7.1.1).</summary>
/// <remarks>
/// <code>
/// SizeFirst → Size → CR → LF → done        the extensions, each after ';' with optional white space:
///               ↓ ';' or white space        NameFirst → Name → ValueFirst → Value | Quoted → AfterQuoted
/// </code>
/// White space may stand around ';' and '=' only; a line that ends in white space is refused.
/// </remarks>
internal struct ChunkLine
{
    private const long MaxSizeBeforeDigit = long.MaxValue >> 4;

    private State _state;

    private enum State : byte
    {
        SizeFirst,
        Size,
        BeforeSemicolon,
        NameFirst,
        Name,
        BeforeEquals,
        ValueFirst,
        Value,
        Quoted,
        Escaped,
        AfterQuoted,
        LineFeed,
        Done,
    }

    internal long Size { get; private set; }

    internal int Length { get; private set; }

    internal readonly bool IsComplete => _state == State.Done;

    internal ProtocolErrorCode Take(byte next)
    {
        Length++;
        switch (_state)
        {
            case State.SizeFirst:
            case State.Size:
                return TakeSize(next);
            case State.LineFeed:
                if (next != '\n') return ProtocolErrorCode.BareLineEnd;
                _state = State.Done;
                return ProtocolErrorCode.None;
            default:
                _state = NextInExtension(next);
                return _state == State.SizeFirst ? ProtocolErrorCode.InvalidChunkExtension : ProtocolErrorCode.None;
        }
    }

    private ProtocolErrorCode TakeSize(byte next)
    {
        int digit = HexDigit(next);
        if (digit >= 0)
        {
            if (Size > MaxSizeBeforeDigit) return ProtocolErrorCode.InvalidChunkSize;
            Size = (Size << 4) | (uint)digit;
            _state = State.Size;
            return ProtocolErrorCode.None;
        }

        if (_state == State.SizeFirst) return ProtocolErrorCode.InvalidChunkSize;
        switch (next)
        {
            case (byte)'\r': _state = State.LineFeed; break;
            case (byte)';': _state = State.NameFirst; break;
            case (byte)' ' or (byte)'\t': _state = State.BeforeSemicolon; break;
            default: return next == '\n' ? ProtocolErrorCode.BareLineEnd : ProtocolErrorCode.InvalidChunkSize;
        }

        return ProtocolErrorCode.None;
    }

    /// <summary>The next state; SizeFirst stands for "malformed".</summary>
    private readonly State NextInExtension(byte next)
    {
        bool isSpace = next is (byte)' ' or (byte)'\t';
        bool isToken = ByteScan.Token.Contains(next);
        return _state switch
        {
            State.BeforeSemicolon when isSpace => State.BeforeSemicolon,
            State.BeforeSemicolon when next == ';' => State.NameFirst,
            State.NameFirst when isSpace => State.NameFirst,
            State.NameFirst or State.Name when isToken => State.Name,
            State.Name or State.BeforeEquals when next == '=' => State.ValueFirst,
            State.Name or State.BeforeEquals when isSpace => State.BeforeEquals,
            State.ValueFirst when isSpace => State.ValueFirst,
            State.ValueFirst when next == '"' => State.Quoted,
            State.ValueFirst or State.Value when isToken => State.Value,
            State.Name or State.BeforeEquals or State.Value or State.AfterQuoted when next == ';' => State.NameFirst,
            State.Value or State.AfterQuoted when isSpace => State.BeforeSemicolon,
            State.Name or State.Value or State.AfterQuoted when next == '\r' => State.LineFeed,
            State.Quoted when next == '"' => State.AfterQuoted,
            State.Quoted when next == '\\' => State.Escaped,
            State.Quoted or State.Escaped when isSpace || next is > 0x20 and not 0x7F => State.Quoted,
            _ => State.SizeFirst,
        };
    }

    private static int HexDigit(byte value)
    {
        if (value is >= (byte)'0' and <= (byte)'9') return value - '0';
        int letter = value | 0x20;
        return letter is >= 'a' and <= 'f' ? letter - 'a' + 10 : -1;
    }
}
