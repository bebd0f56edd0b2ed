using Tipi.Transport.Uring.Native;
using Tipi.Transport.Uring.Rings;

namespace Tipi.Transport.Uring.Connections;

/// <summary>Closes a connection's descriptor, together with whatever else the turn submits.</summary>
/// <param name="loop">The connection's ring.</param>
/// <param name="descriptor">The connection's descriptor.</param>
/// <param name="closed">Called with <paramref name="owner"/> when it is closed, by the ring's owner.</param>
/// <param name="owner">Whose the descriptor was.</param>
internal sealed class CloseOperation(RingLoop loop, int descriptor, Action<object> closed, object owner) : Operation
{
    /// <summary>Safe: names no memory.</summary>
    public unsafe void Start()
    {
        loop.Operations.Admit(this);
        _ = Submit(loop.Kernel, IoUringOp.Close, descriptor);
    }

    protected override void OnCompletion(KernelDoor kernel, in Cqe completion)
    {
        loop.Operations.Vacate(this);
        closed(owner);
    }
}
