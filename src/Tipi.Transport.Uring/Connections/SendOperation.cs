using System.Runtime.CompilerServices;
using Tipi.Transport.Uring.Native;
using Tipi.Transport.Uring.Rings;

namespace Tipi.Transport.Uring.Connections;

/// <summary>
/// Sends what a connection has queued, gathered from as many blocks as fit. Lent by the ring for the time of one send,
/// so that an idle connection has none.
/// </summary>
/// <remarks>
/// Safe: the header and vectors lie in a pinned array, which this object keeps reachable as the ring's table keeps this
/// object; the blocks stay in the connection's send queue, which neither moves nor returns them before the completion.
/// </remarks>
internal sealed unsafe class SendOperation : Operation
{
    private readonly byte[] _memory;
    private readonly MessageHeader* _message;
    private RingSocket? _socket;

    private SendOperation()
    {
        _memory = GC.AllocateArray<byte>(sizeof(MessageHeader) + GatheredBlocks.Most * sizeof(IoVector), pinned: true);
        _message = (MessageHeader*)Unsafe.AsPointer(ref _memory[0]);
        _message->Vectors = (IoVector*)(_message + 1);
    }

    /// <summary>One that is idle, for one send.</summary>
    public static SendOperation Lend(RingLoop loop) => (SendOperation)loop.Idle.Lend(static () => new SendOperation());

    /// <summary>Submits one send of the list's first blocks.</summary>
    public void Start(KernelDoor kernel, RingSocket socket, in BlockList blocks)
    {
        _socket = socket;
        var head = blocks.Head!;
        if (head.Link is null)
        {
            var single = Submit(kernel, IoUringOp.Send, socket.Descriptor);
            single->Address = (ulong)head.DataAddress;
            single->Length = (uint)head.Length;
            single->OpFlags = LibC.MessageNoSignal | LibC.MessageWaitAll;
            return;
        }

        _message->VectorCount = (nuint)GatheredBlocks.Gather(head, _message->Vectors);
        var gathered = Submit(kernel, IoUringOp.SendMsg, socket.Descriptor);
        gathered->Address = (ulong)_message;
        gathered->Length = 1;
        gathered->OpFlags = LibC.MessageNoSignal | LibC.MessageWaitAll;
    }

    protected override void OnCompletion(KernelDoor kernel, in Cqe completion)
    {
        var socket = _socket!;
        _socket = null;
        socket.Loop.Idle.TakeBack(this);
        socket.OnSent(completion.Result);
    }
}
