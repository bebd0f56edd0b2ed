using Tipi.Tidy.Tests.Source;

namespace Tipi.Tidy.Tests;

/// <summary>Every project is part of the solution, has its lock file, and takes its versions from one place.</summary>
public sealed class ProjectsTests
{
    private static readonly string Solution = File.ReadAllText(Path.Combine(Repository.Root, "Tipi.Hosting.sln"));

    public static TheoryData<string> Projects =>
        [.. Repository.Files.Where(file => file.Extension == ".csproj").Select(file => file.Path)];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Is_in_the_solution(string project) =>
        Assert.Contains($"\"{project.Replace('/', '\\')}\"", Solution, StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(Projects))]
    public void Has_a_lock_file(string project)
    {
        var folder = Path.GetDirectoryName(Path.Combine(Repository.Root, project))!;

        Assert.True(File.Exists(Path.Combine(folder, "packages.lock.json")));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Names_no_version_of_a_package(string project)
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, project));

        Assert.DoesNotContain("Version=", text, StringComparison.Ordinal);
        Assert.DoesNotContain("VersionOverride", text, StringComparison.Ordinal);
    }
}
