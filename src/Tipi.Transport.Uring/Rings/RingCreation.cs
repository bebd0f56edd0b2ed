using Tipi.Transport.Uring.Native;

namespace Tipi.Transport.Uring.Rings;

/// <summary>
/// Makes the rings of a group, as large and as many as the limit of locked memory allows: the ordinary ones, or smaller
/// ones, or fewer of the smallest.
/// </summary>
internal sealed class RingCreation(
    UringTransportOptions options, Sentinel sentinel, ReportQueue<RingReport> reports,
    Action<RingCrew, Exception> failed)
{
    // More rings than this bring contention rather than speed, and their buffers cost memory.
    private const int MaxRings = 64;

    // A ring that was closed gives its locked memory back a little later.
    private const int TriesPerRing = 5;
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(20);

    /// <summary>What the rings that were made have in common.</summary>
    public RingSetup? Setup { get; private set; }

    /// <exception cref="IOException">The kernel gives not one ring, or refuses for another reason.</exception>
    public RingCrew[] Create()
    {
        // The runtime's count respects the affinity mask and the control group's quota.
        var wanted = options.RingCount > 0 ? options.RingCount : Math.Min(Environment.ProcessorCount, MaxRings);
        for (var i = 0; ; i++)
        {
            var isSmallest = i == RingSize.All.Length - 1;
            var setup = new RingSetup(options.Scheduling, sentinel, reports, RingSize.All[i]);
            List<RingCrew> crews = [];
            var refusal = TryCreate(crews, wanted, setup);
            if (crews.Count == wanted || (isSmallest && crews.Count > 0))
            {
                if (i > 0) reports.Add(new RingReport(RingEvent.RingsReduced, Detail: (crews.Count, wanted)));
                Setup = setup;
                return [.. crews];
            }

            foreach (var crew in crews) crew.Loop.Dispose();
            if (isSmallest) throw refusal!;
        }
    }

    // What stands in the way of more rings is told where it is the want of locked memory, and thrown otherwise.
    private IOException? TryCreate(List<RingCrew> crews, int wanted, RingSetup setup)
    {
        try
        {
            for (var tries = 0; crews.Count < wanted;)
            {
                try
                {
                    crews.Add(new RingCrew(crews.Count, setup, failed));
                    tries = 0;
                }
                catch (IOException e) when (ErrnoTranslation.IsOf(e, Errno.ENOMEM))
                {
                    if (++tries == TriesPerRing) return e;
                    Thread.Sleep(s_pause);
                }
            }

            return null;
        }
        catch
        {
            foreach (var crew in crews) crew.Loop.Dispose();
            throw;
        }
    }
}
