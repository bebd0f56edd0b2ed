using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;

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

    private readonly string?[] _strings = new string?[isEnabled ? Size : 0];

    /// <summary>
    /// The string of <paramref name="bytes"/>, read as UTF-8 or, where they are not that, one character a byte: what a
    /// field value means is the application's affair (RFC 9110 §5.5).
    /// </summary>
    internal string Get(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return "";
        if (bytes.Length > LongestBytes || _strings.Length == 0) return Make(bytes);
        ref string? place = ref _strings[Slot(bytes)];
        if (place is not null && place.Length == bytes.Length && Ascii.Equals(bytes, place)) return place;
        return place = Make(bytes);
    }

    private static string Make(ReadOnlySpan<byte> bytes) =>
        Ascii.IsValid(bytes) || !Utf8.IsValid(bytes)
            ? Encoding.Latin1.GetString(bytes)
            : Encoding.UTF8.GetString(bytes);

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
