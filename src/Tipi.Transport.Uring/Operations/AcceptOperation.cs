using Tipi.Transport.Uring.Connections;
using Tipi.Transport.Uring.Native;
using Tipi.Transport.Uring.Rings;

namespace Tipi.Transport.Uring.Operations;

/// <summary>Accepts connections of one listening socket on one ring: one request, a completion a connection.</summary>
internal sealed class AcceptOperation(AcceptLoop accepts) : Operation
{
    /// <summary>Safe: names no memory; the peer's address is asked for later.</summary>
    public unsafe void Start(RingLoop loop, int listeningSocket)
    {
        var entry = Submit(loop, IoUringOp.Accept, listeningSocket);
        entry->IoPrio = IoUringAbi.AcceptMultishot;
        entry->OpFlags = LibC.SocketCloseOnExec;
    }

    /// <summary>Ends the accepting that goes on by this.</summary>
    public void StopAccepting() => accepts.StopNow();

    public override void Abandon(RingLoop loop, Exception fault) => accepts.Fail();

    protected override void OnCompletion(RingLoop loop, in Cqe completion)
    {
        if (completion.Result >= 0) accepts.OnAccepted(loop, completion.Result);
        if (!completion.HasMore) accepts.OnEnded(completion.Result < 0 ? (Errno)(-completion.Result) : Errno.None);
        else if (SubmittedBy != loop.OwnerNumber) Cancel(loop); // re-armed by this thread when it has ended
    }
}
