namespace Tipi.Hosting.Http2;

/// <summary>
/// Body bytes of one response on their way from the application to the connection.
/// <code>
/// head                                        tail
/// [sent|published ....] → [published ....] → [published|written, not published|free]
/// </code>
/// Invariant: the application writes behind what is published, the connection reads before it. All that both sides
/// touch changes under the connection's gate; the application enters it for a further segment and for publishing.
/// At most one segment is the application's own memory, borrowed: it is not read once it is taken, given back or
/// dropped.
/// </summary>
internal sealed class SendBuffer
{
    /// <summary>Most responses are small, and a waiting stream should not hold more than it needs.</summary>
    private const int FirstSize = 2 * 1024;

    private Lock _gate = null!;
    private UnsentBytes _unsentOfAll = null!;
    private Segment? _head;
    private Segment? _tail;
    private Segment? _spare;
    private Segment? _borrowed;
    private ReadOnlyMemory<byte> _borrowedBytes;
    private int _written;

    /// <summary>True while bytes of the application's own memory wait. Under the gate.</summary>
    internal bool IsBorrowing => _borrowed is not null;

    /// <summary>Bytes that were published and not taken.</summary>
    internal long Unsent { get; private set; }

    /// <summary>A response of a connection begins.</summary>
    internal void Attach(Lock gate, UnsentBytes unsentOfAll) => (_gate, _unsentOfAll) = (gate, unsentOfAll);

    // ---- the application's side ----

    internal Memory<byte> GetMemory(int sizeHint)
    {
        Segment tail = _tail is { } current && current.Array.Length - _written > Math.Max(sizeHint - 1, 0)
            ? current
            : Extend(sizeHint);
        return tail.Array.AsMemory(_written);
    }

    internal void Advance(int count)
    {
        if (count == 0) return;
        if (_tail is null || count > _tail.Array.Length - _written)
            throw new ArgumentOutOfRangeException(nameof(count), count, "The count exceeds the provided memory.");
        _written += count;
    }

    /// <summary>Appends bytes that the application leaves alone until they are taken or given back.</summary>
    /// <param name="bytes">The application's.</param>
    /// <param name="mostUnsent">
    /// Bytes from which on a flush waits. False is returned where this one would not wait, or where it would wait for
    /// much that is before it: it ends when less than half is left, and what is borrowed is the last to be sent.
    /// </param>
    internal bool TryBorrow(ReadOnlyMemory<byte> bytes, long mostUnsent)
    {
        lock (_gate)
        {
            if (Unsent + bytes.Length < mostUnsent || Unsent > mostUnsent / 2) return false;
            Segment? last = _tail;
            last?.Complete = _written;
            Segment segment = Append([]);
            if (last is null) _head = segment;
            else last.Next = segment;
            (_borrowed, _borrowedBytes, _written) = (segment, bytes, bytes.Length);
            return true;
        }
    }

    /// <summary>Copies what was not taken of the borrowed bytes.</summary>
    internal void GiveBack()
    {
        lock (_gate)
        {
            if (_borrowed is not { } segment) return;
            ReadOnlySpan<byte> left = _borrowedBytes.Span[segment.Start..];
            segment.Array = BodyMemory.Segments.Rent(left.Length);
            left.CopyTo(segment.Array);
            segment.End -= segment.Start;
            if (segment == _tail) _written -= segment.Start;
            else segment.Complete -= segment.Start;
            segment.Start = 0;
            ForgetBorrowed();
        }
    }

    // ---- under the gate ----

    /// <summary>What was written may be taken.</summary>
    internal void Publish()
    {
        if (_tail is null) return;
        int published = PublishTail();
        for (Segment? segment = _head; segment is not null && segment != _tail; segment = segment.Next)
        {
            published += segment.Complete - segment.End;
            segment.End = segment.Complete;
        }
        Count(published);
    }

    /// <summary>Takes published bytes, as many as fit.</summary>
    internal int Take(Span<byte> destination)
    {
        int taken = 0;
        while (taken < destination.Length && _head is { } head)
        {
            int count = Math.Min(head.End - head.Start, destination.Length - taken);
            if (count > 0) BytesOf(head).Slice(head.Start, count).CopyTo(destination[taken..]);
            head.Start += count;
            taken += count;
            if (head == _borrowed && head.Start == _borrowedBytes.Length) ForgetBorrowed();
            if (head == _tail || head.Start < head.Complete) break;
            _head = head.Next;
            Recycle(head);
        }
        Count(-taken);
        return taken;
    }

    /// <summary>Drops what was published: nobody takes it, and the application may go on writing for long.</summary>
    internal void Discard()
    {
        while (_head is { } head)
        {
            head.Start = head.End;
            if (head == _borrowed && head.Start == _borrowedBytes.Length) ForgetBorrowed();
            if (head == _tail || head.Start < head.Complete) break;
            _head = head.Next;
            Recycle(head);
        }
        Count(-Unsent);
    }

    // ---- between two responses ----

    /// <summary>Forgets everything. Nobody writes any more.</summary>
    internal void Reset()
    {
        if (Unsent > 0)
        {
            lock (_gate) Count(-Unsent);
        }
        while (_head is { } head)
        {
            _head = head.Next;
            Recycle(head);
        }
        _tail = null;
        _written = 0;
        ForgetBorrowed();
    }

    private void Count(long bytes)
    {
        Unsent += bytes;
        _unsentOfAll.Count(bytes);
    }

    private int PublishTail()
    {
        int count = _written - _tail!.End;
        _tail.End = _written;
        return count;
    }

    private ReadOnlySpan<byte> BytesOf(Segment segment) => segment == _borrowed ? _borrowedBytes.Span : segment.Array;

    private void ForgetBorrowed() => (_borrowed, _borrowedBytes) = (null, default);

    private Segment Extend(int sizeHint)
    {
        byte[] array = BodyMemory.Segments.Rent(Math.Max(sizeHint, _tail is null ? FirstSize : BodyMemory.SegmentSize));
        // Before the first segment the buffer has nothing that the connection could look for.
        if (_tail is null) return _head = Append(array);
        lock (_gate)
        {
            Segment last = _tail;
            last.Complete = _written;
            return last.Next = Append(array);
        }
    }

    private Segment Append(byte[] array)
    {
        Segment segment = _spare ?? new Segment();
        _spare = null;
        segment.Array = array;
        _tail = segment;
        _written = 0;
        return segment;
    }

    private void Recycle(Segment segment)
    {
        if (segment.Array.Length > 0) BodyMemory.Segments.Return(segment.Array);
        segment.Array = [];
        segment.Next = null;
        segment.Start = segment.End = 0;
        segment.Complete = int.MaxValue;
        _spare = segment;
    }

    private sealed class Segment
    {
        internal byte[] Array = [];
        internal Segment? Next;
        internal int Start;
        internal int End;

        /// <summary>How many bytes it has in the end; known once it has a successor.</summary>
        internal int Complete = int.MaxValue;
    }
}
