using Tipi.Transport.Uring.Native;
using Tipi.Transport.Uring.Rings;

namespace Tipi.Transport.Uring.Operations;

/// <summary>
/// One kind of request to the kernel and what becomes of its answers.
/// </summary>
/// <remarks>
/// <code>
///   idle ──Submit──► in flight ──completion without "more"──► idle
///                        │  ▲
///                        └──┘ completion with "more" (multishot)
/// </code>
/// Invariant: while it is in flight, the operation keeps the memory and the descriptor that it named to the kernel,
/// whatever happens to the connection. Cancelling asks the kernel to hurry; the last completion still comes.
/// </remarks>
internal abstract class Operation
{
    /// <summary>
    /// Slot and generation in the ring's table; what completions call this operation. 0: not admitted.
    /// </summary>
    public ulong Identity { get; set; }

    public bool IsInFlight { get; private set; }

    /// <summary>
    /// The number of the worker whose thread submitted it: its completions are worked off by that thread.
    /// </summary>
    protected int SubmittedBy { get; private set; }

    /// <summary>An entry to fill in, marked as this operation's. To be called by the ring's owner while idle.</summary>
    /// <remarks>Safe: the entry is filled before the next call that could submit it.</remarks>
    protected unsafe Sqe* Submit(RingLoop loop, IoUringOp opcode, int fd)
    {
        var entry = loop.NextEntry();
        entry->Opcode = opcode;
        entry->Fd = fd;
        entry->UserData = Identity;
        IsInFlight = true;
        SubmittedBy = loop.OwnerNumber;
        return entry;
    }

    /// <summary>Takes one completion. Called by the ring's owner.</summary>
    public void Complete(RingLoop loop, in Cqe completion)
    {
        if (!completion.HasMore) IsInFlight = false;
        OnCompletion(loop, completion);
    }

    protected abstract void OnCompletion(RingLoop loop, in Cqe completion);

    /// <summary>The ring has failed: no completion will come. Called once by the ring's last owner.</summary>
    public virtual void Abandon(RingLoop loop, Exception fault)
    {
    }

    /// <summary>Asks the kernel to end it soon; nothing happens where it is not in flight.</summary>
    /// <remarks>Safe: the entry is filled before the next call that could submit it.</remarks>
    public unsafe void Cancel(RingLoop loop)
    {
        if (!IsInFlight) return;
        var entry = loop.NextEntry();
        entry->Opcode = IoUringOp.AsyncCancel;
        entry->Fd = -1;
        entry->Address = Identity;
    }
}
