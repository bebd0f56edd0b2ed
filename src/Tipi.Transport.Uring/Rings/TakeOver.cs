using System.Diagnostics;
using Tipi.Transport.Uring.Native;

namespace Tipi.Transport.Uring.Rings;

/// <summary>
/// How a ring's new owner takes over what waits for an event: receives, accepts, watches, pauses.
/// </summary>
/// <remarks>
/// A request is completed by the thread that submitted it. A late one that sleeps uninterruptibly (a disk, a page
/// fault, vfork) completes nothing, one that sleeps otherwise is disturbed by each completion, and one that ends takes
/// its requests with it. So the new owner has each cancelled, and submits it anew, under a new identity, when the
/// kernel has confirmed that: from then on the old one does nothing, and all that comes goes to the new one, in order.
/// The old one's completion comes when its thread wakes; it is disowned, and only counted.
/// <code>
///   in flight, another's ──cancel──► asked ──0──► disowned, begun anew under the next generation
///                                      └── not found, or running: it ends by itself ──► its completion
/// </code>
/// Used by the ring's owner only. Invariant: no request that names memory to write to or read from is disowned, but the
/// wake-up's, whose memory is kept.
/// </remarks>
internal sealed class TakeOver(KernelDoor kernel, OperationTable operations)
{
    // Some ten microseconds of a turn: on a busy processor a longer turn loses it, and all connections wait.
    private const int RequestsPerTurn = 32;

    private int _next;
    private int _end;

    /// <summary>True while some have not been looked at.</summary>
    public bool IsUnfinished => _next < _end;

    /// <summary>The ring has a new owner.</summary>
    public void Begin() => (_next, _end) = (0, operations.End);

    /// <summary>Takes over some more.</summary>
    public void Continue()
    {
        for (var asked = 0; _next < _end && asked < RequestsPerTurn;)
        {
            if (operations.At(_next++)?.TryTakeOver(kernel) == true) asked++;
        }
    }

    /// <summary>A completion that is no operation's: the answer to a cancel, or the end of what was disowned.</summary>
    public void Complete(in Cqe completion)
    {
        if ((completion.UserData & Operation.TakeOverAnswer) != 0)
        {
            var identity = completion.UserData & ~Operation.TakeOverAnswer;
            operations.Find(identity)?.OnTakeOverAnswer(kernel, completion.Result);
            return;
        }

        if (completion.HasBuffer) kernel.Buffers.Untouched(completion.BufferId);
        if (completion.HasMore) return;
        kernel.DisownedCount--;
        Debug.Assert(kernel.DisownedCount >= 0, "more completions of disowned requests than there were");
        if (kernel.DisownedCount > 0) return;
        for (var slot = 0; slot < operations.End; slot++) operations.At(slot)?.OnLastDisownedEnded(kernel);
    }
}
