using Tipi.Tidy.Tests.Source;

namespace Tipi.Tidy.Tests.Compiled;

/// <summary>The floors inside each project hold, as it was compiled.</summary>
public sealed class FloorsTests
{
    private static readonly string[][] Plan = [["Low"], ["Left", "Right"], ["High"]];

    /// <summary>
    /// Files in the largest circle of each project. Three is the goal; what is above it is to be cut, and may not grow.
    /// </summary>
    private static readonly Dictionary<string, int> LargestCircle = new()
    {
        ["Tipi.Protocols"] = 2,
        ["Tipi.Transport.Uring"] = 3,
        ["Tipi.Hosting"] = 3,
    };

    public static TheoryData<string> Projects => [.. Floors.Of.Keys];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_folder_uses_lower_floors_only(string project)
    {
        var arrows = Floors.Arrows(project);

        Assert.True(arrows.Count > 30, $"{arrows.Count} arrows were found.");
        Assert.Empty(Floors.Wrong(arrows, Floors.Of[project]));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void No_circle_of_files_grows(string project)
    {
        IReadOnlyList<string> largest = Floors.Circles(Floors.Arrows(project)) is [var first, ..] ? first : [];

        Assert.True(largest.Count == LargestCircle[project], $"{largest.Count}: {string.Join(' ', largest)}");
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void The_README_draws_them(string project)
    {
        string[] drawn =
        [
            .. Repository.Files.Single(file => file.Path == "README.md").Text
                .Split($"\n{project} ")[1].Split("\n\n")[0].Split("\n```")[0].Split('\n')
                .Select(line => line.Trim().Split("  ")[0]).Reverse(),
        ];

        Assert.Equal(Floors.Of[project].Select(floor => string.Join(" | ", floor)), drawn.Select(Undotted));

        static string Undotted(string folder) => folder == "." ? "" : folder;
    }

    // Without these the tests above could look at nothing.
    [Theory]
    [InlineData("Low/A.cs", "High/B.cs")]
    [InlineData("Left/A.cs", "High/B.cs")]
    [InlineData("Left/A.cs", "Right/B.cs")]
    [InlineData("High/A.cs", "Elsewhere/B.cs")]
    [InlineData("Elsewhere/A.cs", "High/B.cs")]
    public void An_arrow_that_does_not_run_down_is_found(string from, string to) =>
        Assert.Single(Floors.Wrong([new Arrow(from, to)], Plan));

    [Theory]
    [InlineData("High/A.cs", "Low/B.cs")]
    [InlineData("Right/A.cs", "Low/B.cs")]
    [InlineData("Low/A.cs", "Low/B.cs")]
    public void An_arrow_that_runs_down_or_stays_is_fine(string from, string to) =>
        Assert.Empty(Floors.Wrong([new Arrow(from, to)], Plan));

    [Fact]
    public void A_circle_is_found_whole()
    {
        Arrow[] arrows =
            [new("a", "b"), new("b", "c"), new("c", "a"), new("c", "d"), new("d", "e"), new("e", "d"), new("e", "f")];

        Assert.Equal([["a", "b", "c"], ["d", "e"]], Floors.Circles(arrows));
    }
}
