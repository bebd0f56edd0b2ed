using System.Text.RegularExpressions;
using Tipi.Tidy.Tests.Source;

namespace Tipi.Tidy.Tests;

/// <summary>The README is short and begins with what runs; a package's README shows what is tested.</summary>
public sealed partial class ReadmeTests
{
    private const int MostLines = 200;
    private const string Example = "tests/Tipi.Protocols.Tests/Http1/Http1ReaderExampleTests.cs";

    [Fact]
    public void It_is_short() => Assert.InRange(TextOf("README.md").Count(one => one == '\n'), 1, MostLines);

    [Fact]
    public void Its_first_commands_run_the_sample_and_the_tests()
    {
        var commands = CommandBlock().Matches(TextOf("README.md"))
            .SelectMany(block => block.Groups[1].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal(["dotnet run --project samples/MinimalApi", "dotnet test"], commands.Take(2));
    }

    [Fact]
    public void The_example_is_the_one_that_is_tested()
    {
        var source = TextOf(Example);
        var tested = source.Split("// README: begin\n")[1].Split("        // README: end")[0];
        var shown = string.Concat(tested.Split('\n').SkipLast(1).Select(line => Outdent(line) + "\n"));

        Assert.Contains($"```csharp\n{shown}```", TextOf("src/Tipi.Protocols/README.md"), StringComparison.Ordinal);
    }

    private static string TextOf(string path) => Repository.Files.Single(file => file.Path == path).Text;

    private static string Outdent(string line) => line.Length == 0 ? line : line["        ".Length..];

    [GeneratedRegex(@"\n```\n((?:dotnet .*\n)+)```")]
    private static partial Regex CommandBlock();
}
