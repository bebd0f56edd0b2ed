namespace Tipi.Transport.Uring.Rings;

/// <summary>Calls that wait for their turn on a ring, in order. Used by the ring's owner.</summary>
internal sealed class CallQueue
{
    // A power of two, as all later ones.
    private RingCall[] _calls = new RingCall[16];
    private int _first;

    public int Count { get; private set; }

    /// <exception cref="OutOfMemoryException">The call is not in the queue.</exception>
    public void Enqueue(in RingCall call)
    {
        if (Count == _calls.Length) Grow();
        _calls[(_first + Count) & (_calls.Length - 1)] = call;
        Count++;
    }

    public bool TryDequeue(out RingCall call)
    {
        if (Count == 0)
        {
            call = default;
            return false;
        }

        call = _calls[_first];
        _calls[_first] = default; // what it refers to may be collected
        _first = (_first + 1) & (_calls.Length - 1);
        Count--;
        return true;
    }

    private void Grow()
    {
        var larger = new RingCall[_calls.Length * 2];
        var atEnd = _calls.Length - _first;
        Array.Copy(_calls, _first, larger, 0, atEnd);
        Array.Copy(_calls, 0, larger, atEnd, _first);
        _calls = larger;
        _first = 0;
    }
}
