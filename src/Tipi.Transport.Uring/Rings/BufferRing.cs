using Tipi.Transport.Uring.Native;

namespace Tipi.Transport.Uring.Rings;

/// <summary>
/// The buffers from which the kernel picks one for each receive. A buffer's place is refilled with a fresh block as
/// soon as the kernel has used it, so that slow readers can never starve the others of buffers.
/// </summary>
/// <remarks>
/// Invariant: place i of <c>_blocks</c> holds the block whose address the kernel knows under the number i. Starts
/// small, so that few connections touch few pages, and doubles when the kernel ran dry.
/// Safe: the page with the ring is mapped until <see cref="Dispose"/>, which the owner calls after every receive of
/// the ring has completed; the blocks stay reachable through <c>_blocks</c>.
/// </remarks>
internal sealed unsafe class BufferRing : IDisposable
{
    public const ushort GroupId = 0;

    private const int Initial = 64;
    private const int Capacity = 2048; // one page of entries holds 256; eight pages are 32 KiB of locked memory
    private const nuint Bytes = Capacity * 16;

    private readonly Ring _ring;
    private readonly ProvidedBuffer* _entries;
    private readonly Block?[] _blocks = new Block?[Capacity];
    private int _provided;
    private ushort _tail;

    public BufferRing(Ring ring)
    {
        _ring = ring;
        _entries = (ProvidedBuffer*)LibC.MapPages(Bytes);
        if (_entries is null) throw ErrnoTranslation.ToIOException("mmap of the receive buffers", Errno.ENOMEM);
        var registration = new BufferRingRegistration
        {
            RingAddress = (ulong)_entries,
            RingEntries = Capacity,
            GroupId = GroupId,
        };
        var answer = ring.Register(IoUringAbi.RegisterPbufRing, &registration, 1);
        if (answer < 0)
        {
            LibC.Unmap(_entries, Bytes);
            throw ErrnoTranslation.ToIOException("io_uring_register of the receive buffers", (Errno)(-answer));
        }

        Provide(Initial);
        Publish();
    }

    /// <summary>Buffers that the kernel may choose from.</summary>
    public int Provided => _provided;

    /// <summary>
    /// The block that the kernel filled, with <paramref name="length"/> bytes of data; the caller owns it now.
    /// A fresh one takes its place at the next <see cref="Publish"/>.
    /// </summary>
    public Block Take(int id, int length)
    {
        var block = _blocks[id]!;
        block.End = length;
        Add(id);
        return block;
    }

    /// <summary>Gives a buffer back that a receive took without putting data in it.</summary>
    public void Untouched(int id) => BlockPool.Return(Take(id, 0));

    /// <summary>Provides twice as many buffers, up to the limit. Called when the kernel ran dry.</summary>
    public void Grow() => Provide(Math.Min(_provided, Capacity - _provided));

    /// <summary>Shows the refilled places to the kernel.</summary>
    public void Publish() => Barriers.PublishTail(&_entries->Tail, _tail);

    public void Dispose()
    {
        var registration = new BufferRingRegistration { GroupId = GroupId };
        _ = _ring.Register(IoUringAbi.UnregisterPbufRing, &registration, 1);
        LibC.Unmap(_entries, Bytes);
        foreach (var block in _blocks)
        {
            if (block is not null) BlockPool.Return(block);
        }
    }

    private void Provide(int count)
    {
        for (var i = 0; i < count; i++) Add(_provided++);
    }

    private void Add(int id)
    {
        var block = BlockPool.Rent();
        _blocks[id] = block;
        var entry = _entries + (_tail & (Capacity - 1));
        entry->Address = (ulong)block.Address;
        entry->Length = Block.Size;
        entry->Id = (ushort)id;
        _tail++;
    }
}
