using System.Runtime.InteropServices;
using Tipi.Transport.Uring.Connections;
using Tipi.Transport.Uring.Native;
using Tipi.Transport.Uring.Rings;

namespace Tipi.Transport.Uring.Operations;

/// <summary>
/// Sends what a connection has queued, gathered from as many blocks as fit. Lent by the ring for the time of one send,
/// so that an idle connection has none.
/// </summary>
/// <remarks>
/// Safe: the header and vectors are native memory that lives as long as this object is admitted; the blocks stay in
/// the connection's send queue, which neither moves nor returns them before the completion.
/// </remarks>
internal sealed unsafe class SendOperation : Operation
{
    /// <summary>Blocks in one send: 128 KiB, twice what a connection buffers by default.</summary>
    public const int MaxVectors = 32;

    private readonly MessageHeader* _message;
    private RingSocket? _socket;

    public SendOperation()
    {
        _message = (MessageHeader*)NativeMemory.AllocZeroed(
            (nuint)(sizeof(MessageHeader) + MaxVectors * sizeof(IoVector)));
        _message->Vectors = (IoVector*)(_message + 1);
    }

    /// <summary>Submits one send of the list's first blocks.</summary>
    public void Start(RingLoop loop, RingSocket socket, in BlockList blocks)
    {
        _socket = socket;
        var head = blocks.Head!;
        if (head.Link is null)
        {
            var single = Submit(loop, IoUringOp.Send, socket.Descriptor);
            single->Address = (ulong)head.DataAddress;
            single->Length = (uint)head.Length;
            single->OpFlags = LibC.MessageNoSignal | LibC.MessageWaitAll;
            return;
        }

        _message->VectorCount = (nuint)Gather(head, _message->Vectors);
        var gathered = Submit(loop, IoUringOp.SendMsg, socket.Descriptor);
        gathered->Address = (ulong)_message;
        gathered->Length = 1;
        gathered->OpFlags = LibC.MessageNoSignal | LibC.MessageWaitAll;
    }

    /// <summary>Sends the list's first blocks at once, without waiting. Bytes taken, or a negated errno.</summary>
    public static int SendNow(int descriptor, in BlockList blocks)
    {
        var head = blocks.Head!;
        if (head.Link is null) return LibC.SendNow(descriptor, head.DataAddress, (nuint)head.Length);
        var vectors = stackalloc IoVector[MaxVectors];
        var message = new MessageHeader { Vectors = vectors, VectorCount = (nuint)Gather(head, vectors) };
        return LibC.SendNow(descriptor, &message);
    }

    /// <summary>Frees the native memory. To be called when nothing is in flight.</summary>
    public void Release() => NativeMemory.Free(_message);

    protected override void OnCompletion(RingLoop loop, in Cqe completion)
    {
        var socket = _socket!;
        _socket = null;
        loop.TakeBack(this);
        socket.OnSent(completion.Result);
    }

    private static int Gather(Block head, IoVector* vectors)
    {
        var count = 0;
        for (Block? block = head; block is not null && count < MaxVectors; block = block.Link)
            vectors[count++] = new IoVector { Address = block.DataAddress, Length = (nuint)block.Length };
        return count;
    }
}
