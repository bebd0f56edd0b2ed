namespace Tipi.Tidy.Tests.Source;

/// <summary>A place where a rule does not hold, and why. <paramref name="Path"/> may be a folder.</summary>
internal sealed record Exemption(string Rule, string Path, string Reason)
{
    public bool Covers(string rule, Finding finding) =>
        rule == Rule && (finding.Path == Path || finding.Path.StartsWith(Path + "/", StringComparison.Ordinal));
}
