using System.Numerics;
using System.Runtime.Intrinsics;
using System.Text.Unicode;

namespace Tipi.Protocols.Http;

/// <summary>One vectorised pass over a request target.</summary>
internal static class TargetScan
{
    private const int Width = 32;

    /// <summary>Scans <paramref name="length"/> bytes of a target.</summary>
    /// <param name="data">The bytes.</param>
    /// <param name="start">Where the target begins.</param>
    /// <param name="length">Its length.</param>
    /// <param name="query">Where in the target its first question mark stands, or the length.</param>
    /// <param name="needsDecoding">Before the query there is a percent sign or a slash followed by a dot.</param>
    /// <returns>
    /// False for a control character, a space, <c>#</c>, DEL or a byte from 0x80, and for a <c>\</c> before the query,
    /// where others take it for a slash. In a query the URL standard leaves it raw.
    /// </returns>
    internal static bool IsValid(
        ReadOnlySpan<byte> data, int start, int length, out int query, out bool needsDecoding)
    {
        uint slashBefore = 0;
        uint decode = 0;
        query = length;
        needsDecoding = false;
        for (int offset = 0; offset < length; offset += Width)
        {
            int position = start + offset;
            int count = Math.Min(length - offset, Width);
            Vector256<byte> bytes = data.Length - position >= Width
                ? Vector256.Create(data.Slice(position, Width))
                : Padded(data.Slice(position, count));
            uint inside = uint.MaxValue >> (Width - count);
            if ((Forbidden(bytes) & inside) != 0) return false;
            if (query < length) continue;
            uint question = Bits(bytes, '?') & inside;
            if (question != 0)
            {
                query = offset + BitOperations.TrailingZeroCount(question);
                inside = (question & (0 - question)) - 1;
            }

            if ((Bits(bytes, '\\') & inside) != 0) return false;
            uint slash = Bits(bytes, '/');
            uint dotSegment = Bits(bytes, '.') & ((slash << 1) | slashBefore);
            decode |= (dotSegment | Bits(bytes, '%')) & inside;
            slashBefore = slash >> 31;
        }

        needsDecoding = decode != 0;
        return true;
    }

    /// <summary>
    /// Puts letters in the places of what the lenient profile takes for such: <c>#</c>, <c>\</c> and UTF-8 that is not
    /// ASCII. They part nothing, and what is read of the copy has its parts where the target has them.
    /// </summary>
    /// <param name="copy">The target.</param>
    /// <param name="isText">There is UTF-8 in it: the path has to be decoded.</param>
    /// <returns>False when there is nothing to forgive.</returns>
    internal static bool Forgive(Span<byte> copy, out bool isText)
    {
        isText = copy.ContainsAnyInRange((byte)0x80, (byte)0xFF);
        if (isText && !Utf8.IsValid(copy)) return false;
        if (!isText && !copy.ContainsAny((byte)'#', (byte)'\\')) return false;
        foreach (ref byte one in copy)
        {
            if (one is (byte)'#' or (byte)'\\' or >= 0x80) one = (byte)'x';
        }
        return true;
    }

    private static Vector256<byte> Padded(ReadOnlySpan<byte> rest)
    {
        Span<byte> padded = stackalloc byte[Width];
        rest.CopyTo(padded);
        return Vector256.Create<byte>(padded);
    }

    private static uint Bits(Vector256<byte> bytes, char value) =>
        Vector256.Equals(bytes, Vector256.Create((byte)value)).ExtractMostSignificantBits();

    private static uint Forbidden(Vector256<byte> bytes)
    {
        Vector256<byte> low = Vector256.LessThan(bytes, Vector256.Create((byte)0x21));
        Vector256<byte> high = Vector256.GreaterThan(bytes, Vector256.Create((byte)0x7E));
        Vector256<byte> hash = Vector256.Equals(bytes, Vector256.Create((byte)'#'));
        return (low | high | hash).ExtractMostSignificantBits();
    }
}
