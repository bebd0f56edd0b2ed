using System.Buffers;
using System.IO.Pipelines;

namespace Tipi.Hosting.Http2;

/// <summary>
/// Frames that are written while a flush waits, for the pipe when it is free again. Owns an array only while it holds
/// bytes. Used under the connection's gate.
/// </summary>
internal struct StagedFrames()
{
    private const int SmallestSize = 256;

    private byte[] _bytes = [];

    internal int Length { get; private set; }

    internal Span<byte> GetSpan(int size)
    {
        if (_bytes.Length - Length >= size) return _bytes.AsSpan(Length);
        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(Length + size, SmallestSize));
        _bytes.AsSpan(0, Length).CopyTo(larger);
        if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
        return _bytes.AsSpan(Length);
    }

    internal void Advance(int count) => Length += count;

    internal void MoveTo(PipeWriter pipe)
    {
        pipe.Write(_bytes.AsSpan(0, Length));
        Drop();
    }

    internal void Drop()
    {
        if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
        (_bytes, Length) = ([], 0);
    }
}
