using System.Runtime.InteropServices;
using Tipi.Transport.Uring.Native;
using Tipi.Transport.Uring.Rings;

namespace Tipi.Transport.Uring.Operations;

/// <summary>Reads the ring's eventfd, so that another thread can end the ring's sleep by writing to it.</summary>
/// <remarks>Safe: the kernel writes the count to native memory that lives until <see cref="Release"/>.</remarks>
internal sealed unsafe class WakeOperation(int eventFd) : Operation
{
    private readonly ulong* _count = (ulong*)NativeMemory.AllocZeroed(sizeof(ulong));

    public void Start(RingLoop loop)
    {
        var entry = Submit(loop, IoUringOp.Read, eventFd);
        entry->Address = (ulong)_count;
        entry->Length = sizeof(ulong);
    }

    /// <summary>Frees the native memory. To be called when nothing is in flight.</summary>
    public void Release() => NativeMemory.Free(_count);

    protected override void OnCompletion(RingLoop loop, in Cqe completion)
    {
        if (completion.Result != -(int)Errno.ECANCELED) Start(loop);
    }
}
