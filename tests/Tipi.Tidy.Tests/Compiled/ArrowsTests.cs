using Tipi.Tidy.Tests.Rules;

namespace Tipi.Tidy.Tests.Compiled;

/// <summary>The arrows between assemblies, and inside of Hosting between namespaces.</summary>
public sealed class ArrowsTests
{
    public static TheoryData<string> Projects => [.. ArrowRule.Arrows.Keys];

    public static TheoryData<string> Folders => [.. VersionRule.Unmentioned.Keys];

    [Theory]
    [MemberData(nameof(Projects))]
    public void An_assembly_references_only_floors_below(string project)
    {
        var wrong = Product.Assembly(project).GetReferencedAssemblies()
            .Select(reference => reference.Name!)
            .Where(name => name.StartsWith("Tipi.", StringComparison.Ordinal))
            .Except(ArrowRule.Arrows[project]);

        Assert.Empty(wrong);
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void A_namespace_of_Hosting_uses_no_version_but_its_own(string folder)
    {
        var wrong = (
            from use in Product.Uses("Tipi.Hosting")
            where Product.IsIn(use.Owner, $"Tipi.Hosting.{folder}")
            where VersionRule.Unmentioned[folder].Any(version => IsOfVersion(use.Used, version))
            select $"{use.Owner} uses {use.Used}").Distinct().ToList();

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    private static bool IsOfVersion(Type type, string version) =>
        Product.IsIn(type, $"Tipi.Hosting.{version}") || Product.IsIn(type, $"Tipi.Protocols.{version}");
}
