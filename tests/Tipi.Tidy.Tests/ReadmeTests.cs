using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Tipi.Hosting;
using Tipi.Tidy.Tests.Source;
using Tipi.Transport.Uring;

namespace Tipi.Tidy.Tests;

/// <summary>What the README says of the code is so: its options, its paths, its example.</summary>
public sealed partial class ReadmeTests
{
    private const string Example = "tests/Tipi.Protocols.Tests/Http1/Http1ReaderExampleTests.cs";

    private static readonly string Readme = Repository.Files.Single(file => file.Path == "README.md").Text;

    public static TheoryData<string, Type> Options => new()
    {
        { "", typeof(TipiServerOptions) },
        { "AccessLog.", typeof(AccessLogOptions) },
        { "Limits.", typeof(TipiServerLimits) },
        { "Limits.Http2.", typeof(Http2Limits) },
        { "Uring.", typeof(UringTransportOptions) },
    };

    [Theory]
    [MemberData(nameof(Options))]
    public void Every_option_is_listed(string prefix, Type options)
    {
        // These are other names of Scheduling and of the limits on buffers.
        string[] elsewhere = ["Uring.Scheduling", "Uring.MaxReadBufferSize", "Uring.MaxWriteBufferSize"];
        var missing = options.GetProperties()
            .Select(property => prefix + property.Name)
            .Where(name => name is not ("AccessLog" or "Limits" or "Limits.Http2" or "Uring"))
            .Where(name => !elsewhere.Contains(name))
            .Where(name => !Readme.Contains($"\n| `{name}` |", StringComparison.Ordinal));

        Assert.Empty(missing);
    }

    [Fact]
    public void Every_listed_option_is_there()
    {
        var known = Options.SelectMany(row => row.Data.Item2.GetProperties().Select(p => row.Data.Item1 + p.Name));

        Assert.Empty(OptionRow().Matches(Readme).Select(row => row.Groups[1].Value).Except(known));
    }

    [Fact]
    public void Every_path_is_there()
    {
        var paths = ProjectPath().Matches(Readme).Select(match => match.Groups[1].Value).Distinct().ToList();

        Assert.Contains("samples/MinimalApi", paths);
        Assert.All(paths, path => Assert.True(Path.Exists(Path.Combine(Repository.Root, path)), path));
    }

    [Fact]
    public void The_example_is_the_one_that_is_tested()
    {
        var source = Repository.Files.Single(file => file.Path == Example).Text;
        var tested = source.Split("// README: begin\n")[1].Split("        // README: end")[0];
        var shown = string.Concat(tested.Split('\n').SkipLast(1).Select(line => Outdent(line) + "\n"));

        Assert.Contains($"```csharp\n{shown}```", Readme, StringComparison.Ordinal);
    }

    private static string Outdent(string line) => line.Length == 0 ? line : line["        ".Length..];

    [GeneratedRegex(@"\n\| `([\w.]+)` \|")]
    private static partial Regex OptionRow();

    [GeneratedRegex(@"(?<![\w/.])((?:src|tests|samples|benchmarks|\.ci)/[\w./]*\w)")]
    private static partial Regex ProjectPath();
}
