namespace Tipi.Transport.Uring.Rings;

/// <summary>
/// Has the work that the thread pool deferred done together: by the pool as soon as it has done what it was given
/// before, or, where much has gathered, by the ring with one system call.
/// </summary>
/// <remarks>
/// <code>
///   Add ──► waiting ──the pool, next in its queue──┬─ little, or the ring is in a call ──► done by the pool's thread
///              │                                   └─ much ──► handed ──the ring's turn──► done by the ring
///              └───────── still there at the sentinel's second look ──────┴──────────────► done by the sentinel
/// </code>
/// Nothing waits for long: where the pool has no thread, or the ring is held by a call, the sentinel does it.
/// </remarks>
internal sealed class DeferredBatch(RingLoop loop) : PostedWork, IThreadPoolWorkItem
{
    // So much costs less here than waking the ring for it.
    private const int Little = 2;

    private readonly DeferredList _waiting = new();
    private readonly DeferredList _handed = new();
    private int _isPosted;

    /// <summary>
    /// Adds work that the calling thread has made deferred, with a full barrier, and that may be in here already.
    /// </summary>
    public void Add(DeferredWork work)
    {
        if (!work.TryEnlist() || !_waiting.Add(work, work)) return;
        if (TryQueue()) loop.Sentinel.SeeEntered();
        else DoAll(_waiting.TakeAll());
    }

    /// <summary>Looks once, and does what is late. True while something may have to be looked at again.</summary>
    public bool Look() => LookAt(_waiting) | LookAt(_handed);

    /// <summary>The pool has come to it.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        if (_waiting.TakeAll() is not { } newest) return;
        var count = 1;
        var oldest = newest;
        for (; oldest.Next is { } older; oldest = older) count++;
        if (count <= Little || Baton.IsInside(loop.Baton.Observe())) DoAll(newest);
        else Hand(newest, oldest);
    }

    /// <summary>On the ring: what was handed to it.</summary>
    internal override void Run()
    {
        var next = TakeHanded();
        while (next is { } work)
        {
            next = work.Delist();
            work.DoOnRingIfDeferred();
        }
    }

    internal override void Refuse() => DoAll(TakeHanded());

    /// <summary>Hands listed work to the ring.</summary>
    internal void Hand(DeferredWork newest, DeferredWork oldest)
    {
        _handed.Add(newest, oldest);
        // It stays posted where the sentinel has taken all of it meanwhile.
        if (Interlocked.Exchange(ref _isPosted, 1) == 0) loop.Post(this);
        loop.Sentinel.SeeEntered();
    }

    /// <summary>Leaves it to the pool. False: there is no memory for that.</summary>
    private bool TryQueue()
    {
        try
        {
            // Behind what is queued: what that defers goes along.
            return ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
        catch (OutOfMemoryException)
        {
            return false;
        }
    }

    private DeferredWork? TakeHanded()
    {
        Interlocked.Exchange(ref _isPosted, 0);
        return _handed.TakeAll();
    }

    private static bool LookAt(DeferredList list)
    {
        if (!list.Look(out var isLate)) return false;
        if (isLate) DoAll(list.TakeAll());
        return true;
    }

    private static void DoAll(DeferredWork? next)
    {
        while (next is { } work)
        {
            next = work.Delist();
            work.DoIfDeferred();
        }
    }
}
