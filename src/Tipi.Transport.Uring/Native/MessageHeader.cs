using System.Runtime.InteropServices;

namespace Tipi.Transport.Uring.Native;

/// <summary><c>struct msghdr</c>, 56 bytes on 64-bit Linux.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct MessageHeader
{
    // Safe: these point into native memory that lives as long as the send that uses it.
    public void* Name;
    public uint NameLength;
    public IoVector* Vectors;
    public nuint VectorCount;
    public void* Control;
    public nuint ControlLength;
    public int Flags;
}
