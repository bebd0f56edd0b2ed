using System.Numerics;

namespace Tipi.Protocols.Hpack;

/// <summary>Integers of RFC 7541 §5.1: the low bits of a byte; where these are full, more bytes of seven.</summary>
/// <remarks>
/// <code>
///    0   1   2   3   4   5   6   7
///  +---+---+---+---+---+---+---+---+
///  | representation| 1   1   1   1 |   all ones: value - 15 follows, the low bits first
///  +---+---+---+---+---+---+---+---+
///  | 1 |  bits 0 to 6              |   1: goes on
///  +---+---+---+---+---+---+---+---+
///  | 0 |  bits 7 to 13             |
///  +---+---+---+---+---+---+---+---+
/// </code>
/// </remarks>
internal static class HpackInteger
{
    private const int MaxShift = 28; // of five more bytes, which 2^31 - 1 needs

    /// <summary>Reads an integer at a position, which moves behind it.</summary>
    internal static HpackError Read(ReadOnlySpan<byte> block, ref int position, int prefixBits, out int value)
    {
        value = 0;
        if ((uint)position >= (uint)block.Length) return HpackError.Truncated;
        int full = (1 << prefixBits) - 1;
        value = block[position++] & full;
        return value < full ? HpackError.None : ReadMore(block, ref position, ref value);
    }

    /// <summary>Bytes that an integer takes.</summary>
    internal static int GetSize(int value, int prefixBits)
    {
        int rest = value - ((1 << prefixBits) - 1);
        return rest < 0 ? 1 : 2 + BitOperations.Log2((uint)rest | 1) / 7;
    }

    /// <summary>Writes an integer and returns its size, which the destination has room for.</summary>
    /// <param name="destination">Where.</param>
    /// <param name="representation">The bits above the prefix.</param>
    /// <param name="prefixBits">Bits of the first byte that are the integer's.</param>
    /// <param name="value">Not negative.</param>
    internal static int Write(Span<byte> destination, int representation, int prefixBits, int value)
    {
        int full = (1 << prefixBits) - 1;
        destination[0] = (byte)(representation | Math.Min(value, full));
        if (value < full) return 1;
        int size = 1;
        int rest = value - full;
        for (; rest > 0x7F; rest >>= 7) destination[size++] = (byte)(rest | 0x80);
        destination[size++] = (byte)rest;
        return size;
    }

    private static HpackError ReadMore(ReadOnlySpan<byte> block, ref int position, ref int value)
    {
        long sum = value;
        for (int shift = 0; shift <= MaxShift; shift += 7)
        {
            if (position >= block.Length) return HpackError.Truncated;
            byte more = block[position++];
            sum += (long)(more & 0x7F) << shift;
            if (more > 0x7F) continue;
            value = (int)sum;
            return sum > int.MaxValue ? HpackError.IntegerTooLarge : HpackError.None;
        }

        return HpackError.IntegerTooLarge;
    }
}
