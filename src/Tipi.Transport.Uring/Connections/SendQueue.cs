using Tipi.Transport.Uring.Native;
using Tipi.Transport.Uring.Rings;

namespace Tipi.Transport.Uring.Connections;

/// <summary>
/// What was flushed and not yet sent. Any thread may send, one at a time.
/// </summary>
/// <remarks>
/// <code>
///            TryBegin                    the ring's send
///   idle ──────────────► sending ◄──────────────────────► in flight
///    │ ▲                    │ ▲
///    │ └────────────────────┘ │  all sent, nothing new
///    └──────► deferred ───────┘ TryBegin
/// </code>
/// Writers push blocks to <c>_outbox</c> (newest first). Who got to sending owns <c>_blocks</c> and may use the
/// descriptor; the descriptor is closed only after somebody got to sending for good.
/// Invariant: a block is owned by the writer until pushed, then by whoever sends.
/// A handler that has waited for something is on the thread pool, and its response often comes in two flushes: the body
/// that it wrote, and the end that the server adds. So what is small is deferred until the pool has done what it was
/// given before: both leave together, and with them the responses of other connections.
/// </remarks>
internal sealed class SendQueue(ConnectionMailbox mailbox, int descriptor) : DeferredWork
{
    private const int Idle = 0;
    private const int Sending = 1;
    private const int Deferred = 2;

    private BlockList _blocks;
    private Block? _outbox;
    private long _sent;
    private int _state;
    private volatile bool _endWanted;

    /// <summary>Bytes sent since the start. Read by the writer to bound what it queues.</summary>
    public long Sent => Volatile.Read(ref _sent);

    public bool HasUnsent => Volatile.Read(ref _outbox) is not null;

    /// <summary>What was collected and not sent. For the one who sends.</summary>
    public ref readonly BlockList Collected => ref _blocks;

    /// <summary>
    /// Queues flushed blocks (the newest first). On the ring's thread they leave at the end of the turn; on the pool
    /// they may wait for more, where <paramref name="mayDefer"/> says that the flush does not wait for them.
    /// </summary>
    public void Send(Block newest, Block oldest, bool mayDefer)
    {
        Push(newest, oldest);
        var loop = mailbox.Loop;
        if (loop.IsOwnedHere) mailbox.Leave(ConnectionWish.Send);
        else if ((!mayDefer || !TryDefer(loop)) && TryBegin()) SendHere();
    }

    /// <summary>
    /// The connection is to end: a foreign thread that is sending tells the ring when it stops. A full memory barrier:
    /// it either sees this when it ends, or has ended for us to see. Called by the ring's owner.
    /// </summary>
    public void WantEnd()
    {
        _endWanted = true;
        Barriers.Full();
    }

    /// <summary>
    /// Adds flushed blocks, the newest first and linked to older ones. A little that is flushed joins the last block
    /// that nobody has collected, so that many small answers share one. A full memory barrier.
    /// </summary>
    private void Push(Block newest, Block oldest)
    {
        while (true)
        {
            var seen = Volatile.Read(ref _outbox);
            if (seen is not null && ReferenceEquals(newest, oldest) && seen.CanAbsorb(newest))
            {
                // Only the writer pushes: once taken back, the outbox stays empty until we put the block there again.
                if (!ReferenceEquals(Interlocked.CompareExchange(ref _outbox, null, seen), seen)) continue;
                seen.Absorb(newest);
                BlockPool.Return(newest);
                Interlocked.Exchange(ref _outbox, seen);
                return;
            }

            oldest.Link = seen;
            if (ReferenceEquals(Interlocked.CompareExchange(ref _outbox, newest, seen), seen)) return;
        }
    }

    /// <summary>Becomes the one who sends. False: somebody else does, and will see what was pushed before.</summary>
    public bool TryBegin()
    {
        while (Volatile.Read(ref _state) is not Sending and var seen)
        {
            if (Interlocked.CompareExchange(ref _state, Sending, seen) == seen) return true;
        }

        return false;
    }

    /// <summary>Collects what was flushed. False where there is nothing to send.</summary>
    public bool TryCollect()
    {
        if (Volatile.Read(ref _outbox) is not null) _blocks.AppendNewestFirst(Interlocked.Exchange(ref _outbox, null));
        return _blocks.Length > 0;
    }

    /// <summary>Stops being the one who sends. A full memory barrier; look for new blocks afterwards.</summary>
    public void EndSending() => Interlocked.Exchange(ref _state, Idle);

    /// <summary>The kernel took this many bytes.</summary>
    public void Account(int bytes)
    {
        _blocks.Consume(bytes);
        Volatile.Write(ref _sent, _sent + bytes);
    }

    /// <summary>Drops everything that is queued: it cannot be sent any more.</summary>
    public void Drop()
    {
        _ = TryCollect();
        Volatile.Write(ref _sent, _sent + _blocks.Length);
        _blocks.Clear();
    }

    internal override void DoIfDeferred()
    {
        if (!TryBeginDeferred()) return;
        SendHere();
        mailbox.OnSentElsewhere();
    }

    internal override void DoOnRingIfDeferred()
    {
        if (TryBeginDeferred()) mailbox.ContinueSend();
    }

    private bool TryBeginDeferred() => Interlocked.CompareExchange(ref _state, Sending, Deferred) == Deferred;

    // Called with a full barrier behind what was pushed: who begins with what is deferred already collects that too.
    private bool TryDefer(RingLoop loop)
    {
        if (loop.Deferred is not { } batch || !Thread.CurrentThread.IsThreadPoolThread) return false;
        var seen = Interlocked.CompareExchange(ref _state, Deferred, Idle);
        if (seen == Idle) batch.Add(this);
        return seen != Sending;
    }

    // A foreign thread that has become the sender: one system call is cheaper than waking the ring.
    private void SendHere()
    {
        do
        {
            while (!mailbox.IsAborted && TryCollect())
            {
                var errno = SendNow();
                if (errno is Errno.None or Errno.EINTR) continue;
                // The socket is full, or broken: the ring goes on as the sender.
                mailbox.Leave(ConnectionWish.ContinueSend);
                return;
            }

            EndSending();
        }
        while (!mailbox.IsAborted && HasUnsent && TryBegin());
        if (_endWanted) mailbox.Leave(ConnectionWish.Send);
    }

    // Sends the collected blocks without waiting. None: all that the kernel took is accounted for.
    private Errno SendNow()
    {
        while (_blocks.Length > 0)
        {
            var answer = GatheredBlocks.SendNow(descriptor, _blocks);
            if (answer < 0) return (Errno)(-answer);
            Account(answer);
        }

        return Errno.None;
    }
}
