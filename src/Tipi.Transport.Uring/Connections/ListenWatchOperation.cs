using Tipi.Transport.Uring.Native;
using Tipi.Transport.Uring.Rings;

namespace Tipi.Transport.Uring.Connections;

/// <summary>
/// Sees that connections wait at a listening socket, also while an accept that was taken over keeps others from that.
/// </summary>
/// <remarks>
/// Accepts wait exclusively: the kernel tells the first of them only. One whose thread sleeps is told, and does
/// nothing, until the thread wakes. Polls are always told.
/// </remarks>
internal sealed class ListenWatchOperation(AcceptLoop accepts) : Operation
{
    /// <summary>Safe: names no memory.</summary>
    public unsafe void Start(RingLoop loop, int listeningSocket)
    {
        loop.Operations.Admit(this);
        var entry = Submit(loop.Kernel, IoUringOp.PollAdd, listeningSocket);
        entry->Length = IoUringAbi.PollMultishot;
        entry->OpFlags = IoUringAbi.PollIn;
    }

    public override void OnLastDisownedEnded(KernelDoor kernel) => Cancel(kernel);

    protected override bool CanBeginAnew => true;

    protected override void OnDisowned(KernelDoor kernel) => accepts.OnWatchEnded();

    protected override void OnCompletion(KernelDoor kernel, in Cqe completion)
    {
        if (completion.Result > 0) accepts.OnConnectionWaiting();
        if (!completion.HasMore) accepts.OnWatchEnded();
    }
}
