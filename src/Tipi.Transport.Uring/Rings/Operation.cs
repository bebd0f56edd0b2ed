using Tipi.Transport.Uring.Native;

namespace Tipi.Transport.Uring.Rings;

/// <summary>
/// One kind of request to the kernel and what becomes of its answers.
/// </summary>
/// <remarks>
/// <code>
///   idle ──Submit──► in flight ──completion without "more"──► idle
///                        │  ▲  │
///                        └──┘  └──taken over: cancelled by the ring's new owner──► idle
///        completion with "more" (multishot)
/// </code>
/// Invariant: while it is in flight, the operation keeps the memory and the descriptor that it named to the kernel,
/// whatever happens to the connection. Cancelling asks the kernel to hurry; the last completion still comes.
/// </remarks>
internal abstract class Operation
{
    /// <summary>Marks the slot of an identity, of which there are never so many: the answer to a take-over.</summary>
    public const ulong TakeOverAnswer = 1ul << 31;

    private const ulong NextGeneration = 1ul << 32;

    // The number of the worker whose thread submitted it: its completions are worked off by that thread.
    private int _submittedBy;
    private bool _isTakenOver;

    /// <summary>
    /// Slot and generation in the ring's table; what completions call this operation. 0: not admitted.
    /// </summary>
    public ulong Identity { get; set; }

    public bool IsInFlight { get; private set; }

    /// <summary>True where a thread submitted it that does not own the ring any more.</summary>
    public bool IsHeldByOther(KernelDoor kernel) => IsInFlight && _submittedBy != kernel.OwnerNumber;

    /// <summary>True where the worker of that number submitted it, so that his thread must not end.</summary>
    public bool IsHeldBy(int worker) => IsInFlight && _submittedBy == worker;

    /// <summary>An entry to fill in, marked as this operation's. To be called by the ring's owner while idle.</summary>
    /// <remarks>Safe: the entry is filled before the next call that could submit it.</remarks>
    protected unsafe Sqe* Submit(KernelDoor kernel, IoUringOp opcode, int fd)
    {
        var entry = kernel.NextEntry();
        entry->Opcode = opcode;
        entry->Fd = fd;
        entry->UserData = Identity;
        IsInFlight = true;
        _submittedBy = kernel.OwnerNumber;
        return entry;
    }

    /// <summary>Takes one completion. Called by the ring's owner.</summary>
    public void Complete(KernelDoor kernel, in Cqe completion)
    {
        if (!completion.HasMore) (IsInFlight, _isTakenOver) = (false, false);
        OnCompletion(kernel, completion);
    }

    /// <summary>
    /// Asks the kernel to cancel it where another thread than the owner's submitted it and it can begin anew. True
    /// where the kernel was asked: its answer goes to <see cref="OnTakeOverAnswer"/>.
    /// </summary>
    /// <remarks>Safe: the entry is filled before the next call that could submit it.</remarks>
    public unsafe bool TryTakeOver(KernelDoor kernel)
    {
        if (!IsHeldByOther(kernel) || _isTakenOver || !CanBeginAnew) return false;
        _isTakenOver = true;
        var entry = kernel.NextEntry();
        entry->Opcode = IoUringOp.AsyncCancel;
        entry->Fd = -1;
        entry->Address = Identity;
        entry->UserData = Identity | TakeOverAnswer;
        return true;
    }

    /// <summary>
    /// The kernel has cancelled it (0), or did not find it any more: then it ends by itself. Called by the ring's
    /// owner.
    /// </summary>
    public void OnTakeOverAnswer(KernelDoor kernel, int result)
    {
        if (!_isTakenOver) return; // it ended before
        _isTakenOver = false;
        if (result == 0) Disown(kernel);
    }

    /// <summary>
    /// Leaves the request that is in flight to itself: whatever its completion says, it is not this operation's, which
    /// has another identity from now on.
    /// </summary>
    protected void Disown(KernelDoor kernel)
    {
        Identity += NextGeneration;
        kernel.DisownedCount++;
        IsInFlight = false;
        OnDisowned(kernel);
    }

    /// <summary>True where the request waits for an event, takes nothing with it, and may be submitted again.</summary>
    protected virtual bool CanBeginAnew => false;

    /// <summary>The request is cancelled and will do nothing any more: submit another one where it is wanted.</summary>
    protected virtual void OnDisowned(KernelDoor kernel)
    {
    }

    protected abstract void OnCompletion(KernelDoor kernel, in Cqe completion);

    /// <summary>The ring stops: what goes on by this is to end soon. Called by the ring's owner.</summary>
    public virtual void Stop(KernelDoor kernel)
    {
    }

    /// <summary>
    /// No request is disowned any more, so that this operation is told of all there is. Called by the ring's owner.
    /// </summary>
    public virtual void OnLastDisownedEnded(KernelDoor kernel)
    {
    }

    /// <summary>
    /// The ring has failed, and nobody will be told of this completion: what it brought is given back. Called by the
    /// ring's last owner.
    /// </summary>
    public virtual void Discard(in Cqe completion)
    {
    }

    /// <summary>The ring has failed: no completion will come. Called once by the ring's last owner.</summary>
    public virtual void Abandon(Exception fault)
    {
    }

    /// <summary>Asks the kernel to end it soon; nothing happens where it is not in flight.</summary>
    /// <remarks>Safe: the entry is filled before the next call that could submit it.</remarks>
    public unsafe void Cancel(KernelDoor kernel)
    {
        if (!IsInFlight) return;
        var entry = kernel.NextEntry();
        entry->Opcode = IoUringOp.AsyncCancel;
        entry->Fd = -1;
        entry->Address = Identity;
    }
}
