using Microsoft.Extensions.Logging;

namespace Tipi.Transport.Uring;

/// <summary>What the transport has to say for itself.</summary>
internal static partial class TransportLog
{
    /// <summary>A shortage that lasts is reported once in this time.</summary>
    public const long ShortageQuietMs = 60_000;

    [LoggerMessage(1, LogLevel.Warning,
        "Accepting connections pauses: the system is out of resources ({Errno}). It goes on by itself; for EMFILE " +
        "raise the limit of open files (ulimit -n, LimitNOFILE=).")]
    public static partial void AcceptPaused(ILogger logger, string errno);

    [LoggerMessage(2, LogLevel.Error, "A callback on a ring's thread failed, or the ring itself did.")]
    public static partial void Fault(ILogger logger, Exception exception);

    [LoggerMessage(3, LogLevel.Warning, "io_uring is not available: {Cause}; {Remedy}. The server uses sockets.")]
    public static partial void RingMissing(ILogger logger, string cause, string remedy);
}
