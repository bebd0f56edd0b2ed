using Tipi.Transport.Uring.Rings;

namespace Tipi.Transport.Uring.Connections;

/// <summary>
/// Where any thread leaves wishes for a connection; the ring empties it once a turn at most, however many were left.
/// </summary>
internal sealed class ConnectionMailbox(RingSocket socket) : PostedWork
{
    private int _wishes;

    /// <summary>Leaves a wish. A full memory barrier.</summary>
    public void Leave(ConnectionWish wish)
    {
        // Invariant: the mailbox is in the ring's queue exactly while there are wishes in it.
        if (Interlocked.Or(ref _wishes, (int)wish) == 0) socket.Loop.Post(this);
    }

    internal override void Run(RingLoop loop) => socket.Fulfil((ConnectionWish)Interlocked.Exchange(ref _wishes, 0));
}
