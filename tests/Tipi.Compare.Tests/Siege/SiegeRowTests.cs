using Tipi.Compare.Siege;

namespace Tipi.Compare.Tests.Siege;

/// <summary>The arithmetic of the table of attacks.</summary>
public sealed class SiegeRowTests
{
    [Theory]
    [InlineData(.5, 2)]
    [InlineData(.99, 4)]
    [InlineData(.75, 3)]
    [InlineData(0, 1)]
    public void A_quantile_is_a_value_that_was_measured(double part, double expected) =>
        Assert.Equal(expected, SiegeRow.Quantile([1, 2, 3, 4], part));

    [Fact]
    public void Growth_is_counted_by_connection()
    {
        var row = new SiegeRow("idle", "tipi")
        {
            Outcome = "2× closed after 1.0–2.0 s",
            Connections = 2,
            BaseBytes = 1 << 20,
            PeakBytes = 3 << 20,
            AfterBytes = 2 << 20,
            BoundBytes = 64 * 1024,
            CpuSeconds = 1.5,
            Outcomes = 30000,
            KeptBeforeMs = [1],
            NewBeforeMs = [2],
            KeptMs = [1, 2, 3, 4],
            NewMs = [],
            Errors = 0,
            DescriptorsBefore = 90,
            DescriptorsAfter = 91,
        };

        Assert.Equal(SiegeRow.Titles.Count, row.Cells.Count);
        Assert.Equal(
            [
                "idle", "tipi", row.Outcome, "1.0", "3.0", "2.0", "1024.0", "64", "1.50", "50.0", "1.0/1.0/1.0",
                "2.0/4.0/4.0", "2.0/2.0/2.0", "–", "0", "90→91",
            ],
            row.Cells);
    }

    [Fact]
    public void Memory_that_shrank_did_not_grow() => Assert.Equal(0, new SiegeRow("idle", "tipi")
    {
        Outcome = "",
        Connections = 1,
        BaseBytes = 2,
        PeakBytes = 1,
        AfterBytes = 1,
        CpuSeconds = 0,
        Outcomes = 1,
        KeptBeforeMs = [],
        NewBeforeMs = [],
        KeptMs = [],
        NewMs = [],
        Errors = 0,
        DescriptorsBefore = 0,
        DescriptorsAfter = 0,
    }.GrownBytes);
}
