namespace Tipi.Transport.Uring.Rings;

/// <summary>
/// The deferred work that the sentinel looks at. What still waits at the second look is done by the sentinel: the pool
/// has no thread for it, and the one that deferred it is still at work.
/// </summary>
internal sealed class DeferredWatch(Sentinel sentinel)
{
    private DeferredWork? _newest;

    /// <summary>Adds work that is not watched. From any thread.</summary>
    public void Add(DeferredWork work)
    {
        Push(work);
        sentinel.SeeEntered();
    }

    /// <summary>Looks once. True while something may have to be looked at again.</summary>
    public bool Look()
    {
        if (Volatile.Read(ref _newest) is null) return false;
        var next = Interlocked.Exchange(ref _newest, null);
        var any = false;
        while (next is { } work)
        {
            next = work.NextWatched;
            work.NextWatched = null;
            if (!work.Look()) continue;
            Push(work);
            any = true;
        }

        return any;
    }

    private void Push(DeferredWork work)
    {
        var seen = Volatile.Read(ref _newest);
        while (true)
        {
            work.NextWatched = seen;
            var now = Interlocked.CompareExchange(ref _newest, work, seen);
            if (ReferenceEquals(now, seen)) return;
            seen = now;
        }
    }
}
