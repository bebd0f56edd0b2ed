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
///     ▲                     │  all sent, nothing new
///     └─────────────────────┘
/// </code>
/// Writers push blocks to <c>_outbox</c> (newest first). Who got from idle to sending owns <c>_blocks</c> and may use
/// the descriptor; the descriptor is closed only after somebody got from idle to sending for good.
/// Invariant: a block is owned by the writer until pushed, then by whoever sends.
/// </remarks>
internal sealed class SendQueue(ConnectionMailbox mailbox, int descriptor)
{
    private BlockList _blocks;
    private Block? _outbox;
    private long _sent;
    private int _sending;
    private volatile bool _endWanted;

    /// <summary>Bytes sent since the start. Read by the writer to bound what it queues.</summary>
    public long Sent => Volatile.Read(ref _sent);

    public bool HasUnsent => Volatile.Read(ref _outbox) is not null;

    /// <summary>What was collected and not sent. For the one who sends.</summary>
    public ref readonly BlockList Collected => ref _blocks;

    /// <summary>
    /// Queues flushed blocks (the newest first). On the ring's thread they leave at the end of the turn.
    /// </summary>
    public void Send(Block newest, Block oldest)
    {
        Push(newest, oldest);
        if (mailbox.Loop.IsOwnedHere) mailbox.Leave(ConnectionWish.Send);
        else if (TryBegin()) SendHere();
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
    public bool TryBegin() => _sending == 0 && Interlocked.CompareExchange(ref _sending, 1, 0) == 0;

    /// <summary>Collects what was flushed. False where there is nothing to send.</summary>
    public bool TryCollect()
    {
        if (Volatile.Read(ref _outbox) is not null) _blocks.AppendNewestFirst(Interlocked.Exchange(ref _outbox, null));
        return _blocks.Length > 0;
    }

    /// <summary>Stops being the one who sends. A full memory barrier; look for new blocks afterwards.</summary>
    public void EndSending() => Interlocked.Exchange(ref _sending, 0);

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
