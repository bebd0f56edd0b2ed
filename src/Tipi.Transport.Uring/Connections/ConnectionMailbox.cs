using Microsoft.AspNetCore.Connections;
using Tipi.Transport.Uring.Rings;

namespace Tipi.Transport.Uring.Connections;

/// <summary>
/// Where any thread leaves wishes for a connection; the ring empties it once a turn at most, however many were left.
/// What the two ends of a connection's pipe know of it.
/// </summary>
/// <remarks>
/// Invariant: the mailbox is in the ring's queue exactly while there are wishes in it.
/// </remarks>
internal abstract class ConnectionMailbox(RingLoop loop) : PostedWork
{
    private Exception? _abortReason;
    private int _wishes;

    public RingLoop Loop => loop;

    /// <summary>Where reads and flushes that waited go on; null: on the ring.</summary>
    public IResumption? Resumption { get; set; }

    /// <summary>Why the connection was aborted; null where it was not.</summary>
    public Exception? AbortReason => Volatile.Read(ref _abortReason);

    public bool IsAborted => AbortReason is not null;

    /// <summary>Leaves a wish. A full memory barrier.</summary>
    public void Leave(ConnectionWish wish)
    {
        if (Interlocked.Or(ref _wishes, (int)wish) == 0) loop.Post(this);
    }

    /// <summary>A thread that is not the writer's has sent something, and a full barrier stands behind it.</summary>
    public abstract void OnSentElsewhere();

    /// <summary>The ring goes on as the sender. Called by the ring's owner.</summary>
    public abstract void ContinueSend();

    /// <summary>Closes now, with a reset. The first reason counts.</summary>
    public void Abort(ConnectionAbortedException reason)
    {
        NoteAbort(reason);
        Leave(ConnectionWish.Abort);
    }

    /// <summary>Notes why the connection is aborted. The first reason counts.</summary>
    protected void NoteAbort(ConnectionAbortedException reason) =>
        Interlocked.CompareExchange(ref _abortReason, reason, null);

    /// <summary>Empties the mailbox.</summary>
    protected ConnectionWish TakeWishes() => (ConnectionWish)Interlocked.Exchange(ref _wishes, 0);
}
