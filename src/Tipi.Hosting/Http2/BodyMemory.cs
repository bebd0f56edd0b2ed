using System.Buffers;

namespace Tipi.Hosting.Http2;

/// <summary>
/// Memory for bodies that lie between application and connection. A connection may have a hundred streams, and each of
/// them some blocks for a moment: more than the shared pool of the framework keeps, so that it would make most of them
/// anew.
/// </summary>
/// <remarks>
/// Invariant: a block is either in use or on the stack. What exceeds the stack is left to the garbage collector.
/// </remarks>
internal sealed class BodyMemory : MemoryPool<byte>
{
    /// <summary>Bytes of a block, as of the transport's.</summary>
    private const int BlockSize = 4096;

    /// <summary>Blocks kept: 16 MiB, uploads of 20 clients at full windows.</summary>
    private const int MostKept = 4096;

    /// <summary>Bytes of a response's further segments: a DATA frame's content at the default frame size.</summary>
    internal const int SegmentSize = 16 * 1024;

    /// <summary>Segments of responses kept for each size: 32 MiB at most, a burst of 2,000.</summary>
    private const int MostSegments = 2048;

    private readonly Lock _gate = new();
    private readonly Block?[] _kept = new Block?[MostKept];
    private int _count;

    /// <summary>For request bodies.</summary>
    internal static BodyMemory Blocks { get; } = new();

    /// <summary>For response bodies.</summary>
    internal static ArrayPool<byte> Segments { get; } = ArrayPool<byte>.Create(SegmentSize, MostSegments);

    public override int MaxBufferSize => int.MaxValue;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        if (minBufferSize > BlockSize) return new Block(pool: null, minBufferSize);
        lock (_gate)
        {
            if (_count > 0) return _kept[--_count]!;
        }
        return new Block(this, BlockSize);
    }

    protected override void Dispose(bool disposing)
    {
        // It lives as long as the process.
    }

    private void Return(Block block)
    {
        lock (_gate)
        {
            if (_count < MostKept) _kept[_count++] = block;
        }
    }

    private sealed class Block(BodyMemory? pool, int size) : IMemoryOwner<byte>
    {
        private readonly byte[] _bytes = new byte[size];

        public Memory<byte> Memory => _bytes;

        public void Dispose() => pool?.Return(this);
    }
}
