namespace Tipi.Compare.Scenarios;

/// <summary>The figures of one server in one round.</summary>
internal sealed record Sample(IReadOnlyDictionary<Metric, double> Values)
{
    public double? this[Metric metric] => Values.TryGetValue(metric, out var value) ? value : null;
}
