using Tipi.Compare.Scenarios;

namespace Tipi.Compare.Report;

/// <summary>One server's rounds in one scenario; a round is null when it was not measured.</summary>
internal sealed class Row(string server)
{
    private readonly List<Sample?> _rounds = [];

    public string Server => server;

    public IReadOnlyList<Sample?> Rounds => _rounds;

    /// <summary>Why the row does not count, or null.</summary>
    public string? Failure { get; private set; }

    public void Add(Sample sample) => _rounds.Add(sample);

    public void Fail(string reason)
    {
        _rounds.Add(null);
        Failure ??= reason;
    }

    public double? Median(Metric metric) =>
        Statistics.Median(_rounds.Select(round => round?[metric]).OfType<double>());

    /// <summary>The median of the ratios of the rounds, each to the reference's same round.</summary>
    public double? RatioTo(Row reference, Metric metric)
    {
        var pairs = _rounds.Zip(reference._rounds, (mine, theirs) => mine?[metric] / theirs?[metric]);
        return Statistics.Median(pairs.OfType<double>().Where(double.IsFinite));
    }
}
