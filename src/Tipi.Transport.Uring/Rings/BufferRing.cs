using Tipi.Transport.Uring.Native;

namespace Tipi.Transport.Uring.Rings;

/// <summary>
/// The buffers from which the kernel picks one for each receive. A buffer's place is refilled with a fresh block as
/// soon as the kernel has used it, so that slow readers can never starve the others of buffers. Where there is no
/// memory for one the place stays vacant, and is filled when there is.
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
    private const long RefillPauseMs = 5;

    private readonly Ring _ring;
    private readonly ProvidedBuffer* _entries;
    private readonly Block?[] _blocks; // a page of the ring's entries holds 256
    private int _provided;
    private int _vacant;
    private long _refillAtMs;
    private ushort _tail;

    public BufferRing(Ring ring, int capacity)
    {
        _ring = ring;
        _blocks = new Block?[capacity];
        _entries = (ProvidedBuffer*)LibC.MapPages(Bytes);
        if (_entries is null) throw ErrnoTranslation.ToIOException("mmap of the receive buffers", Errno.ENOMEM);
        var registration = new BufferRingRegistration
        {
            RingAddress = (ulong)_entries,
            RingEntries = (uint)capacity,
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
    public int Provided => _provided - _vacant;

    private nuint Bytes => (nuint)(_blocks.Length * sizeof(ProvidedBuffer));

    /// <summary>
    /// The block that the kernel filled, with <paramref name="length"/> bytes of data; the caller owns it now.
    /// A fresh one takes its place at the next <see cref="Publish"/>.
    /// </summary>
    public Block Take(int id, int length)
    {
        var block = _blocks[id]!;
        block.End = length;
        if (!TryAdd(id)) _vacant++;
        return block;
    }

    /// <summary>Gives a buffer back that a receive took without putting data in it.</summary>
    public void Untouched(int id) => BlockPool.Return(Take(id, 0));

    /// <summary>Provides twice as many buffers, up to the limit. Called when the kernel ran dry.</summary>
    public void Grow() => Provide(Math.Min(_provided, _blocks.Length - _provided));

    /// <summary>Shows the refilled places to the kernel.</summary>
    public void Publish()
    {
        if (_vacant > 0) FillVacant();
        Barriers.PublishTail(&_entries->Tail, _tail);
    }

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
        for (var i = 0; i < count && TryAdd(_provided); i++) _provided++;
    }

    // Each try that fails costs a collection.
    private void FillVacant()
    {
        if (Environment.TickCount64 < _refillAtMs) return;
        for (var id = 0; id < _provided && _vacant > 0; id++)
        {
            if (_blocks[id] is not null) continue;
            if (!TryAdd(id))
            {
                _refillAtMs = Environment.TickCount64 + RefillPauseMs;
                return;
            }

            _vacant--;
        }
    }

    // False: there is no memory for a block, and the place is vacant.
    private bool TryAdd(int id)
    {
        var block = BlockPool.TryRent();
        _blocks[id] = block;
        if (block is null) return false;
        var entry = _entries + (_tail & (_blocks.Length - 1));
        entry->Address = (ulong)block.Address;
        entry->Length = Block.Size;
        entry->Id = (ushort)id;
        _tail++;
        return true;
    }
}
