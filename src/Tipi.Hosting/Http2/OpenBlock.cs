using System.Buffers;
using Tipi.Protocols.Http2;

namespace Tipi.Hosting.Http2;

/// <summary>
/// A field block that comes in several frames. It may be as large as what it may stand for, in as many frames as that
/// needs at a few bytes each: more is an attack (CVE-2024-27316). Owns an array only while it is open.
/// </summary>
internal sealed class OpenBlock(TipiServerLimits limits)
{
    private const int SmallestSize = 1024;

    /// <summary>Frames that may be nearly empty, before each must bring something.</summary>
    private const int FreeFrames = 8;

    /// <summary>Bytes a frame must bring on the average.</summary>
    private const int LeastPerFrame = 64;

    private readonly long _maxSize = (long)limits.MaxRequestHeadersTotalSize + limits.Http2.MaxFrameSize;
    private byte[] _bytes = [];
    private int _length;
    private int _frames;

    /// <summary>The HEADERS frame it began with.</summary>
    internal Http2FrameHeader Start { get; private set; }

    /// <summary>The stream that it is for; 0: none is open.</summary>
    internal int StreamId => Start.StreamId;

    internal ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    internal void Open(in Http2FrameHeader start)
    {
        Start = start;
        _length = _frames = 0;
    }

    internal Http2Error Add(ReadOnlySpan<byte> fragment)
    {
        int length = _length + fragment.Length;
        if (length > _maxSize || ++_frames > FreeFrames + length / LeastPerFrame)
            return Http2Budget.Calm("A field block does not end.");
        if (length > _bytes.Length)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(length, SmallestSize));
            Bytes.CopyTo(larger);
            if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = larger;
        }
        fragment.CopyTo(_bytes.AsSpan(_length));
        _length = length;
        return default;
    }

    internal void Close()
    {
        if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
        (_bytes, _length) = ([], 0);
        Start = default;
    }
}
