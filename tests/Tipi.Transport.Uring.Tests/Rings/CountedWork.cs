using Tipi.Transport.Uring.Rings;

namespace Tipi.Transport.Uring.Tests.Rings;

/// <summary>Deferred work that counts how often it was done, and where.</summary>
internal sealed class CountedWork : DeferredWork
{
    private int _deferred;
    private int _done;
    private int _doneOnRing;

    public int Done => Volatile.Read(ref _done);

    public int DoneOnRing => Volatile.Read(ref _doneOnRing);

    public void Defer(DeferredBatch batch)
    {
        Interlocked.Exchange(ref _deferred, 1);
        batch.Add(this);
    }

    /// <summary>Is deferred, for a list that the caller makes.</summary>
    public void BeginListed()
    {
        Interlocked.Exchange(ref _deferred, 1);
        Assert.True(TryEnlist());
    }

    internal override void DoIfDeferred()
    {
        if (Interlocked.Exchange(ref _deferred, 0) == 1) Interlocked.Increment(ref _done);
    }

    internal override void DoOnRingIfDeferred()
    {
        if (Interlocked.Exchange(ref _deferred, 0) == 0) return;
        Interlocked.Increment(ref _doneOnRing);
        Interlocked.Increment(ref _done);
    }
}
