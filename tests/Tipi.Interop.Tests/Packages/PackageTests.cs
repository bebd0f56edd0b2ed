using System.Diagnostics;
using System.Text;
using Tipi.Interop.Tests.Sample;

namespace Tipi.Interop.Tests.Packages;

/// <summary>What `dotnet pack` makes, and an application that has nothing else of Tipi.</summary>
public sealed class PackageTests(PackedFeed feed) : IClassFixture<PackedFeed>
{
    private const string AspNetCore = "Microsoft.AspNetCore.App";

    // Nothing of what is configured for the user, or for the machine.
    private const string OnlyTheFeed = """
        <configuration>
          <packageSources><clear /><add key="Tipi" value="../feed" /></packageSources>
          <packageSourceMapping><clear /></packageSourceMapping>
          <auditSources><clear /></auditSources>
          <disabledPackageSources><clear /></disabledPackageSources>
          <fallbackPackageFolders><clear /></fallbackPackageFolders>
        </configuration>
        """;

    public static TheoryData<string> Names => ["Tipi.Hosting", "Tipi.Protocols", "Tipi.Transport.Uring"];

    [Fact]
    public void There_are_three_with_their_symbols() => Assert.Equal(
        Names.SelectMany(name => new[] { FileOf(name.Data, "nupkg"), FileOf(name.Data, "snupkg") }),
        Directory.GetFiles(feed.Packages).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Names))]
    public void It_has_what_its_user_reads(string name)
    {
        using Package package = Open(name);

        Assert.Equal(ReadSource("src", name, "README.md"), package.Text("README.md"));
        Assert.Equal(ReadSource("LICENSE"), package.Text("LICENSE"));
        Assert.Contains("<summary>", package.Text($"lib/net10.0/{name}.xml"), StringComparison.Ordinal);
        Assert.Equal("README.md", Assert.Single(package.Said("readme")).Value);
        Assert.Equal("MIT", Assert.Single(package.Said("license")).Value);
        Assert.NotEmpty(Assert.Single(package.Said("description")).Value);
        Assert.NotEmpty(Assert.Single(package.Said("tags")).Value);
    }

    [Fact]
    public void The_server_asks_for_the_other_two_of_the_same_build()
    {
        using Package hosting = Open("Tipi.Hosting"), protocols = Open("Tipi.Protocols"),
            transport = Open("Tipi.Transport.Uring");

        Assert.Equal(
            [("Tipi.Protocols", $"[{PackedFeed.Version}]"), ("Tipi.Transport.Uring", $"[{PackedFeed.Version}]")],
            hosting.Said("dependency").Select(one => (one.Attribute("id")!.Value, one.Attribute("version")!.Value)));
        Assert.Empty(protocols.Said("dependency").Concat(transport.Said("dependency")));
        Assert.Equal([AspNetCore], FrameworksOf(hosting));
        Assert.Equal([AspNetCore], FrameworksOf(transport));
        Assert.Empty(FrameworksOf(protocols));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Nothing_in_it_says_where_it_was_built(string name)
    {
        using Package package = Open(name), symbols = Open(name, "snupkg");

        foreach (Package one in new[] { package, symbols })
            Assert.All(one.Files, file => Assert.False(
                one.Bytes(file).AsSpan().IndexOf(Encoding.UTF8.GetBytes(Repository.Root)) >= 0, file));
        string[] sources = symbols.SourcesOf($"lib/net10.0/{name}.pdb");
        Assert.NotEmpty(sources);
        Assert.All(sources, source => Assert.StartsWith($"/_/src/{name}/", source, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_application_of_its_own_runs_on_it()
    {
        await feed.DotnetAsync("new", "web", "--no-restore");
        await File.WriteAllTextAsync(Path.Combine(feed.Application, "nuget.config"), OnlyTheFeed);
        await feed.DotnetAsync("add", "package", "Tipi.Hosting");
        string program = Path.Combine(feed.Application, "Program.cs");
        const string Builder = "var builder = WebApplication.CreateBuilder(args);";
        string before = await File.ReadAllTextAsync(program);
        Assert.Contains(Builder, before, StringComparison.Ordinal);
        await File.WriteAllTextAsync(program, before.Replace(
            Builder, $"{Builder}\nbuilder.WebHost.UseTipi();", StringComparison.Ordinal));
        await feed.DotnetAsync("build", "-o", "out", "-p:UseSharedCompilation=false");

        await using var app = await SampleProcess.StartAsync(
            new ProcessStartInfo("dotnet", ["out/Meadow.dll", "--urls=http://127.0.0.1:0"])
            {
                WorkingDirectory = feed.Application,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
            "The application");
        using var client = new HttpClient();
        using HttpResponseMessage answer = await client.GetAsync(app.Address);

        Assert.Equal("Hello World!", await answer.Content.ReadAsStringAsync());
        // Kestrel would name itself.
        Assert.Equal("Tipi", answer.Headers.Server.ToString());
        Assert.Equal(0, await app.StopAsync());
    }

    private static string FileOf(string name, string extension) => $"{name}.{PackedFeed.Version}.{extension}";

    private static string ReadSource(params string[] path) =>
        File.ReadAllText(Path.Combine([Repository.Root, .. path]));

    private static IEnumerable<string> FrameworksOf(Package package) =>
        package.Said("frameworkReference").Select(one => one.Attribute("name")!.Value);

    private Package Open(string name, string extension = "nupkg") =>
        new(Path.Combine(feed.Packages, FileOf(name, extension)));
}
