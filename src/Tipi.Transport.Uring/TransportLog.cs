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
        "Accepting connections is paused: the system is out of resources, or nearly out ({Errno}). It resumes " +
        "automatically. For EMFILE, raise the limit on open files (ulimit -n, LimitNOFILE=).")]
    public static partial void AcceptPaused(ILogger logger, string errno);

    [LoggerMessage(2, LogLevel.Error, "A callback on an I/O thread failed, or its ring failed.")]
    public static partial void Fault(ILogger logger, Exception? exception);

    [LoggerMessage(8, LogLevel.Warning, "Ring {Ring} failed and was replaced. Its connections were aborted.")]
    public static partial void RingReplaced(ILogger logger, string ring);

    [LoggerMessage(9, LogLevel.Critical,
        "Rings failed {Times} times within {Span}, and no further one is created. The host is asked to stop.")]
    public static partial void RingsGivenUp(ILogger logger, Exception? exception, int times, TimeSpan span);

    [LoggerMessage(10, LogLevel.Warning,
        "A ring is waiting: the system is out of resources ({Errno}). It resumes automatically.")]
    public static partial void RingShort(ILogger logger, string errno);

    [LoggerMessage(11, LogLevel.Warning,
        "The limit on locked memory leaves room for {Made} of {Wanted} rings, at a reduced size only. To get all " +
        "rings at full size, raise the limit (ulimit -l, LimitMEMLOCK=).")]
    public static partial void RingsReduced(ILogger logger, int made, int wanted);

    [LoggerMessage(3, LogLevel.Warning,
        "io_uring is not available: {Cause}. To use it, {Remedy}. The server uses sockets instead.")]
    public static partial void RingMissing(ILogger logger, string cause, string remedy);

    [LoggerMessage(7, LogLevel.Warning,
        "The system cannot start more threads, so a handler that blocks holds its ring until it returns. Raise the " +
        "limit that applies: pids.max of the cgroup, ulimit -u, or memory.")]
    public static partial void ThreadsShort(ILogger logger);
}
