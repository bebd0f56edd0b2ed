using System.Runtime.InteropServices;

namespace Tipi.Transport.Uring.Native;

/// <summary><c>struct iovec</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct IoVector
{
    // Safe: only ever the address of pinned memory that the operation owns until its completion.
    public byte* Address;
    public nuint Length;
}
