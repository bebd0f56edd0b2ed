namespace Tipi.Transport.Uring.Rings;

/// <summary>
/// Work that is put off until the thread pool has done what it was given before, so that more of it can gather; see
/// <see cref="DeferredBatch"/>. Anybody may do it earlier.
/// </summary>
/// <remarks>
/// It is its own link in one list at a time. Who takes it from there delists it first and does it then, each with a
/// full barrier, so that what is deferred meanwhile is either done at once or listed anew.
/// </remarks>
internal abstract class DeferredWork
{
    private int _isListed;

    /// <summary>The link in <see cref="DeferredList"/>.</summary>
    internal DeferredWork? Next { get; set; }

    /// <summary>Does what was deferred, unless somebody has begun with it. From any thread; must not throw.</summary>
    internal abstract void DoIfDeferred();

    /// <summary>The same by the ring's owner, who does it with the next system call.</summary>
    internal abstract void DoOnRingIfDeferred();

    /// <summary>False: it is in a list already, and whoever takes it from there does what was deferred now.</summary>
    internal bool TryEnlist() => Interlocked.Exchange(ref _isListed, 1) == 0;

    /// <summary>Takes the first of a list out of it. Returns the others.</summary>
    internal DeferredWork? Delist()
    {
        var others = Next;
        Next = null;
        Interlocked.Exchange(ref _isListed, 0);
        return others;
    }
}
