using System.Runtime.InteropServices;

namespace Tipi.Transport.Uring.Native;

/// <summary>One completion queue entry (<c>struct io_uring_cqe</c>), 16 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Cqe
{
    public ulong UserData;
    public int Result;
    public uint Flags;

    /// <summary>False when this is the last completion of its operation.</summary>
    public readonly bool HasMore => (Flags & IoUringAbi.CqeMore) != 0;

    public readonly bool HasBuffer => (Flags & IoUringAbi.CqeBuffer) != 0;

    public readonly int BufferId => (int)(Flags >> IoUringAbi.CqeBufferShift);
}
