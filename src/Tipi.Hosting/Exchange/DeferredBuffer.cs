using System.Buffers;

namespace Tipi.Hosting.Exchange;

/// <summary>
/// Body bytes written before the response has started: its head may still change, so they cannot go to the transport
/// yet. Owns one pooled array, and only while it holds bytes or lends memory.
/// </summary>
internal sealed class DeferredBuffer
{
    private const int SmallestSize = 512;
    private byte[] _bytes = [];
    private int _taken;
    private int _length;

    internal bool HasMemory => _bytes.Length > 0;

    internal Memory<byte> GetMemory(int sizeHint)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sizeHint);
        int wanted = checked(_length + Math.Max(sizeHint, 1));
        if (wanted > _bytes.Length) Grow(wanted);
        return _bytes.AsMemory(_length);
    }

    internal void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _bytes.Length - _length);
        _length += count;
    }

    internal void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(GetMemory(bytes.Length).Span);
        _length += bytes.Length;
    }

    /// <summary>Takes what was written since the last time. The memory that was lent stays.</summary>
    internal ReadOnlySpan<byte> Take()
    {
        ReadOnlySpan<byte> written = _bytes.AsSpan(_taken, _length - _taken);
        _taken = _length;
        return written;
    }

    /// <summary>True where the bytes lie in the memory that was lent.</summary>
    internal bool Overlaps(ReadOnlySpan<byte> bytes) => HasMemory && bytes.Overlaps(_bytes);

    internal void Clear()
    {
        _taken = _length = 0;
        if (_bytes.Length == 0) return;
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
    }

    /// <summary>Bytes of an array with room for what is wanted: twice what is held, if an array can.</summary>
    internal static int SizeFor(int held, int wanted) =>
        (int)Math.Max(Math.Max(wanted, SmallestSize), Math.Min(held * 2L, Array.MaxLength));

    private void Grow(int wanted)
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent(SizeFor(_length, wanted));
        _bytes.AsSpan(0, _length).CopyTo(larger);
        if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
