using Tipi.Compare.Load;
using Tipi.Compare.Peers;
using Tipi.Compare.Report;
using Tipi.Compare.Scenarios;

namespace Tipi.Compare.Tests.Report;

public class TableTests
{
    private static readonly LoadScenario Scenario =
        new("plain", "Plain", Workload.Plaintext, new WrkLoad(1)) { Goal = new Goal(Metric.Cpu, 0.5) };

    [Theory]
    [InlineData(5, "met with 0.50")]
    [InlineData(6, "missed with 0.60")]
    public void Verdict_says_whether_the_ratio_reaches_the_goal(double cpu, string wanted)
    {
        var table = new Table(Scenario, [RowTests.RowOf("kestrel", 10), RowTests.RowOf("tipi", cpu)]);

        Assert.EndsWith(wanted, table.Verdict, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failed_row_meets_no_goal()
    {
        var failed = RowTests.RowOf("tipi", 1);
        failed.Fail("reset");
        var table = new Table(Scenario, [RowTests.RowOf("kestrel", 10), failed]);

        Assert.EndsWith("the row failed", table.Verdict, StringComparison.Ordinal);
    }

    [Fact]
    public void Columns_without_any_figure_are_left_out()
    {
        var table = new Table(Scenario, [RowTests.RowOf("kestrel", 10)]);

        Assert.Equal([Metric.Cpu], table.Columns);
    }
}
