using System.Buffers;

namespace Tipi.Protocols.Http;

/// <summary>Steps over the pieces of a structured field (RFC 8941 §4.2); false: it is malformed there.</summary>
internal ref struct StructuredScanner(ReadOnlySpan<byte> text)
{
    private const int MaxIntegerDigits = 15;
    private const int MaxWholeDigits = 12;
    private const int MaxFractionDigits = 3;

    private static readonly SearchValues<byte> s_key =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_-.*"u8);

    private static readonly SearchValues<byte> s_token = SearchValues.Create(
        "!#$%&'*+-.^_`|~:/0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    private static readonly SearchValues<byte> s_base64 = SearchValues.Create(
        "+/=0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    private ReadOnlySpan<byte> _rest = text;

    internal readonly bool IsAtEnd => _rest.IsEmpty;

    // 0 at the end: no structured field contains it.
    private readonly byte Next => _rest.IsEmpty ? (byte)0 : _rest[0];

    internal void SkipSpaces() => _rest = _rest.TrimStart((byte)' ');

    internal void SkipWhiteSpace() => _rest = _rest.TrimStart(" \t"u8);

    internal bool TrySkip(char expected)
    {
        if (Next != expected) return false;
        _rest = _rest[1..];
        return true;
    }

    internal bool TryReadKey(out ReadOnlySpan<byte> key)
    {
        bool begins = char.IsAsciiLetterLower((char)Next) || Next == '*';
        key = begins ? Take(s_key) : default;
        return begins;
    }

    internal bool TryReadMemberValue(out StructuredKind kind, out long number)
    {
        kind = StructuredKind.Other;
        number = 0;
        return TrySkip('(') ? TryReadInnerList() : TryReadItem(out kind, out number);
    }

    internal bool TryReadParameters()
    {
        while (TrySkip(';'))
        {
            SkipSpaces();
            if (!TryReadKey(out _)) return false;
            if (TrySkip('=') && !TryReadItem(out _, out _)) return false;
        }

        return true;
    }

    private bool TryReadInnerList()
    {
        while (true)
        {
            SkipSpaces();
            if (TrySkip(')')) return true;
            if (!TryReadItem(out _, out _) || !TryReadParameters()) return false;
            if (Next is not ((byte)' ' or (byte)')')) return false;
        }
    }

    private bool TryReadItem(out StructuredKind kind, out long number)
    {
        kind = StructuredKind.Other;
        number = 0;
        byte next = Next;
        if (next == '-' || char.IsAsciiDigit((char)next)) return TryReadNumber(out kind, out number);
        if (next == '*' || char.IsAsciiLetter((char)next)) return !Take(s_token).IsEmpty;
        if (TrySkip('?')) return TryReadBoolean(out kind, out number);
        if (TrySkip('"')) return TryReadString();
        if (TrySkip(':'))
        {
            Take(s_base64);
            return TrySkip(':');
        }

        return TrySkip('@') && TryReadNumber(out kind, out number) && TakeAsDate(ref kind, ref number);
    }

    private static bool TakeAsDate(ref StructuredKind kind, ref long number)
    {
        bool isWhole = kind == StructuredKind.Integer;
        kind = StructuredKind.Other;
        number = 0;
        return isWhole;
    }

    private bool TryReadNumber(out StructuredKind kind, out long number)
    {
        kind = StructuredKind.Integer;
        bool isNegative = TrySkip('-');
        int digits = ReadDigits(out number);
        if (isNegative) number = -number;
        if (digits == 0 || !TrySkip('.')) return digits is > 0 and <= MaxIntegerDigits;
        kind = StructuredKind.Other;
        number = 0;
        return digits <= MaxWholeDigits && ReadDigits(out _) is > 0 and <= MaxFractionDigits;
    }

    private int ReadDigits(out long number)
    {
        int digits = 0;
        number = 0;
        while (digits < _rest.Length && char.IsAsciiDigit((char)_rest[digits]))
        {
            number = unchecked(number * 10 + (_rest[digits] - '0')); // too many digits are refused by their count
            digits++;
        }

        _rest = _rest[digits..];
        return digits;
    }

    private bool TryReadBoolean(out StructuredKind kind, out long number)
    {
        kind = StructuredKind.Boolean;
        number = Next - '0';
        return TrySkip('0') || TrySkip('1');
    }

    private bool TryReadString()
    {
        while (!IsAtEnd)
        {
            byte next = _rest[0];
            _rest = _rest[1..];
            if (next == '"') return true;
            if (next is < 0x20 or > 0x7E) return false;
            if (next == '\\' && !TrySkip('"') && !TrySkip('\\')) return false;
        }

        return false;
    }

    private ReadOnlySpan<byte> Take(SearchValues<byte> characters)
    {
        int length = _rest.IndexOfAnyExcept(characters);
        ReadOnlySpan<byte> taken = length < 0 ? _rest : _rest[..length];
        _rest = _rest[taken.Length..];
        return taken;
    }
}
