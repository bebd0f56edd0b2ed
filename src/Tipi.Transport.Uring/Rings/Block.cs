using System.Buffers;
using System.Runtime.CompilerServices;

namespace Tipi.Transport.Uring.Rings;

/// <summary>
/// A piece of pinned memory that the kernel may write to or read from, with the range of it that holds data. It has
/// one owner at a time: the pool, a ring's provided buffers, a connection's queue, or the code that fills it.
/// </summary>
/// <remarks>
/// Invariant: 0 ≤ Start ≤ End ≤ Capacity. The array lies on the pinned heap, so the address is good as long as the
/// block is reachable; whoever gives the address to the kernel keeps the block reachable until the completion. Memory
/// handed to an application that keeps it too long is at worst overwritten, never freed.
/// </remarks>
internal sealed unsafe class Block : ReadOnlySequenceSegment<byte>
{
    /// <summary>Bytes in an ordinary block: a page, as in the framework's own pool.</summary>
    public const int Size = 4096;

    private const int WorthCopying = Size / 2;

    private readonly byte* _address;

    public Block(int capacity = Size)
    {
        Array = GC.AllocateUninitializedArray<byte>(capacity, pinned: true);
        // Safe: the array is pinned for life, and this object keeps it reachable.
        _address = (byte*)Unsafe.AsPointer(ref Array[0]);
    }

    public byte[] Array { get; }

    /// <summary>Where the data begins.</summary>
    public int Start { get; set; }

    /// <summary>Where the data ends, and free room begins.</summary>
    public int End { get; set; }

    /// <summary>The next block of the list this block is in, whichever that is.</summary>
    public Block? Link { get; set; }

    public int Length => End - Start;

    public int Room => Array.Length - End;

    public bool IsOrdinary => Array.Length == Size;

    /// <summary>The address of the data. Safe to use while this block is reachable.</summary>
    public byte* DataAddress => _address + Start;

    /// <summary>The address of the whole block. Safe to use while this block is reachable.</summary>
    public byte* Address => _address;

    public ReadOnlySpan<byte> Data => new(Array, Start, End - Start);

    /// <summary>
    /// True where the data of <paramref name="other"/> fits behind the data of this block, and is so little that
    /// copying it costs less than keeping one more block. That bounds the waste of a peer who sends, or an application
    /// that flushes, a few bytes at a time.
    /// </summary>
    public bool CanAbsorb(Block other) => other.Length <= WorthCopying && other.Length <= Room;

    /// <summary>Moves <paramref name="source"/>'s data behind the data of this block, where it fits.</summary>
    public void Absorb(Block source)
    {
        source.Data.CopyTo(Array.AsSpan(End));
        End += source.Length;
    }

    /// <summary>
    /// Shows this block as part of a sequence, behind <paramref name="before"/>. Positions in it count from the
    /// block's beginning; only the first block of a sequence may have a <see cref="Start"/> other than 0.
    /// </summary>
    public void ShowBehind(Block? before)
    {
        Memory = new ReadOnlyMemory<byte>(Array, 0, End);
        Next = null;
        RunningIndex = 0;
        if (before is null) return;
        RunningIndex = before.RunningIndex + before.Memory.Length;
        before.Next = this;
    }

    /// <summary>Makes an empty block of it.</summary>
    public void Clear()
    {
        Start = 0;
        End = 0;
        Link = null;
        Next = null;
    }
}
