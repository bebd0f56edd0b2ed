using Tipi.Compare.Load;

namespace Tipi.Compare.Tests.Load;

public class RateReportTests
{
    [Theory]
    [InlineData(0.5, 50)]
    [InlineData(0.99, 99)]
    [InlineData(0.999, 100)]
    public void Percentile_is_the_value_that_the_share_stays_within(double share, double wanted)
    {
        double[] sorted = [.. Enumerable.Range(1, 100).Select(number => (double)number)];

        Assert.Equal(wanted, RateReport.Percentile(sorted, share));
    }

    [Fact]
    public void Percentile_of_one_value_is_that_value() => Assert.Equal(7, RateReport.Percentile([7], 0.5));
}
