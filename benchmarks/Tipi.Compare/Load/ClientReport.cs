namespace Tipi.Compare.Load;

/// <summary>What a client of our own says on a line: what it did, or why it failed.</summary>
internal sealed record ClientReport
{
    public string? Failure { get; init; }

    public long Answers { get; init; }

    public double Seconds { get; init; }

    /// <summary>CPU time of the client.</summary>
    public double CpuUs { get; init; }

    public double P50Ms { get; init; }

    public double P99Ms { get; init; }

    public double P999Ms { get; init; }
}
