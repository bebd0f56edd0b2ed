namespace Tipi.Transport.Uring.Rings;

/// <summary>
/// Work that is put off until the thread has done what it is at, so that more of it can gather: the thread pool has it
/// next on the same thread. Anybody may do it before, and where no thread of the pool comes to it the sentinel does.
/// </summary>
internal abstract class DeferredWork : IThreadPoolWorkItem
{
    private int _isQueued;
    private int _isWatched;
    private volatile int _deferrals;
    private int _seen;

    /// <summary>The link in <see cref="DeferredWatch"/>.</summary>
    internal DeferredWork? NextWatched { get; set; }

    /// <summary>True while nobody has begun with what was deferred.</summary>
    protected abstract bool IsDeferred { get; }

    /// <summary>Does what was deferred, unless somebody has begun with it. From any thread; must not throw.</summary>
    protected abstract void DoIfDeferred();

    void IThreadPoolWorkItem.Execute()
    {
        Interlocked.Exchange(ref _isQueued, 0);
        DoIfDeferred();
    }

    /// <summary>
    /// Looks whether it waits since the look before, and does it then. False: it needs no further look.
    /// </summary>
    internal bool Look()
    {
        if (!IsDeferred)
        {
            Interlocked.Exchange(ref _isWatched, 0);
            // It was deferred again just now, and whoever did it may have seen it watched.
            return IsDeferred && Interlocked.Exchange(ref _isWatched, 1) == 0;
        }

        var deferrals = _deferrals;
        if (_seen == deferrals) DoIfDeferred();
        _seen = deferrals;
        return true;
    }

    /// <summary>
    /// Called by a thread of the pool after it has made <see cref="IsDeferred"/> true, with a full barrier.
    /// </summary>
    protected void Defer(DeferredWatch watch)
    {
        _deferrals++;
        if (Interlocked.Exchange(ref _isQueued, 1) == 0 && !TryQueue())
        {
            DoIfDeferred();
            return;
        }

        if (Volatile.Read(ref _isWatched) == 0 && Interlocked.Exchange(ref _isWatched, 1) == 0) watch.Add(this);
    }

    /// <summary>Leaves it to the pool. False: there is no memory for that.</summary>
    protected virtual bool TryQueue()
    {
        try
        {
            return ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: true);
        }
        catch (OutOfMemoryException)
        {
            Interlocked.Exchange(ref _isQueued, 0);
            return false;
        }
    }
}
