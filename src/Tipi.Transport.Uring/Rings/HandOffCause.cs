namespace Tipi.Transport.Uring.Rings;

/// <summary>Why a ring is taken from its worker.</summary>
internal enum HandOffCause
{
    /// <summary>The call waits for something, or computes.</summary>
    Blocked,

    /// <summary>The call waits where nothing reaches it: for a disk, a page or a child.</summary>
    BlockedUninterruptibly,

    /// <summary>It is not known that the call is to blame: the machine may just be busy.</summary>
    Unknown,
}
