using System.Runtime.InteropServices;

namespace Tipi.Transport.Uring.Native;

/// <summary>What io_uring_setup is given and fills in (<c>struct io_uring_params</c>), 120 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct IoUringParams
{
    public uint SqEntries, CqEntries, Flags, SqThreadCpu, SqThreadIdle, Features, WqFd;
    public uint Reserved0, Reserved1, Reserved2;
    public SqRing Sq;
    public CqRing Cq;

    /// <summary>Offsets inside the submission ring's mapping (<c>struct io_sqring_offsets</c>).</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct SqRing
    {
        public uint Head, Tail, RingMask, RingEntries, Flags, Dropped, Array, Reserved1;
        public ulong UserAddress;
    }

    /// <summary>Offsets inside the completion ring's mapping (<c>struct io_cqring_offsets</c>).</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct CqRing
    {
        public uint Head, Tail, RingMask, RingEntries, Overflow, Cqes, Flags, Reserved1;
        public ulong UserAddress;
    }
}
