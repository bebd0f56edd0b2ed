namespace Tipi.Transport.Uring.Rings;

/// <summary>What a thread does, as the kernel sees it.</summary>
internal enum ThreadState
{
    /// <summary>It cannot be looked at.</summary>
    Unknown,

    /// <summary>It runs, or waits for a processor.</summary>
    Runnable,

    /// <summary>It waits for something, and a signal would reach it.</summary>
    Asleep,

    /// <summary>It waits for a disk, a page or a child, and nothing reaches it.</summary>
    AsleepUninterruptibly,
}
