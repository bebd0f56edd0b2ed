using System.Runtime.InteropServices;
using Tipi.Transport.Uring.Native;
using Tipi.Transport.Uring.Rings;

namespace Tipi.Transport.Uring.Operations;

/// <summary>
/// Calls back once, on the ring: after a while, or when it is cancelled. For rare waits; a connection has none.
/// </summary>
/// <remarks>Safe: the kernel copies the time span when it takes the entry, and it lives until the completion.</remarks>
internal sealed unsafe class TimeoutOperation(Action<RingLoop> over) : Operation
{
    private KernelTimespec* _span;

    public void Start(RingLoop loop, TimeSpan span)
    {
        loop.Operations.Admit(this);
        _span = (KernelTimespec*)NativeMemory.Alloc((nuint)sizeof(KernelTimespec));
        _span->Seconds = span.Ticks / TimeSpan.TicksPerSecond;
        _span->Nanoseconds = span.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick;
        var entry = Submit(loop, IoUringOp.Timeout, -1);
        entry->Address = (ulong)_span;
        entry->Length = 1;
    }

    protected override void OnCompletion(RingLoop loop, in Cqe completion)
    {
        NativeMemory.Free(_span);
        loop.Operations.Vacate(this);
        over(loop);
    }
}
