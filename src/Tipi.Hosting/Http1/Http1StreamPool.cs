using Tipi.Hosting.Connections;

namespace Tipi.Hosting.Http1;

/// <summary>
/// Request objects between two requests. A thread keeps the one it used last, so that a ring whose requests end where
/// they begin uses one hot object for all its connections; the others are on a stack.
/// </summary>
internal sealed class Http1StreamPool(ServerContext server)
{
    /// <summary>Places for threads; a power of two, more than rings and busy pool threads usually are.</summary>
    private const int SlotCount = 64;

    /// <summary>Streams kept on the stack, about 6 KiB each: as many requests as usually wait at once.</summary>
    private const int StackSize = 1024;

    private readonly Slot[] _slots = new Slot[SlotCount];
    private readonly Lock _gate = new();
    private readonly Http1Stream?[] _stack = new Http1Stream?[StackSize];
    private int _count;

    internal Http1Stream Rent() =>
        Interlocked.Exchange(ref OwnSlot(), null) ?? Pop() ?? new Http1Stream(server);

    internal void Return(Http1Stream stream)
    {
        Http1Stream? displaced = Interlocked.Exchange(ref OwnSlot(), stream);
        if (displaced is not null) Push(displaced);
    }

    private ref Http1Stream? OwnSlot() => ref _slots[Environment.CurrentManagedThreadId & (SlotCount - 1)].Stream;

    private Http1Stream? Pop()
    {
        lock (_gate)
        {
            if (_count == 0) return null;
            Http1Stream? top = _stack[--_count];
            _stack[_count] = null;
            return top;
        }
    }

    private void Push(Http1Stream stream)
    {
        lock (_gate)
        {
            if (_count < StackSize) _stack[_count++] = stream;
        }
    }

    // One cache line each, so that threads do not disturb each other.
    [System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Explicit, Size = 64)]
    private struct Slot
    {
        [System.Runtime.InteropServices.FieldOffset(0)]
        internal Http1Stream? Stream;
    }
}
