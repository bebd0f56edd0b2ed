using Microsoft.AspNetCore.Connections;
using Tipi.Transport.Uring.Connections;
using Tipi.Transport.Uring.Native;
using Tipi.Transport.Uring.Rings;

namespace Tipi.Transport.Uring.Operations;

/// <summary>
/// Receives for a connection until it is told to stop: one request, many completions, each with a buffer that the
/// kernel took from the ring's.
/// </summary>
internal sealed class ReceiveOperation(RingSocket socket) : Operation
{
    /// <summary>Safe: names no memory; the kernel writes to the ring's provided buffers only.</summary>
    public unsafe void Start(RingLoop loop)
    {
        var entry = Submit(loop, IoUringOp.Recv, socket.Descriptor);
        entry->Flags = IoUringAbi.SqeBufferSelect;
        entry->IoPrio = IoUringAbi.RecvMultishot;
        entry->BufferGroup = BufferRing.GroupId;
    }

    /// <summary>Ends the connection that receives by this.</summary>
    public void AbortConnection() =>
        socket.Abort(new ConnectionAbortedException("The connection was aborted because the server stopped."));

    public override void Abandon(RingLoop loop, Exception fault) => socket.Fail(fault);

    protected override void OnCompletion(RingLoop loop, in Cqe completion)
    {
        var result = completion.Result;
        if (completion.HasBuffer)
        {
            if (result > 0) socket.OnReceived(loop.Buffers.Take(completion.BufferId, result));
            else loop.Buffers.Untouched(completion.BufferId);
        }

        if (result <= 0) socket.OnReceiveEnded((Errno)(-result));
        else if (!completion.HasMore) socket.OnReceiveInterrupted();
        else if (SubmittedBy != loop.OwnerNumber) Cancel(loop); // re-armed by this thread when it has ended
    }
}
