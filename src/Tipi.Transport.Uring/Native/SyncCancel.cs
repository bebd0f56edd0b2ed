using System.Runtime.InteropServices;

namespace Tipi.Transport.Uring.Native;

/// <summary>Cancels requests and waits for it (<c>struct io_uring_sync_cancel_reg</c>), 64 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SyncCancel
{
    public ulong Address;
    public int Fd;
    public uint Flags;
    public KernelTimespec Timeout;
    public ulong Opcode;
    public ulong Reserved0, Reserved1, Reserved2;
}
