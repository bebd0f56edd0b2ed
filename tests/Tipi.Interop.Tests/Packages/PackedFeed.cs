using System.Text.RegularExpressions;
using Tipi.Interop.Tests.Sample;
using Tipi.Interop.Tests.Tools;

namespace Tipi.Interop.Tests.Packages;

/// <summary>A local feed with the packages, made by the README's command once for all tests of a class.</summary>
public sealed partial class PackedFeed : IAsyncLifetime
{
    /// <summary>Most of it is the Release build, which a machine that does other things takes its time for.</summary>
    private static readonly TimeSpan s_most = TimeSpan.FromMinutes(4);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tipi-feed-");

    /// <summary>The version of every package, from the one place that has it.</summary>
    public static string Version { get; } = VersionElement()
        .Match(File.ReadAllText(Path.Combine(Repository.Root, "Directory.Build.props"))).Groups[1].Value;

    /// <summary>Where the packages are.</summary>
    public string Packages => Path.Combine(_folder.FullName, "feed");

    /// <summary>For an application, outside the repository.</summary>
    public string Application => Path.Combine(_folder.FullName, "Meadow");

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(Application);
        await DotnetAsync(Repository.Root, "pack", "-c", "Release", "-o", Packages, "-p:UseSharedCompilation=false");
    }

    public ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>
    /// Runs dotnet on the application. It finds packages in the feed and nowhere else: neither elsewhere in the network
    /// nor in the folder where whoever runs the tests keeps packages.
    /// </summary>
    internal Task DotnetAsync(params string[] arguments) => RunAsync(
        Application, [$"NUGET_PACKAGES={Path.Combine(_folder.FullName, "cache")}"], arguments);

    private static Task DotnetAsync(string folder, params string[] arguments) => RunAsync(folder, [], arguments);

    // No process of the build is left behind for the next one.
    private static async Task RunAsync(string folder, string[] variables, string[] arguments)
    {
        ToolRun run = await Tool.RunAsync(
            s_most, "env", ["-C", folder, "MSBUILDDISABLENODEREUSE=1", .. variables, "dotnet", .. arguments]);
        Assert.True(run.ExitCode == 0, $"dotnet {string.Join(' ', arguments)}:\n{run.Text}\n{run.Error}");
    }

    [GeneratedRegex("<Version>(.+)</Version>")]
    private static partial Regex VersionElement();
}
