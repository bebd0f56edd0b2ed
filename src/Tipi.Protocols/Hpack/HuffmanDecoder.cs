using System.Buffers.Binary;

namespace Tipi.Protocols.Hpack;

/// <summary>Reads Huffman strings, RFC 7541 §5.2.</summary>
internal static class HuffmanDecoder
{
    /// <summary>The most bytes that so many encoded ones can mean: the shortest code has five bits.</summary>
    internal static int GetMaxSize(int encodedSize) => (int)((long)encodedSize * 8 / 5);

    /// <summary>Decodes a whole string.</summary>
    /// <param name="source">The encoded string.</param>
    /// <param name="destination">Has room for <see cref="GetMaxSize"/>.</param>
    /// <param name="written">Bytes of the text; on errors those before the error.</param>
    internal static HpackError Decode(ReadOnlySpan<byte> source, Span<byte> destination, out int written)
    {
        ReadOnlySpan<ushort> shortCodes = HuffmanCode.Short;
        ulong bits = 0; // the next bits at the top; below the counted ones is what may be or-ed in once more
        int count = 0;
        int next = 0;
        int size = 0; // not the out parameter, nor what Refill has a reference to: those live in memory
        while (true)
        {
            Refill(source, ref next, ref bits, ref count);
            ulong rest = bits;
            int left = count;
            while (left >= HuffmanCode.ShortBits)
            {
                int found = shortCodes[(int)(rest >> (64 - HuffmanCode.ShortBits))];
                if (found == 0) break;
                destination[size++] = (byte)found;
                rest <<= found >> 8;
                left -= found >> 8;
            }

            bits = rest;
            count = left;
            if (count < HuffmanCode.MaxLength) Refill(source, ref next, ref bits, ref count);
            int symbol = FindOne((uint)(bits >> 32), out int length);
            written = size;
            if (length > count) return CheckPadding(bits, count); // no code is the beginning of another
            if (symbol == HuffmanCode.Eos) return HpackError.HuffmanEos;
            destination[size++] = (byte)symbol;
            bits <<= length;
            count -= length;
        }
    }

    private static void Refill(ReadOnlySpan<byte> source, ref int next, ref ulong bits, ref int count)
    {
        if (source.Length - next >= sizeof(ulong))
        {
            bits |= BinaryPrimitives.ReadUInt64BigEndian(source[next..]) >> count;
            int taken = (63 - count) >> 3;
            next += taken;
            count += taken * 8;
            return;
        }

        // The last bytes may be in the low bits already, in part: or-ing them once more changes nothing.
        for (; next < source.Length && count <= 56; count += 8) bits |= (ulong)source[next++] << (56 - count);
    }

    private static int FindOne(uint bits, out int length)
    {
        int found = HuffmanCode.Short[(int)(bits >> (32 - HuffmanCode.ShortBits))];
        if (found == 0) return HuffmanCode.FindLong(bits, out length);
        length = found >> 8;
        return found & 0xFF;
    }

    /// <summary>What is left must be the first bits of EOS, all ones, and less than a byte.</summary>
    private static HpackError CheckPadding(ulong bits, int count)
    {
        if (count == 0) return HpackError.None;
        if (~bits >> (64 - count) != 0) return HpackError.HuffmanPadding;
        return count > 7 ? HpackError.HuffmanPaddingTooLong : HpackError.None;
    }
}
