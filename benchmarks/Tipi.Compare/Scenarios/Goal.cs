using System.Globalization;

namespace Tipi.Compare.Scenarios;

/// <summary>
/// What Tipi is to reach in a scenario: a ratio to Kestrel, or an absolute value. <see cref="AtLeast"/> turns the
/// comparison round.
/// </summary>
internal sealed record Goal(Metric Metric, double Limit, bool IsRatio = true, bool AtLeast = false)
{
    public bool IsMet(double value) => AtLeast ? value >= Limit : value <= Limit;

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Metric.Title} {(AtLeast ? "≥" : "≤")} {Limit:0.##}{(IsRatio ? " × kestrel" : "")}");
}
