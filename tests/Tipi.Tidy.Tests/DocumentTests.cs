using System.Text.RegularExpressions;
using Tipi.Tidy.Tests.Source;

namespace Tipi.Tidy.Tests;

/// <summary>What the documents name is there: paths, each other, and the headings that links lead to.</summary>
public sealed partial class DocumentTests
{
    private const int LongestLine = 120;

    public static TheoryData<string> Paths => [.. Document.All.Select(document => document.Path)];

    [Fact]
    public void All_are_found()
    {
        string[] some = ["README.md", "benchmarks/README.md", "docs/LOGS.md", "docs/OPTIONS.md"];

        Assert.Empty(some.Except(Document.All.Select(document => document.Path)));
        Assert.Contains("samples/MinimalApi", ProjectPathsOf("README.md"));
        Assert.Contains("docs/OPTIONS.md", Find("README.md").Links);
        Assert.Contains("moving-from-kestrel", Find("README.md").Anchors);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Every_path_is_there(string document) => Assert.All(
        ProjectPathsOf(document), path => Assert.True(Path.Exists(Path.Combine(Repository.Root, path)), path));

    [Theory]
    [MemberData(nameof(Paths))]
    public void Every_link_leads_somewhere(string document) => Assert.All(Find(document).Links, link =>
    {
        string[] parts = link.Split('#');
        string target = parts[0].Length == 0 ? document : Resolve(document, parts[0]);
        Assert.True(Path.Exists(Path.Combine(Repository.Root, target)), link);
        if (parts.Length > 1) Assert.Contains(parts[1], Find(target).Anchors);
    });

    [Theory]
    [MemberData(nameof(Paths))]
    public void A_package_is_read_where_the_repository_is_not(string document)
    {
        if (document.StartsWith("src/", StringComparison.Ordinal)) Assert.Empty(Find(document).Links);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Lines_are_of_120_columns(string document)
    {
        // This one is written by a program.
        if (document == "docs/PARITY-WITH-KESTREL.md") return;
        Assert.DoesNotContain(
            Find(document).Lines, one => one.Line.Length > LongestLine && !one.Line.StartsWith('|'));
    }

    private static Document Find(string path) => Document.All.Single(document => document.Path == path);

    private static IEnumerable<string> ProjectPathsOf(string document) =>
        ProjectPath().Matches(Find(document).Text).Select(match => match.Groups[1].Value).Distinct();

    private static string Resolve(string document, string link) => Path.GetRelativePath(
        Repository.Root, Path.GetFullPath(Path.Combine(Repository.Root, Path.GetDirectoryName(document)!, link)));

    [GeneratedRegex(@"(?<![\w/.])((?:src|tests|samples|benchmarks|docs|\.ci)/[\w./-]*\w)")]
    private static partial Regex ProjectPath();
}
