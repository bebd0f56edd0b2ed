using Microsoft.AspNetCore.Connections;
using Tipi.Transport.Uring.Connections;
using Tipi.Transport.Uring.Native;
using Tipi.Transport.Uring.Rings;

namespace Tipi.Transport.Uring.Operations;

/// <summary>
/// Receives for a connection until it is told to stop: one request, many completions, each with a buffer that the
/// kernel took from the ring's. Or one completion only, for a connection that may hold little. While nothing may be
/// received it watches for a reset.
/// </summary>
/// <remarks>
/// <code>
///   idle ──Start──► receiving ──last completion──► idle
///     └────Watch──► watching ───its completion───► idle
/// </code>
/// </remarks>
internal sealed class ReceiveOperation(RingSocket socket) : Operation
{
    // In one turn the kernel fills as many of the ring's buffers as the peer has sent data for.
    private const long MultishotOvershoot = 768 * 1024;

    private bool _isMultishot;

    /// <summary>True while it is in flight and receives nothing.</summary>
    public bool IsWatching { get; private set; }

    /// <summary>
    /// Unread bytes up to which a connection that may hold <paramref name="maxUnread"/> can receive by multishot:
    /// a cancelled one still delivers. Above, and where there is no room for that, it is one buffer at a time.
    /// </summary>
    public static long MaxUnreadForMultishot(long maxUnread) => Math.Max(0, maxUnread - MultishotOvershoot);

    /// <summary>Safe: names no memory; the kernel writes to the ring's provided buffers only.</summary>
    public unsafe void Start(RingLoop loop, bool isMultishot)
    {
        var entry = Submit(loop, IoUringOp.Recv, socket.Descriptor);
        entry->Flags = IoUringAbi.SqeBufferSelect;
        entry->IoPrio = isMultishot ? IoUringAbi.RecvMultishot : (ushort)0;
        entry->BufferGroup = BufferRing.GroupId;
        _isMultishot = isMultishot;
    }

    /// <summary>Has it end soon, where it would go on receiving without end.</summary>
    public void EndMultishot(RingLoop loop)
    {
        if (!_isMultishot) return;
        _isMultishot = false;
        Cancel(loop);
    }

    /// <summary>Waits for the peer's reset, which a receive would see.</summary>
    /// <remarks>Safe: names no memory.</remarks>
    public unsafe void Watch(RingLoop loop)
    {
        var entry = Submit(loop, IoUringOp.PollAdd, socket.Descriptor);
        entry->OpFlags = IoUringAbi.PollError;
        IsWatching = true;
    }

    /// <summary>Ends the connection that receives by this.</summary>
    public void AbortConnection() =>
        socket.Abort(new ConnectionAbortedException("The connection was aborted because the server stopped."));

    public override void Abandon(RingLoop loop, Exception fault) => socket.Fail(fault);

    protected override void OnCompletion(RingLoop loop, in Cqe completion)
    {
        var result = completion.Result;
        if (IsWatching)
        {
            IsWatching = false;
            if (result > 0) socket.OnWatchEnded((uint)result);
            else socket.OnReceiveInterrupted();
            return;
        }

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
