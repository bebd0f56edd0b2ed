namespace Tipi.Transport.Uring.Rings;

/// <summary>The one door into a ring: any thread pushes, the ring's owner takes all at once, in order.</summary>
/// <remarks>
/// A stack in one word: pushing is a compare-and-swap, taking is an exchange; nobody ever waits. The word of a closed
/// queue never changes, so that whoever posts learns either that the work will run, or that nobody is left to run it.
/// </remarks>
internal sealed class PostQueue
{
    private static readonly PostedWork s_closed = new Nothing();

    private PostedWork? _newest;

    public bool IsEmpty => Volatile.Read(ref _newest) is null;

    /// <summary>
    /// Pushes a piece of work that is in no queue. A full memory barrier. False: the queue is closed.
    /// </summary>
    public bool TryPush(PostedWork work)
    {
        var newest = Volatile.Read(ref _newest);
        while (true)
        {
            if (ReferenceEquals(newest, s_closed)) return false;
            work.NextPosted = newest;
            var seen = Interlocked.CompareExchange(ref _newest, work, newest);
            if (ReferenceEquals(seen, newest)) return true;
            newest = seen;
        }
    }

    /// <summary>Takes everything; the oldest comes first, the next in <see cref="PostedWork.NextPosted"/>.</summary>
    public PostedWork? TakeAll()
    {
        if (Volatile.Read(ref _newest) is not { } first || ReferenceEquals(first, s_closed)) return null;
        var newest = Interlocked.Exchange(ref _newest, null);
        PostedWork? oldest = null;
        while (newest is not null)
        {
            var older = newest.NextPosted;
            newest.NextPosted = oldest;
            oldest = newest;
            newest = older;
        }

        return oldest;
    }

    /// <summary>Closes the queue for good, unless there is work in it. By the ring's owner.</summary>
    public bool TryClose() =>
        Interlocked.CompareExchange(ref _newest, s_closed, null) is null || ReferenceEquals(_newest, s_closed);

    private sealed class Nothing : PostedWork
    {
        internal override void Run()
        {
        }
    }
}
