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

    /// <summary>The string of bytes that are ASCII, as the parser made sure of.</summary>
    internal string Get(ReadOnlySpan<byte> bytes)
    {
        TryGet(bytes, out string text);
        return text;
    }

    /// <summary>The string of <paramref name="bytes"/>, or false when they are not UTF-8.</summary>
    internal bool TryGet(ReadOnlySpan<byte> bytes, out string text)
    {
        if (bytes.IsEmpty)
        {
            text = "";
            return true;
        }
        if (bytes.Length > LongestBytes || _strings.Length == 0) return TryMake(bytes, out text);
        ref string? place = ref _strings[Slot(bytes)];
        if (place is { } seen && seen.Length == bytes.Length && Ascii.Equals(bytes, seen))
        {
            text = seen;
            return true;
        }
        if (!TryMake(bytes, out text)) return false;
        place = text;
        return true;
    }

    private static bool TryMake(ReadOnlySpan<byte> bytes, out string text)
    {
        if (Ascii.IsValid(bytes)) text = Encoding.Latin1.GetString(bytes);
        else if (Utf8.IsValid(bytes)) text = Encoding.UTF8.GetString(bytes);
        else
        {
            text = "";
            return false;
        }
        return true;
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
