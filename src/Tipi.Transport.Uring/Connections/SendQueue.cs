using Tipi.Transport.Uring.Native;
using Tipi.Transport.Uring.Operations;
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
internal struct SendQueue
{
    private BlockList _blocks;
    private Block? _outbox;
    private long _sent;
    private int _sending;

    /// <summary>Bytes sent since the start. Read by the writer to bound what it queues.</summary>
    public readonly long Sent => Volatile.Read(in _sent);

    public readonly bool HasUnsent => Volatile.Read(in _outbox) is not null;

    public readonly bool IsSending => Volatile.Read(in _sending) != 0;

    /// <summary>
    /// Adds flushed blocks, the newest first and linked to older ones. A little that is flushed joins the last block
    /// that nobody has collected, so that many small answers share one. A full memory barrier.
    /// </summary>
    public void Push(Block newest, Block oldest)
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

    /// <summary>Submits a send of the collected blocks.</summary>
    public readonly void Start(RingLoop loop, RingSocket socket, SendOperation operation) =>
        operation.Start(loop, socket, _blocks);

    /// <summary>Sends the collected blocks without waiting. None: all that the kernel took is accounted for.</summary>
    public Errno SendNow(int descriptor)
    {
        while (_blocks.Length > 0)
        {
            var answer = SendOperation.SendNow(descriptor, _blocks);
            if (answer < 0) return (Errno)(-answer);
            Account(answer);
        }

        return Errno.None;
    }

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
}
