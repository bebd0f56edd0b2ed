using Tipi.Transport.Uring.Connections;
using Tipi.Transport.Uring.Native;
using Tipi.Transport.Uring.Rings;

namespace Tipi.Transport.Uring.Operations;

/// <summary>Closes a connection's descriptor, together with whatever else the turn submits.</summary>
internal sealed class CloseOperation(RingSocket socket) : Operation
{
    /// <summary>Safe: names no memory.</summary>
    public unsafe void Start(RingLoop loop)
    {
        loop.Operations.Admit(this);
        _ = Submit(loop, IoUringOp.Close, socket.Descriptor);
    }

    protected override void OnCompletion(RingLoop loop, in Cqe completion)
    {
        loop.Operations.Vacate(this);
        socket.OnClosed();
    }
}
