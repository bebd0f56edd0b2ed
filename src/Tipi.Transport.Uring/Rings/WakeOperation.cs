using System.Runtime.InteropServices;
using Tipi.Transport.Uring.Native;

namespace Tipi.Transport.Uring.Rings;

/// <summary>Reads the ring's eventfd, so that another thread can end the ring's sleep by writing to it.</summary>
/// <remarks>Safe: the kernel writes the count to native memory that lives until <see cref="Release"/>.</remarks>
internal sealed unsafe class WakeOperation(int eventFd) : Operation
{
    private readonly ulong* _count = (ulong*)NativeMemory.AllocZeroed(sizeof(ulong));

    public void Start(KernelDoor kernel)
    {
        var entry = Submit(kernel, IoUringOp.Read, eventFd);
        entry->Address = (ulong)_count;
        entry->Length = sizeof(ulong);
    }

    /// <summary>
    /// Has the calling owner's thread woken instead of the one that owned the ring before, which may be unable to.
    /// </summary>
    /// <remarks>
    /// Nothing is lost where the kernel does not find it: then it has just completed, and this thread is awake.
    /// </remarks>
    public void Restart(KernelDoor kernel)
    {
        Cancel(kernel);
        Disown(kernel);
        Start(kernel);
    }

    /// <summary>Frees the native memory. To be called when nothing is in flight.</summary>
    public void Release() => NativeMemory.Free(_count);

    protected override void OnCompletion(KernelDoor kernel, in Cqe completion)
    {
        var errno = completion.Result < 0 ? (Errno)(-completion.Result) : Errno.None;
        if (errno is Errno.ECANCELED) return;
        if (ErrnoTranslation.IsShortage(errno)) kernel.NoteShortage(errno);
        else if (errno is not (Errno.None or Errno.EINTR or Errno.EAGAIN))
            throw ErrnoTranslation.ToIOException("reading the ring's eventfd", errno);
        Start(kernel);
    }
}
