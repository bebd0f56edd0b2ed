namespace Tipi.Hosting.Exchange;

/// <summary>
/// Request objects between two requests. A thread keeps the one it used last, so that a ring whose requests end where
/// they begin uses one hot object for all its connections; the others are on a stack.
/// </summary>
internal sealed class StreamPool<TStream>(Func<TStream> make)
    where TStream : class
{
    /// <summary>Places for threads; a power of two, more than rings and busy pool threads usually are.</summary>
    private const int SlotCount = 64;

    /// <summary>Streams kept on the stack, about 6 KiB each: as many requests as usually wait at once.</summary>
    private const int StackSize = 1024;

    private readonly Slot[] _slots = new Slot[SlotCount];
    private readonly Lock _gate = new();
    private readonly TStream?[] _stack = new TStream?[StackSize];
    private int _count;

    internal TStream Rent() =>
        Interlocked.Exchange(ref OwnSlot(), null) ?? Pop() ?? make();

    internal void Return(TStream stream)
    {
        TStream? displaced = Interlocked.Exchange(ref OwnSlot(), stream);
        if (displaced is not null) Push(displaced);
    }

    private ref TStream? OwnSlot() => ref _slots[Environment.CurrentManagedThreadId & (SlotCount - 1)].Stream;

    private TStream? Pop()
    {
        lock (_gate)
        {
            if (_count == 0) return null;
            TStream? top = _stack[--_count];
            _stack[_count] = null;
            return top;
        }
    }

    private void Push(TStream stream)
    {
        lock (_gate)
        {
            if (_count < StackSize) _stack[_count++] = stream;
        }
    }

    // One cache line each, so that threads do not disturb each other.
    [System.Runtime.CompilerServices.InlineArray(8)]
    private struct Slot
    {
        internal TStream? Stream;
    }
}
