namespace Tipi.Protocols.Hpack;

/// <summary>The code of RFC 7541 Appendix B, and the tables to read it with.</summary>
/// <remarks>
/// The code is canonical: among codes of one length the order is that of the symbols, and each length goes on where the
/// shorter one ended. The lengths say all:
/// <code>
///  length   codes                       symbols
///       5   00000 .. 01001              0 1 2 a c e i o s t
///       6   010100 .. 101101            space % - . / 3 4 5 6 7 8 9 = A _ b d f g h l m n p r u
///       7   1011100 .. 1111011          : B C D E F G H I J K L M N O P Q R S T U V W Y j k q v w x y z
///       8   11111000 .. 11111101        &amp; * , ; X Z
///  10..30   1111111000 .. 30 ones       the rest; 30 ones are EOS
/// </code>
/// What begins with a code of at most <see cref="ShortBits"/> bits is read with one look into a table; for the others
/// the last code of each length tells the length.
/// </remarks>
internal static class HuffmanCode
{
    /// <summary>The symbol that never appears; its first bits are the padding.</summary>
    internal const int Eos = 256;

    /// <summary>The length of the longest code, EOS among them.</summary>
    internal const int MaxLength = 30;

    /// <summary>How many bits the table of short codes takes; it has 2 KiB.</summary>
    internal const int ShortBits = 10;

    /// <summary>By symbol: the bits of its code.</summary>
    internal static ReadOnlySpan<byte> Lengths =>
    [
        13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28,
        28, 28, 28, 28, 6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15,
        6, 12, 10, 13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
        15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28, 20, 22,
        20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23,
        23, 24, 22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22,
        22, 22, 23, 22, 22, 23, 26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26,
        27, 24, 21, 21, 26, 26, 28, 27, 27, 27, 20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, 26, 27,
        26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26, 30,
    ];

    private static readonly uint[] s_codes = new uint[Lengths.Length];
    private static readonly ushort[] s_short = new ushort[1 << ShortBits];
    private static readonly ushort[] s_ordered = new ushort[Lengths.Length];
    private static readonly uint[] s_last = new uint[MaxLength + 1];
    private static readonly int[] s_offsets = new int[MaxLength + 1];

    static HuffmanCode()
    {
        uint code = 0;
        int place = 0;
        for (int length = 1; length <= MaxLength; length++, code <<= 1)
        {
            s_offsets[length] = place - (int)code;
            for (int symbol = 0; symbol < Lengths.Length; symbol++)
            {
                if (Lengths[symbol] != length) continue;
                s_codes[symbol] = code;
                s_ordered[place++] = (ushort)symbol;
                if (length <= ShortBits) FillShort(symbol, code, length);
                code++;
            }

            if (code != 0) s_last[length] = (uint)(((ulong)code << (32 - length)) - 1);
        }
    }

    /// <summary>By symbol: its code, in the low bits.</summary>
    internal static ReadOnlySpan<uint> Codes => s_codes;

    /// <summary>By the next ten bits: <c>length &lt;&lt; 8 | symbol</c>; 0: a longer code.</summary>
    internal static ReadOnlySpan<ushort> Short => s_short;

    /// <summary>The symbol whose code is longer than the table of short ones, and its length.</summary>
    /// <param name="bits">The next 32 bits.</param>
    /// <param name="length">Bits of the code.</param>
    internal static int FindLong(uint bits, out int length)
    {
        length = ShortBits + 1;
        while (bits > s_last[length] && length < MaxLength) length++;
        return s_ordered[s_offsets[length] + (int)(bits >> (32 - length))];
    }

    private static void FillShort(int symbol, uint code, int length)
    {
        int free = ShortBits - length;
        s_short.AsSpan((int)code << free, 1 << free).Fill((ushort)(length << 8 | symbol));
    }
}
