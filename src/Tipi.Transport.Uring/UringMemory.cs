using Tipi.Transport.Uring.Rings;

namespace Tipi.Transport.Uring;

/// <summary>Buffer memory of the rings of this process.</summary>
public static class UringMemory
{
    /// <summary>
    /// Bytes of the pinned blocks of 4 KiB: received but not yet read, written but not yet sent, offered to the kernel,
    /// or kept for reuse (at most 64 MiB in total, and 1 MiB per ring). The garbage collector reports them as part of
    /// the pinned heap.
    /// </summary>
    public static long HeldBytes => BlockPool.HeldBytes;
}
