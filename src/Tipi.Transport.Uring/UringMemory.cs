using Tipi.Transport.Uring.Rings;

namespace Tipi.Transport.Uring;

/// <summary>What the rings of this process hold for data that comes and goes.</summary>
public static class UringMemory
{
    /// <summary>
    /// Bytes of the pinned blocks of 4 KiB: received and not yet read, written and not yet sent, offered to the kernel,
    /// or kept for later (at most 64 MiB in all, and 1 MiB a ring). They do not show in the garbage collector's figures
    /// as anything else than the pinned heap.
    /// </summary>
    public static long HeldBytes => BlockPool.HeldBytes;
}
