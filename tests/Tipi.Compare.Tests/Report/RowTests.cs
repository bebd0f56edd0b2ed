using Tipi.Compare.Report;
using Tipi.Compare.Scenarios;

namespace Tipi.Compare.Tests.Report;

public class RowTests
{
    [Fact]
    public void RatioTo_is_the_median_of_the_rounds_ratios_not_the_ratio_of_medians()
    {
        var reference = RowOf("kestrel", 10, 20, 100);
        var mine = RowOf("tipi", 5, 18, 20);

        Assert.Equal(0.5, mine.RatioTo(reference, Metric.Cpu));
        Assert.Equal(18, mine.Median(Metric.Cpu));
    }

    [Fact]
    public void A_failed_round_fails_the_row_and_pairs_stay_aligned()
    {
        var reference = RowOf("kestrel", 10, 20, 30);
        var mine = RowOf("tipi", 5);
        mine.Fail("reset");
        mine.Add(SampleOf(15));

        Assert.Equal("reset", mine.Failure);
        Assert.Equal(0.5, mine.RatioTo(reference, Metric.Cpu));
    }

    [Fact]
    public void Median_of_nothing_is_nothing() => Assert.Null(new Row("tipi").Median(Metric.Cpu));

    internal static Row RowOf(string server, params double[] cpu)
    {
        var row = new Row(server);
        foreach (var value in cpu)
            row.Add(SampleOf(value));
        return row;
    }

    private static Sample SampleOf(double cpu) => new(new Dictionary<Metric, double> { [Metric.Cpu] = cpu });
}
