namespace Tipi.Transport.Uring.Rings;

/// <summary>The one door into a ring: any thread pushes, the ring's owner takes all at once, in order.</summary>
/// <remarks>A stack in one word: pushing is a compare-and-swap, taking is an exchange; nobody ever waits.</remarks>
internal sealed class PostQueue
{
    private PostedWork? _newest;

    public bool IsEmpty => Volatile.Read(ref _newest) is null;

    /// <summary>Pushes a piece of work that is in no queue. A full memory barrier.</summary>
    public void Push(PostedWork work)
    {
        var newest = Volatile.Read(ref _newest);
        while (true)
        {
            work.NextPosted = newest;
            var seen = Interlocked.CompareExchange(ref _newest, work, newest);
            if (ReferenceEquals(seen, newest)) return;
            newest = seen;
        }
    }

    /// <summary>Takes everything; the oldest comes first, the next in <see cref="PostedWork.NextPosted"/>.</summary>
    public PostedWork? TakeAll()
    {
        if (Volatile.Read(ref _newest) is null) return null;
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
}
