namespace Tipi.Transport.Uring.Rings;

/// <summary>What a ring has to report.</summary>
internal enum RingEvent
{
    /// <summary>A callback that was called for a ring threw.</summary>
    CallbackFailed,

    /// <summary>A ring failed; its connections went with it.</summary>
    RingFailed,

    /// <summary>Another ring has taken the place of one that failed.</summary>
    RingReplaced,

    /// <summary>Rings fail again and again; no further one is made.</summary>
    RingsGivenUp,

    /// <summary>A ring waits, since the system is short of something.</summary>
    RingShort,

    /// <summary>The rings are smaller or fewer than ordinary ones, for want of locked memory.</summary>
    RingsReduced,

    /// <summary>Accepting pauses, since the system is short of something.</summary>
    AcceptPaused,

    /// <summary>The system gives no thread to take a ring over.</summary>
    ThreadsShort,
}
