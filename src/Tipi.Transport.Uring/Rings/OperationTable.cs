using Tipi.Transport.Uring.Operations;

namespace Tipi.Transport.Uring.Rings;

/// <summary>
/// The operations a ring knows, each under a slot and the slot's generation. Completions name them so: a descriptor's
/// number may be another socket's by then.
/// </summary>
/// <remarks>Invariant: a slot is vacated only when its operation has nothing in flight.</remarks>
internal sealed class OperationTable
{
    private readonly Stack<uint> _vacant = new();
    private Operation?[] _slots = new Operation?[64];
    private uint[] _generations = new uint[64];
    private uint _used;

    /// <summary>Slots in use.</summary>
    public int Count => (int)_used - _vacant.Count;

    /// <summary>Gives the operation an identity. Never 0, which stands for answers that nobody waits for.</summary>
    public void Admit(Operation operation)
    {
        if (!_vacant.TryPop(out var slot)) slot = NewSlot();
        _slots[slot] = operation;
        operation.Identity = ((ulong)_generations[slot] << 32) | slot;
    }

    public void Vacate(Operation operation)
    {
        var slot = (uint)operation.Identity;
        _slots[slot] = null;
        _generations[slot]++;
        _vacant.Push(slot);
        operation.Identity = 0;
    }

    /// <summary>The operation of that identity, or null where it is gone.</summary>
    public Operation? Find(ulong identity)
    {
        var slot = (uint)identity;
        if (slot >= _used || _generations[slot] != (uint)(identity >> 32)) return null;
        return _slots[slot];
    }

    /// <summary>The operations of one kind, as they are now.</summary>
    public List<TOperation> All<TOperation>()
        where TOperation : Operation => [.. _slots.OfType<TOperation>()];

    private uint NewSlot()
    {
        if (_used == _slots.Length)
        {
            Array.Resize(ref _slots, _slots.Length * 2);
            Array.Resize(ref _generations, _generations.Length * 2);
        }

        _generations[_used] = 1;
        return _used++;
    }
}
