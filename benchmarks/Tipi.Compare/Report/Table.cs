using System.Globalization;
using Tipi.Compare.Peers;
using Tipi.Compare.Scenarios;

namespace Tipi.Compare.Report;

/// <summary>One scenario's rows.</summary>
internal sealed record Table(IScenario Scenario, IReadOnlyList<Row> Rows)
{
    private const string Candidate = "tipi";

    public Row? Reference => Rows.FirstOrDefault(row => row.Server == PeerCatalog.Reference);

    /// <summary>Columns that any row has a value for.</summary>
    public IEnumerable<Metric> Columns =>
        Scenario.Metrics.Where(metric => Rows.Any(row => row.Median(metric) is not null));

    /// <summary>A cell: the median, and the ratio to the reference where there is one.</summary>
    public string Cell(Row row, Metric metric)
    {
        if (row.Median(metric) is not { } median)
            return "–";
        var ratio = HasRatio(metric) && Reference is { } reference ? row.RatioTo(reference, metric) : null;
        return ratio is null
            ? metric.Write(median)
            : string.Create(CultureInfo.InvariantCulture, $"{metric.Write(median)} (×{ratio.Value:0.00})");
    }

    /// <summary>One line that says whether the goal was met, or null without goal or figures.</summary>
    public string? Verdict
    {
        get
        {
            var row = Rows.FirstOrDefault(row => row.Server == Candidate);
            if (Scenario.Goal is not { } goal || row is null)
                return null;
            if (row.Failure is not null)
                return $"goal {goal}: not met, the row failed";
            var value = goal.IsRatio
                ? Reference is { } reference ? row.RatioTo(reference, goal.Metric) : null
                : row.Median(goal.Metric);
            if (value is null)
                return null;
            var outcome = goal.IsMet(value.Value) ? "met" : "missed";
            return string.Create(CultureInfo.InvariantCulture, $"goal {goal}: {outcome} with {value.Value:0.00}");
        }
    }

    private static bool HasRatio(Metric metric) =>
        metric != Metric.Utilisation && metric != Metric.Others && metric != Metric.AnswerBytes
        && metric != Metric.WarmUp;
}
