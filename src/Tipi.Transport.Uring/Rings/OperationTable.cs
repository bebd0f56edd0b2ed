namespace Tipi.Transport.Uring.Rings;

/// <summary>
/// The operations a ring knows, each under a slot and the slot's generation. Completions name them so: a descriptor's
/// number may be another socket's by then.
/// </summary>
/// <remarks>
/// Invariant: a slot is vacated only when its operation has nothing in flight, and vacating needs no memory.
/// </remarks>
internal sealed class OperationTable
{
    private const int Initial = 64;

    private uint[] _vacant = new uint[Initial];
    private int _vacantCount;
    private Operation?[] _slots = new Operation?[Initial];
    // Of vacant slots: that of the next operation there.
    private uint[] _generations = new uint[Initial];
    private uint _used;

    /// <summary>Slots in use.</summary>
    public int Count => (int)_used - _vacantCount;

    /// <summary>Every operation is in a slot below this one.</summary>
    public int End => (int)_used;

    /// <summary>Gives the operation an identity. Never 0, which stands for answers that nobody waits for.</summary>
    public void Admit(Operation operation)
    {
        var slot = _vacantCount > 0 ? _vacant[--_vacantCount] : NewSlot();
        _slots[slot] = operation;
        operation.Identity = ((ulong)_generations[slot] << 32) | slot;
    }

    public void Vacate(Operation operation)
    {
        var slot = (uint)operation.Identity;
        _slots[slot] = null;
        _generations[slot] = (uint)(operation.Identity >> 32) + 1;
        _vacant[_vacantCount++] = slot;
        operation.Identity = 0;
    }

    /// <summary>True where a request is in flight that the worker of that number has submitted.</summary>
    public bool AnyHeldBy(int worker)
    {
        for (var slot = 0; slot < _used; slot++)
        {
            if (_slots[slot]?.IsHeldBy(worker) == true) return true;
        }

        return false;
    }

    /// <summary>The operation in a slot, or null where it is vacant.</summary>
    public Operation? At(int slot) => _slots[slot];

    /// <summary>The operation of that identity, or null where it is gone.</summary>
    public Operation? Find(ulong identity)
    {
        var slot = (uint)identity;
        return slot < _used && _slots[slot] is { } operation && operation.Identity == identity ? operation : null;
    }

    private uint NewSlot()
    {
        if (_used == _slots.Length) Shortage.Outlast(static table => table.Grow(), this);
        _generations[_used] = 1;
        return _used++;
    }

    private void Grow()
    {
        var wanted = (int)_used * 2;
        if (_vacant.Length < wanted) Array.Resize(ref _vacant, wanted);
        if (_generations.Length < wanted) Array.Resize(ref _generations, wanted);
        if (_slots.Length < wanted) Array.Resize(ref _slots, wanted);
    }
}
