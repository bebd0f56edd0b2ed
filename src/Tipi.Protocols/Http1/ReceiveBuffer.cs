namespace Tipi.Protocols.Http1;

/// <summary>
/// Received bytes in one run. Invariant: 0 ≤ start ≤ end ≤ array length, and the bytes between are not consumed.
/// </summary>
internal sealed class ReceiveBuffer
{
    private const int MinReadSize = 1024;

    private byte[] _bytes = new byte[4096];
    private int _start;
    private int _end;

    internal int Count => _end - _start;

    internal ReadOnlyMemory<byte> Memory => _bytes.AsMemory(_start, Count);

    internal ReadOnlySpan<byte> Span => _bytes.AsSpan(_start, Count);

    /// <summary>Consumes bytes. They stay in place until <see cref="Free"/> is called.</summary>
    internal ReadOnlyMemory<byte> Take(int count)
    {
        ReadOnlyMemory<byte> taken = Memory[..count];
        _start += count;
        return taken;
    }

    /// <summary>Room for received bytes; makes some by moving or growing.</summary>
    internal Memory<byte> Free()
    {
        if (_start == _end) _start = _end = 0;
        if (_bytes.Length - _end < MinReadSize)
        {
            byte[] target = Count > _bytes.Length - MinReadSize ? new byte[_bytes.Length * 2] : _bytes;
            Span.CopyTo(target);
            (_bytes, _end, _start) = (target, Count, 0);
        }

        return _bytes.AsMemory(_end);
    }

    internal void Received(int count) => _end += count;
}
