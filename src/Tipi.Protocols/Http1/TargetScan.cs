using System.Numerics;
using System.Runtime.Intrinsics;

namespace Tipi.Protocols.Http1;

/// <summary>What one vectorised pass over a request target tells.</summary>
/// <param name="IsValid">No control character, space, <c>#</c>, <c>\</c>, DEL nor byte from 0x80.</param>
/// <param name="QueryOffset">Where the first question mark stands, or the length.</param>
/// <param name="NeedsDecoding">Before the query there is a percent sign or a slash followed by a dot.</param>
internal readonly record struct TargetScan(bool IsValid, int QueryOffset, bool NeedsDecoding)
{
    private const int Width = 32;

    /// <summary>Scans <paramref name="length"/> bytes of a target.</summary>
    internal static TargetScan Of(ReadOnlySpan<byte> data, int start, int length)
    {
        uint slashBefore = 0;
        bool decode = false;
        int query = length;
        Span<byte> padded = stackalloc byte[Width];
        for (int offset = 0; offset < length; offset += Width)
        {
            int position = start + offset;
            int count = Math.Min(length - offset, Width);
            Vector256<byte> bytes;
            if (data.Length - position >= Width)
            {
                bytes = Vector256.Create(data.Slice(position, Width));
            }
            else
            {
                data.Slice(position, count).CopyTo(padded);
                bytes = Vector256.Create<byte>(padded);
            }

            uint inside = uint.MaxValue >> (Width - count);
            if ((Forbidden(bytes) & inside) != 0) return default;
            if (query < length) continue;
            uint question = Bits(bytes, '?') & inside;
            if (question != 0)
            {
                query = offset + BitOperations.TrailingZeroCount(question);
                inside = (question & (0 - question)) - 1;
            }

            uint slash = Bits(bytes, '/');
            uint dotSegment = Bits(bytes, '.') & ((slash << 1) | slashBefore);
            decode |= ((dotSegment | Bits(bytes, '%')) & inside) != 0;
            slashBefore = slash >> 31;
        }

        return new TargetScan(true, query, decode);
    }

    private static uint Bits(Vector256<byte> bytes, char value) =>
        Vector256.Equals(bytes, Vector256.Create((byte)value)).ExtractMostSignificantBits();

    private static uint Forbidden(Vector256<byte> bytes)
    {
        Vector256<byte> low = Vector256.LessThan(bytes, Vector256.Create((byte)0x21));
        Vector256<byte> high = Vector256.GreaterThan(bytes, Vector256.Create((byte)0x7E));
        Vector256<byte> hash = Vector256.Equals(bytes, Vector256.Create((byte)'#'));
        Vector256<byte> backslash = Vector256.Equals(bytes, Vector256.Create((byte)'\\'));
        return (low | high | hash | backslash).ExtractMostSignificantBits();
    }
}
