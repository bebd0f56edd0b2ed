namespace Tipi.Transport.Uring.Rings;

/// <summary>What the rings of a group have in common.</summary>
internal sealed record RingSetup(
    RingScheduling Scheduling, Sentinel Sentinel, ReportQueue<RingReport> Reports, RingSize Size);
