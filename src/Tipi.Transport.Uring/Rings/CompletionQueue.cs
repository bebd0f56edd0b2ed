using Tipi.Transport.Uring.Native;

namespace Tipi.Transport.Uring.Rings;

/// <summary>The queue of the kernel's answers. The kernel writes at the tail, we read at the head.</summary>
/// <remarks>
/// One thread at a time. Safe: all pointers lie in the mapping of the ring that owns this queue, and die with it.
/// </remarks>
internal sealed unsafe class CompletionQueue
{
    private readonly Cqe* _entries;
    private readonly uint* _kernelHead;
    private readonly uint* _kernelTail;
    private readonly uint _mask;
    private uint _head;

    public CompletionQueue(byte* ring, in IoUringParams setup)
    {
        _entries = (Cqe*)(ring + setup.Cq.Cqes);
        _kernelHead = (uint*)(ring + setup.Cq.Head);
        _kernelTail = (uint*)(ring + setup.Cq.Tail);
        _mask = *(uint*)(ring + setup.Cq.RingMask);
        _head = *_kernelHead;
        Capacity = setup.CqEntries;
    }

    public uint Capacity { get; }

    public bool IsEmpty => Barriers.ReadKernelIndex(_kernelTail) == _head;

    /// <summary>
    /// Copies completions out and gives their places back to the kernel. Returns how many were copied.
    /// </summary>
    public int Drain(Span<Cqe> into)
    {
        var ready = Barriers.ReadKernelIndex(_kernelTail) - _head;
        var count = (int)Math.Min(ready, (uint)into.Length);
        for (var i = 0; i < count; i++) into[i] = _entries[(_head + (uint)i) & _mask];
        if (count == 0) return 0;
        _head += (uint)count;
        Barriers.PublishIndex(_kernelHead, _head);
        return count;
    }
}
