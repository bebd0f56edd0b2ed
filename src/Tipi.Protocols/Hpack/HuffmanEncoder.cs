using System.Buffers.Binary;
using System.Numerics;

namespace Tipi.Protocols.Hpack;

/// <summary>Writes Huffman strings, RFC 7541 §5.2, from bytes or from characters of one byte each.</summary>
internal static class HuffmanEncoder
{
    /// <summary>Bytes of the encoded text.</summary>
    internal static int GetSize<T>(ReadOnlySpan<T> text)
        where T : unmanaged, IBinaryInteger<T>
    {
        ReadOnlySpan<byte> lengths = HuffmanCode.Lengths;
        long bits = 7;
        foreach (T symbol in text) bits += lengths[ToByte(symbol)];
        return (int)(bits / 8);
    }

    /// <summary>Encodes a text into a destination of just its encoded size.</summary>
    internal static void Encode<T>(ReadOnlySpan<T> text, Span<byte> destination)
        where T : unmanaged, IBinaryInteger<T>
    {
        ReadOnlySpan<byte> lengths = HuffmanCode.Lengths;
        ReadOnlySpan<uint> codes = HuffmanCode.Codes;
        ulong bits = 0; // the last ones of these wait to be written: less than 32 before each symbol
        int count = 0;
        foreach (T symbol in text)
        {
            int value = ToByte(symbol);
            bits = bits << lengths[value] | codes[value];
            count += lengths[value];
            if (count < 32) continue;
            count -= 32;
            BinaryPrimitives.WriteUInt32BigEndian(destination, (uint)(bits >> count));
            destination = destination[sizeof(uint)..];
        }

        for (int i = 0; count > 0; i++, count -= 8)
            destination[i] = (byte)(count >= 8 ? bits >> (count - 8) : bits << (8 - count) | 0xFFu >> count);
    }

    // Values are checked when they are set; even so, a wide character must not become, cut, a line's end.
    private static int ToByte<T>(T symbol)
        where T : unmanaged, IBinaryInteger<T>
    {
        uint value = uint.CreateTruncating(symbol);
        return value <= byte.MaxValue ? (int)value : '?';
    }
}
