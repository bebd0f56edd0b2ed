using Microsoft.AspNetCore.Connections;
using Tipi.Transport.Uring.Native;
using Tipi.Transport.Uring.Rings;

namespace Tipi.Transport.Uring.Connections;

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
    public unsafe void Start(KernelDoor kernel, bool isMultishot)
    {
        var entry = Submit(kernel, IoUringOp.Recv, socket.Descriptor);
        entry->Flags = IoUringAbi.SqeBufferSelect;
        entry->IoPrio = isMultishot ? IoUringAbi.RecvMultishot : (ushort)0;
        entry->BufferGroup = BufferRing.GroupId;
        _isMultishot = isMultishot;
    }

    /// <summary>Has it end soon, where it would go on receiving without end.</summary>
    public void EndMultishot(KernelDoor kernel)
    {
        if (!_isMultishot) return;
        _isMultishot = false;
        Cancel(kernel);
    }

    /// <summary>Waits for the peer's reset, which a receive would see.</summary>
    /// <remarks>
    /// The kernel tells of the end of the stream too, whether it was asked or not; a multishot poll goes on after that.
    /// Safe: names no memory.
    /// </remarks>
    public unsafe void Watch(KernelDoor kernel)
    {
        var entry = Submit(kernel, IoUringOp.PollAdd, socket.Descriptor);
        entry->Length = IoUringAbi.PollMultishot;
        entry->OpFlags = IoUringAbi.PollError;
        IsWatching = true;
    }

    public override void Stop(KernelDoor kernel) =>
        socket.Abort(new ConnectionAbortedException("The connection was aborted because the server stopped."));

    public override void Abandon(Exception fault) => socket.Fail(fault);

    protected override bool CanBeginAnew => true;

    protected override void OnDisowned(KernelDoor kernel)
    {
        IsWatching = false;
        socket.OnReceiveDisowned();
    }

    protected override void OnCompletion(KernelDoor kernel, in Cqe completion)
    {
        var result = completion.Result;
        if (IsWatching)
        {
            if (completion.HasMore)
            {
                if ((result & IoUringAbi.PollError) != 0) socket.OnResetSeen();
                return;
            }

            IsWatching = false;
            if (result > 0 && (result & IoUringAbi.PollError) != 0) socket.OnResetSeen();
            socket.OnReceiveInterrupted();
            return;
        }

        if (completion.HasBuffer)
        {
            if (result > 0) socket.OnReceived(kernel.Buffers.Take(completion.BufferId, result));
            else kernel.Buffers.Untouched(completion.BufferId);
        }

        if (result <= 0) socket.OnReceiveEnded((Errno)(-result));
        else if (!completion.HasMore) socket.OnReceiveInterrupted();
    }
}
