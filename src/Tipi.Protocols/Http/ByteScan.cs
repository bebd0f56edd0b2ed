using System.Buffers;
using System.Numerics;
using System.Runtime.Intrinsics;

namespace Tipi.Protocols.Http;

/// <summary>The character classes of RFC 9110 §5.6.2 and RFC 3986, and the search for a line's end.</summary>
internal static class ByteScan
{
    /// <summary>tchar, RFC 9110 §5.6.2.</summary>
    internal static readonly SearchValues<byte> Token = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    /// <summary>reg-name without percent escapes: unreserved and sub-delims, RFC 3986 §3.2.2.</summary>
    internal static readonly SearchValues<byte> RegName = SearchValues.Create(
        "-._~!$&'()*+,;=0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    /// <summary>True for one or more tchars.</summary>
    internal static bool IsToken(ReadOnlySpan<byte> text) => text.Length != 0 && text.IndexOfAnyExcept(Token) < 0;

    /// <summary>
    /// The first control character other than HTAB at or after <paramref name="start"/>; the length when there is none.
    /// </summary>
    internal static int IndexOfControl(ReadOnlySpan<byte> data, int start)
    {
        int i = start;
        for (; data.Length - i >= Vector256<byte>.Count; i += Vector256<byte>.Count)
        {
            uint bits = ControlBits(Vector256.Create(data.Slice(i, Vector256<byte>.Count)));
            if (bits != 0) return i + BitOperations.TrailingZeroCount(bits);
        }

        if (i >= data.Length) return data.Length;
        if (data.Length < Vector256<byte>.Count) return IndexOfControlOneByOne(data, i);

        // The last vector ends with the data and overlaps bytes that were looked at before: forget those.
        int last = data.Length - Vector256<byte>.Count;
        uint tail = ControlBits(Vector256.Create(data[last..])) & (uint.MaxValue << (i - last));
        return tail != 0 ? last + BitOperations.TrailingZeroCount(tail) : data.Length;
    }

    private static uint ControlBits(Vector256<byte> bytes)
    {
        Vector256<byte> low = Vector256.LessThan(bytes, Vector256.Create((byte)0x20));
        Vector256<byte> tab = Vector256.Equals(bytes, Vector256.Create((byte)'\t'));
        Vector256<byte> delete = Vector256.Equals(bytes, Vector256.Create((byte)0x7F));
        return (Vector256.AndNot(low, tab) | delete).ExtractMostSignificantBits();
    }

    private static int IndexOfControlOneByOne(ReadOnlySpan<byte> data, int i)
    {
        while (i < data.Length && !IsControl(data[i])) i++;
        return i;
    }

    private static bool IsControl(byte value) => (value < 0x20 && value != '\t') || value == 0x7F;
}
