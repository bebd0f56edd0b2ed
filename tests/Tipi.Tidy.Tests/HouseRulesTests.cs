using Tipi.Tidy.Tests.Rules;
using Tipi.Tidy.Tests.Source;

namespace Tipi.Tidy.Tests;

/// <summary>The rules of the house hold everywhere, but where <see cref="Exemptions"/> says why not.</summary>
public sealed class HouseRulesTests
{
    private static readonly IReadOnlyDictionary<string, IRule> Rules = new IRule[]
    {
        new ArrowRule(), new MirrorRule(), new NameRule(), new PartialRule(), new PlaceRule(), new SealedRule(),
        new ShapeRule(), new TaskRule(), new TextRule(), new UnsafeRule(), new VersionRule(),
    }.ToDictionary(rule => rule.GetType().Name);

    public static TheoryData<string> RuleNames => [.. Rules.Keys];

    [Theory]
    [MemberData(nameof(RuleNames))]
    public void Holds(string rule)
    {
        var findings = Rules[rule].Check(Repository.Files)
            .Where(finding => !Exemptions.All.Any(exemption => exemption.Covers(rule, finding)))
            .ToList();

        Assert.True(findings.Count == 0, string.Join('\n', findings));
    }

    [Fact]
    public void Every_exemption_is_needed()
    {
        var idle = Exemptions.All.Where(exemption =>
            !Rules[exemption.Rule].Check(Repository.Files).Any(finding => exemption.Covers(exemption.Rule, finding)));

        Assert.Empty(idle);
    }

    [Fact]
    public void The_texts_are_found()
    {
        Assert.Contains(Repository.Product, file => file.Name == "UringTransportOptions.cs");
        Assert.Contains(Repository.CSharp, file => file.Path == "samples/MinimalApi/Program.cs");
        Assert.Contains(Repository.Files, file => file.Path == "README.md");
        Assert.Contains(Repository.Files, file => file.Path == ".ci/run");
        Assert.DoesNotContain(Repository.Files, file => file.Path.Contains("/obj/", StringComparison.Ordinal));
    }
}
