namespace Tipi.Hosting.Diagnostics.Access;

/// <summary>
/// Entries on their way from many threads to one, that takes them in batches. Two arrays change places, so that adding
/// is a copy under a lock. Invariant: no more entries wait than the limit, nor, but for the last of them, more of their
/// texts than usual entries have: a peer chooses those, and a disk can be slow for long.
/// </summary>
internal sealed class AccessQueue(int limit)
{
    /// <summary>How long the first entry waits for company: one write for many lines.</summary>
    private const int GatherMs = 50;

    private const int FirstSize = 64;

    private const int UsualChars = 1024;

    private readonly object _gate = new();
    private AccessEntry[] _waiting = [];
    private AccessEntry[] _taken = [];
    private int _count;
    private long _chars;
    private int _takenCount;
    private bool _isClosed;

    private int Many => (limit + 1) / 2;

    /// <summary>False when the queue is full or closed. Never waits for the one that takes.</summary>
    internal bool TryAdd(in AccessEntry entry)
    {
        lock (_gate)
        {
            if (_isClosed || _count == limit || _chars >= (long)limit * UsualChars) return false;
            if (_count == _waiting.Length)
                Array.Resize(ref _waiting, (int)Math.Clamp(_count * 2L, Math.Min(FirstSize, limit), limit));
            _waiting[_count++] = entry;
            _chars += entry.TextLength;
            if (_count == 1 || _count == Many) Monitor.Pulse(_gate);
            return true;
        }
    }

    /// <summary>Waits for entries and takes all of them; they are valid until the next call.</summary>
    /// <returns>None: the queue is closed and empty.</returns>
    internal ReadOnlySpan<AccessEntry> Take()
    {
        // What was taken before must not keep its strings alive.
        Array.Clear(_taken, 0, _takenCount);
        lock (_gate)
        {
            while (_count == 0 && !_isClosed) Monitor.Wait(_gate);
            if (_count < Many && !_isClosed) Monitor.Wait(_gate, GatherMs);
            (_waiting, _taken) = (_taken, _waiting);
            _takenCount = _count;
            _count = 0;
            _chars = 0;
        }
        return _taken.AsSpan(0, _takenCount);
    }

    /// <summary>Takes no more entries; those that wait can still be taken.</summary>
    internal void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            Monitor.Pulse(_gate);
        }
    }
}
