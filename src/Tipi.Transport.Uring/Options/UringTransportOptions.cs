using System.Net;
using System.Net.Sockets;

namespace Tipi.Transport.Uring;

/// <summary>
/// Options of the io_uring transport. Names and defaults are those of the sockets transport where it has them.
/// </summary>
public sealed class UringTransportOptions
{
    // More is a mistake of units: each ring has a thread and two megabytes of its own.
    private const int MostRings = 1024;

    private static readonly TimeSpan s_leastBudget = TimeSpan.FromMilliseconds(1);

    // A thread cannot sleep for longer than 24 days at a time, and who blocks for a day is not short of hand-offs.
    private static readonly TimeSpan s_mostBudget = TimeSpan.FromDays(1);

    /// <summary>
    /// Number of rings, each with its own I/O thread, up to 1024. Default: 0, one for each CPU that this process may
    /// use.
    /// </summary>
    public int RingCount { get; set; }

    /// <summary>
    /// Where code that awaits a connection's pipes continues. Default: <see cref="RingScheduling.Inline"/>.
    /// </summary>
    public RingScheduling Scheduling { get; set; } = RingScheduling.Inline;

    /// <summary>
    /// How long inline code may hold a ring before a spare thread takes the ring over. Default: 4 ms, long enough for
    /// ordinary handlers and short enough that a blocking handler does not delay others noticeably. From 1 ms to 1 day.
    /// </summary>
    public TimeSpan HandOffBudget { get; set; } = TimeSpan.FromMilliseconds(4);

    /// <summary>Maximum number of connections that the kernel queues before they are accepted. Default: 512.</summary>
    public int Backlog { get; set; } = 512;

    /// <summary>Sends small segments immediately (TCP_NODELAY). Default: true.</summary>
    public bool NoDelay { get; set; } = true;

    /// <summary>
    /// Lets several processes listen on one port (SO_REUSEPORT). Default: false, so that startup fails if the port is
    /// in use.
    /// </summary>
    public bool ReusePort { get; set; }

    /// <summary>
    /// Creates the socket of an endpoint, bound but not listening yet. Default: null, the transport creates it.
    /// </summary>
    public Func<EndPoint, Socket>? CreateBoundListenSocket { get; set; }

    /// <summary>
    /// Received but unread bytes after which a connection stops receiving. Default: 1 MiB. Null: no limit.
    /// </summary>
    public long? MaxReadBufferSize { get; set; } = 1024 * 1024;

    /// <summary>
    /// Written but unsent bytes of a connection after which a flush waits. Default: 64 KiB. Null: no limit.
    /// </summary>
    public long? MaxWriteBufferSize { get; set; } = 64 * 1024;

    /// <summary>Refuses values that cannot work, before anything is opened.</summary>
    internal void Check()
    {
        Require(
            RingCount is >= 0 and <= MostRings, nameof(RingCount), RingCount,
            $"0 for one ring per CPU, or a number up to {MostRings}");
        Require(
            Scheduling is RingScheduling.Inline or RingScheduling.ThreadPool, nameof(Scheduling), Scheduling,
            "Inline or ThreadPool");
        Require(
            HandOffBudget >= s_leastBudget && HandOffBudget <= s_mostBudget, nameof(HandOffBudget), HandOffBudget,
            "from 1 ms to 1 day");
        Require(Backlog > 0, nameof(Backlog), Backlog, "1 or more");
        Require(MaxReadBufferSize is null or > 0, nameof(MaxReadBufferSize), MaxReadBufferSize, "null, 1 or more");
        Require(MaxWriteBufferSize is null or >= 0, nameof(MaxWriteBufferSize), MaxWriteBufferSize, "null, 0 or more");
    }

    private static void Require(bool isGood, string option, object? value, string wanted)
    {
        if (!isGood) throw new ArgumentException($"UringTransportOptions.{option} is {value}; it must be {wanted}.");
    }
}
