using Tipi.Transport.Uring.Native;
using Tipi.Transport.Uring.Rings;

namespace Tipi.Transport.Uring.Connections;

/// <summary>
/// Accepts connections of one listening socket on one ring: many by one request, a completion a connection, or one.
/// </summary>
internal sealed class AcceptOperation(AcceptLoop accepts) : Operation
{
    /// <summary>Safe: names no memory; the peer's address is asked for later.</summary>
    public unsafe void Start(KernelDoor kernel, int listeningSocket, bool many)
    {
        var entry = Submit(kernel, IoUringOp.Accept, listeningSocket);
        if (many) entry->IoPrio = IoUringAbi.AcceptMultishot;
        entry->OpFlags = LibC.SocketCloseOnExec;
    }

    public override void Stop(KernelDoor kernel) => accepts.StopNow();

    // A connection that will not be told to anybody.
    public override void Discard(in Cqe completion)
    {
        if (completion.Result >= 0) _ = LibC.CloseDescriptor(completion.Result);
    }

    public override void Abandon(Exception fault) => accepts.Fail();

    protected override bool CanBeginAnew => true;

    protected override void OnDisowned(KernelDoor kernel) => accepts.OnDisowned();

    protected override void OnCompletion(KernelDoor kernel, in Cqe completion)
    {
        if (completion.Result >= 0) accepts.OnAccepted(completion.Result);
        if (!completion.HasMore) accepts.OnEnded(completion.Result < 0 ? (Errno)(-completion.Result) : Errno.None);
    }
}
