using Microsoft.Extensions.Logging;
using Tipi.Transport.Uring.Rings;

namespace Tipi.Transport.Uring;

/// <summary>What the transport has to say for itself.</summary>
internal static partial class TransportLog
{
    /// <summary>Writes what a ring reports.</summary>
    public static void Write(ILogger logger, RingReport report)
    {
        var detail = report.Detail?.ToString() ?? "";
        switch (report.Event)
        {
            case RingEvent.AcceptPaused:
                AcceptPaused(logger, detail);
                break;
            case RingEvent.ThreadsShort:
                ThreadsShort(logger);
                break;
            case RingEvent.RingReplaced:
                RingReplaced(logger, detail);
                break;
            case RingEvent.RingsGivenUp:
                RingsGivenUp(logger, report.Fault, RingFailures.MostReplaced + 1, RingFailures.Span);
                break;
            case RingEvent.RingShort:
                RingShort(logger, detail);
                break;
            case RingEvent.RingsReduced:
                var (made, wanted) = ((int, int))report.Detail!;
                RingsReduced(logger, made, wanted);
                break;
            default:
                Fault(logger, report.Fault);
                break;
        }
    }

    [LoggerMessage(1, LogLevel.Warning,
        "Accepting connections pauses: the system is out of resources, or almost ({Errno}). It goes on by itself; " +
        "for EMFILE raise the limit of open files (ulimit -n, LimitNOFILE=).")]
    public static partial void AcceptPaused(ILogger logger, string errno);

    [LoggerMessage(2, LogLevel.Error, "A callback on a ring's thread failed, or the ring itself did.")]
    public static partial void Fault(ILogger logger, Exception? exception);

    [LoggerMessage(8, LogLevel.Warning,
        "Another ring has taken the place of ring {Ring}, which failed. The connections of that ring were aborted.")]
    public static partial void RingReplaced(ILogger logger, string ring);

    [LoggerMessage(9, LogLevel.Critical,
        "Rings failed {Times} times in {Span}, and no further one is made. The host is asked to stop.")]
    public static partial void RingsGivenUp(ILogger logger, Exception? exception, int times, TimeSpan span);

    [LoggerMessage(10, LogLevel.Warning,
        "A ring waits: the system is out of resources ({Errno}). It goes on by itself.")]
    public static partial void RingShort(ILogger logger, string errno);

    [LoggerMessage(11, LogLevel.Warning,
        "The limit of locked memory leaves room for {Made} of {Wanted} rings, and for smaller ones only. To have " +
        "them whole raise it (ulimit -l, LimitMEMLOCK=).")]
    public static partial void RingsReduced(ILogger logger, int made, int wanted);

    [LoggerMessage(3, LogLevel.Warning, "io_uring is not available: {Cause}; {Remedy}. The server uses sockets.")]
    public static partial void RingMissing(ILogger logger, string cause, string remedy);

    [LoggerMessage(7, LogLevel.Warning,
        "The system gives no more threads: a handler that blocks holds its ring up until it returns. Raise what " +
        "limits them: pids.max of the control group, ulimit -u, or memory.")]
    public static partial void ThreadsShort(ILogger logger);
}
