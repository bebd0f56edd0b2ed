using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Tipi.Hosting.Exchange;

/// <summary>
/// Strings made from received bytes, given out again when the same bytes come again. Direct-mapped: a collision
/// replaces, so that its size is fixed and a peer who chooses colliding bytes only loses the reuse.
/// </summary>
internal sealed class StringCache(bool isEnabled)
{
    /// <summary>Strings kept: a browser's request has about 20.</summary>
    private const int Size = 256;

    /// <summary>
    /// Bytes of the longest string kept: longer ones (tokens, cookies) differ by client and would fill memory.
    /// </summary>
    private const int LongestBytes = 96;

    private static readonly UTF8Encoding s_strictUtf8 = new(false, throwOnInvalidBytes: true);

    private readonly string?[] _strings = new string?[isEnabled ? Size : 0];

    /// <summary>The string of <paramref name="bytes"/>, read as UTF-8.</summary>
    /// <returns>False when the bytes are not UTF-8.</returns>
    internal bool TryGet(ReadOnlySpan<byte> bytes, out string text)
    {
        if (bytes.IsEmpty)
        {
            text = "";
            return true;
        }
        if (bytes.Length > LongestBytes || _strings.Length == 0) return TryMake(bytes, out text);
        ref string? place = ref _strings[Slot(bytes)];
        if (place is not null && place.Length == bytes.Length && Ascii.Equals(bytes, place))
        {
            text = place;
            return true;
        }
        if (!TryMake(bytes, out text)) return false;
        place = text;
        return true;
    }

    private static bool TryMake(ReadOnlySpan<byte> bytes, out string text)
    {
        if (Ascii.IsValid(bytes))
        {
            text = Encoding.ASCII.GetString(bytes);
            return true;
        }
        try
        {
            text = s_strictUtf8.GetString(bytes);
            return true;
        }
        catch (DecoderFallbackException)
        {
            text = "";
            return false;
        }
    }

    /// <summary>First and last eight bytes and the length: what differs between usual values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Slot(ReadOnlySpan<byte> bytes)
    {
        ulong first, last;
        if (bytes.Length >= sizeof(ulong))
        {
            first = MemoryMarshal.Read<ulong>(bytes);
            last = MemoryMarshal.Read<ulong>(bytes[^sizeof(ulong)..]);
        }
        else
        {
            first = bytes.Length >= sizeof(uint) ? MemoryMarshal.Read<uint>(bytes) : bytes[0];
            last = bytes.Length >= sizeof(uint) ? MemoryMarshal.Read<uint>(bytes[^sizeof(uint)..]) : bytes[^1];
        }
        ulong mixed = (first ^ BitOperations.RotateLeft(last, 23) ^ (ulong)bytes.Length) * 0x9E3779B97F4A7C15;
        return (int)(mixed >> 56);
    }
}
