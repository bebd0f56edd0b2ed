namespace Tipi.Hosting.Exchange;

/// <summary>
/// Objects that no application sees, between two uses by any connections. A thread keeps the one it used last, so that
/// a ring uses one hot object for all its connections; the others are on a stack.
/// </summary>
internal sealed class HotPool<T>(Func<T> make)
    where T : class
{
    /// <summary>Places for threads; a power of two, more than rings and busy pool threads usually are.</summary>
    private const int SlotCount = 64;

    /// <summary>Objects kept on the stack, about 3 KiB each: as many heads as come in parts at once.</summary>
    private const int StackSize = 1024;

    private readonly Slot[] _slots = new Slot[SlotCount];
    private readonly Lock _gate = new();
    private readonly T?[] _stack = new T?[StackSize];
    private int _count;

    internal T Rent() =>
        Interlocked.Exchange(ref OwnSlot(), null) ?? Pop() ?? make();

    internal void Return(T used)
    {
        T? displaced = Interlocked.Exchange(ref OwnSlot(), used);
        if (displaced is not null) Push(displaced);
    }

    private ref T? OwnSlot() => ref _slots[Environment.CurrentManagedThreadId & (SlotCount - 1)].Place;

    private T? Pop()
    {
        lock (_gate)
        {
            if (_count == 0) return null;
            T? top = _stack[--_count];
            _stack[_count] = null;
            return top;
        }
    }

    private void Push(T used)
    {
        lock (_gate)
        {
            if (_count < StackSize) _stack[_count++] = used;
        }
    }

    // One cache line each, so that threads do not disturb each other.
    [System.Runtime.CompilerServices.InlineArray(8)]
    private struct Slot
    {
        internal T? Place;
    }
}
