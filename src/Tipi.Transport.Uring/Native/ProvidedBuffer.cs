using System.Runtime.InteropServices;

namespace Tipi.Transport.Uring.Native;

/// <summary>
/// One provided buffer (<c>struct io_uring_buf</c>), 16 bytes. The tail of the whole ring lies over the last field of
/// entry 0.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ProvidedBuffer
{
    public ulong Address;
    public uint Length;
    public ushort Id;
    public ushort Tail;
}
