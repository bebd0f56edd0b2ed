using Tipi.Compare.Scenarios;

namespace Tipi.Compare.Load;

/// <summary>What a client counted while it loaded a server.</summary>
/// <param name="Figures">Latencies and the like.</param>
internal sealed record LoadReport(long Answers, TimeSpan Duration, IReadOnlyDictionary<Metric, double> Figures)
{
    /// <summary>Bytes of an answer on average, or null where they were not counted.</summary>
    public double? AnswerBytes { get; init; }

    /// <summary>Requests at most that were under way when it ended, whose bytes were counted too.</summary>
    public int UnderWay { get; init; }

    /// <summary>CPU time of a client that still runs; that of one which ended is its parent's.</summary>
    public TimeSpan ClientCpu { get; init; }
}
