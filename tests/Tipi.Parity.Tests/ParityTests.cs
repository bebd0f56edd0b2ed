using Tipi.Parity.Report;
using Tipi.Parity.Servers;

namespace Tipi.Parity.Tests;

/// <summary>Tipi is and does what Kestrel is and does, but for the reasoned list.</summary>
public sealed class ParityTests
{
    private static readonly Lazy<Task<IReadOnlyList<ParityRow>>> s_rows = new(() => ParityRun.AskAsync());

    public static async Task<IEnumerable<TheoryDataRow<string, string>>> Names() =>
        (await s_rows.Value).Select(row => new TheoryDataRow<string, string>(row.Area, row.Name));

    public static IEnumerable<TheoryDataRow<string, string>> Reasoned() =>
        from difference in Differences.All
        from name in difference.Rows
        select new TheoryDataRow<string, string>(difference.Area, name);

    [Theory]
    [MemberData(nameof(Names), DisableDiscoveryEnumeration = true)]
    public async Task Is_the_same_or_has_a_reason(string area, string name)
    {
        ParityRow row = (await s_rows.Value).Single(row => row.Area == area && row.Name == name);

        if (Differences.ReasonOf(row) is null) Assert.Equal(row.Kestrel, row.Tipi);
    }

    [Theory]
    [MemberData(nameof(Reasoned))]
    public async Task A_reason_is_needed(string area, string name)
    {
        ParityRow? row = (await s_rows.Value).SingleOrDefault(row => row.Area == area && row.Name == name);

        Assert.NotNull(row);
        Assert.SkipUnless(Subjects.HasRings, "Without io_uring what differs on rings only does not show.");
        Assert.NotEqual(row.Kestrel, row.Tipi);
    }

    [Fact]
    public void A_row_has_one_reason()
    {
        var twice = Differences.All.SelectMany(one => one.Rows.Select(row => (one.Area, row)))
            .GroupBy(row => row).Where(rows => rows.Count() > 1).Select(rows => rows.Key);

        Assert.Empty(twice);
    }

    [Fact]
    public async Task The_document_is_what_the_program_writes()
    {
        Assert.SkipUnless(Subjects.HasRings, "Without io_uring the document says less.");

        Assert.Equal(await File.ReadAllTextAsync(DocumentFile.Path), Document.Write(await s_rows.Value));
    }

    // A comparison of nothing would be green.
    [Fact]
    public async Task Every_area_has_rows_with_values()
    {
        var rows = await s_rows.Value;

        foreach (IArea area in ParityRun.Areas)
        {
            int same = rows.Count(row => row.Area == area.Name && row.IsSame && row.Kestrel.Length > 3);
            Assert.True(same >= 5, $"{area.Name}: {same} rows");
        }
    }
}
