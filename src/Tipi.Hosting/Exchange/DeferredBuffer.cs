using System.Buffers;

namespace Tipi.Hosting.Exchange;

/// <summary>
/// Body bytes written before the response has started: its head may still change, so they can not go to the transport
/// yet. Owns one pooled array, and only while it holds bytes.
/// </summary>
internal sealed class DeferredBuffer
{
    private const int SmallestSize = 512;
    private byte[] _bytes = [];

    internal int Length { get; private set; }

    internal ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    internal Memory<byte> GetMemory(int sizeHint)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sizeHint);
        int wanted = Length + Math.Max(sizeHint, 1);
        if (wanted > _bytes.Length) Grow(Math.Max(wanted, SmallestSize));
        return _bytes.AsMemory(Length);
    }

    internal void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _bytes.Length - Length);
        Length += count;
    }

    internal void Clear()
    {
        Length = 0;
        if (_bytes.Length == 0) return;
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
    }

    private void Grow(int size)
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(size, checked(Length * 2)));
        Written.CopyTo(larger);
        if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
