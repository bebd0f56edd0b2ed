using Tipi.Transport.Uring.Native;

namespace Tipi.Transport.Uring.Rings;

/// <summary>
/// The queue of requests to the kernel. Entries are filled at the tail and published by <see cref="Publish"/>; the
/// kernel moves the head when it takes them.
/// </summary>
/// <remarks>
/// Invariant: head ≤ published ≤ tail ≤ head + capacity (counting without wrap-around). One thread at a time.
/// Safe: all pointers lie in the mappings of the ring that owns this queue, and die with it.
/// </remarks>
internal sealed unsafe class SubmissionQueue
{
    private readonly Sqe* _entries;
    private readonly uint* _kernelHead;
    private readonly uint* _kernelTail;
    private readonly uint* _kernelFlags;
    private readonly uint _mask;
    private uint _tail;
    private uint _published;

    public SubmissionQueue(byte* ring, byte* entries, in IoUringParams setup)
    {
        _entries = (Sqe*)entries;
        _kernelHead = (uint*)(ring + setup.Sq.Head);
        _kernelTail = (uint*)(ring + setup.Sq.Tail);
        _kernelFlags = (uint*)(ring + setup.Sq.Flags);
        _mask = *(uint*)(ring + setup.Sq.RingMask);
        Capacity = setup.SqEntries;
        if ((setup.Flags & IoUringAbi.SetupNoSqArray) == 0) FillIdentity((uint*)(ring + setup.Sq.Array));
    }

    public uint Capacity { get; }

    /// <summary>Entries that the kernel has not taken yet.</summary>
    public uint Pending => _tail - Barriers.ReadKernelIndex(_kernelHead);

    /// <summary>True when completions wait in the kernel until somebody enters it.</summary>
    public bool NeedsEnter =>
        (Barriers.ReadKernelIndex(_kernelFlags) & (IoUringAbi.SqCqOverflow | IoUringAbi.SqTaskRun)) != 0;

    /// <summary>A zeroed entry to fill in, or null when the queue is full.</summary>
    public Sqe* TryTake()
    {
        if (_tail - Barriers.ReadKernelIndex(_kernelHead) >= Capacity) return null;
        var entry = _entries + (_tail & _mask);
        _tail++;
        *entry = default;
        return entry;
    }

    /// <summary>Shows the filled entries to the kernel. Returns how many it has yet to take.</summary>
    public uint Publish()
    {
        if (_published != _tail)
        {
            _published = _tail;
            Barriers.PublishIndex(_kernelTail, _tail);
        }

        return Pending;
    }

    // Kernels before 6.6 go through an array of entry numbers; we always use entry n at place n.
    private void FillIdentity(uint* array)
    {
        for (uint i = 0; i < Capacity; i++) array[i] = i;
    }
}
