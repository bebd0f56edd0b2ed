using System.Runtime.InteropServices;
using Tipi.Transport.Uring.Native;

namespace Tipi.Transport.Uring.Rings;

/// <summary>
/// Calls back once, on the ring: after a while, or when it is cancelled. For rare waits; a connection has none.
/// </summary>
/// <remarks>Safe: the kernel copies the time span when it takes the entry, and it lives until the completion.</remarks>
internal sealed unsafe class TimeoutOperation(Action over) : Operation
{
    private RingLoop? _loop;
    private KernelTimespec* _span;

    public void Start(RingLoop loop, TimeSpan span)
    {
        _loop = loop;
        loop.Operations.Admit(this);
        _span = (KernelTimespec*)NativeMemory.Alloc((nuint)sizeof(KernelTimespec));
        _span->Seconds = span.Ticks / TimeSpan.TicksPerSecond;
        _span->Nanoseconds = span.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick;
        var entry = Submit(loop.Kernel, IoUringOp.Timeout, -1);
        entry->Address = (ulong)_span;
        entry->Length = 1;
    }

    protected override bool CanBeginAnew => true;

    // Rather too early than not before the thread wakes that submitted it.
    protected override void OnDisowned(KernelDoor kernel) => End();

    protected override void OnCompletion(KernelDoor kernel, in Cqe completion) => End();

    private void End()
    {
        NativeMemory.Free(_span);
        _loop!.Operations.Vacate(this);
        over();
    }
}
