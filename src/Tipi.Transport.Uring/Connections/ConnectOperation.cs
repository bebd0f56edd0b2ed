using System.Runtime.InteropServices;
using Tipi.Transport.Uring.Native;
using Tipi.Transport.Uring.Rings;

namespace Tipi.Transport.Uring.Connections;

/// <summary>Connects a socket to an address.</summary>
/// <remarks>Safe: the address is copied to native memory that lives until the completion.</remarks>
internal sealed unsafe class ConnectOperation(
    RingLoop loop, int descriptor, ReadOnlyMemory<byte> address, Action<Errno> ended) : Operation
{
    private byte* _address;

    public void Start()
    {
        loop.Operations.Admit(this);
        _address = (byte*)NativeMemory.Alloc((nuint)address.Length);
        address.Span.CopyTo(new Span<byte>(_address, address.Length));
        var entry = Submit(loop.Kernel, IoUringOp.Connect, descriptor);
        entry->Address = (ulong)_address;
        entry->Offset = (ulong)address.Length;
    }

    public override void Stop(KernelDoor kernel) => Cancel(kernel);

    public override void Abandon(Exception fault) => ended(Errno.EIO);

    protected override void OnCompletion(KernelDoor kernel, in Cqe completion)
    {
        NativeMemory.Free(_address);
        loop.Operations.Vacate(this);
        ended(completion.Result < 0 ? (Errno)(-completion.Result) : Errno.None);
    }
}
