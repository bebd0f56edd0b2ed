using System.Runtime.InteropServices;
using Tipi.Transport.Uring.Native;
using Tipi.Transport.Uring.Rings;

namespace Tipi.Transport.Uring.Operations;

/// <summary>Connects a socket to an address.</summary>
/// <remarks>Safe: the address is copied to native memory that lives until the completion.</remarks>
internal sealed unsafe class ConnectOperation(
    int descriptor, ReadOnlyMemory<byte> address, Action<RingLoop, Errno> ended) : Operation
{
    private byte* _address;

    public void Start(RingLoop loop)
    {
        loop.Operations.Admit(this);
        _address = (byte*)NativeMemory.Alloc((nuint)address.Length);
        address.Span.CopyTo(new Span<byte>(_address, address.Length));
        var entry = Submit(loop, IoUringOp.Connect, descriptor);
        entry->Address = (ulong)_address;
        entry->Offset = (ulong)address.Length;
    }

    public override void Abandon(RingLoop loop, Exception fault) => ended(loop, Errno.EIO);

    protected override void OnCompletion(RingLoop loop, in Cqe completion)
    {
        NativeMemory.Free(_address);
        loop.Operations.Vacate(this);
        ended(loop, completion.Result < 0 ? (Errno)(-completion.Result) : Errno.None);
    }
}
