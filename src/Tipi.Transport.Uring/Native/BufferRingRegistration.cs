using System.Runtime.InteropServices;

namespace Tipi.Transport.Uring.Native;

/// <summary>Registers a ring of provided buffers (<c>struct io_uring_buf_reg</c>), 40 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct BufferRingRegistration
{
    public ulong RingAddress;
    public uint RingEntries;
    public ushort GroupId;
    public ushort Flags;
    public ulong Reserved0, Reserved1, Reserved2;
}
