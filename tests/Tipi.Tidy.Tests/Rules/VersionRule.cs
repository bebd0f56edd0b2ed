using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Tipi.Tidy.Tests.Source;

namespace Tipi.Tidy.Tests.Rules;

/// <summary>In Hosting, Http1 and Http2 never mention each other, and Exchange and Features mention neither.</summary>
internal sealed class VersionRule : IRule
{
    private const string Hosting = "src/Tipi.Hosting";

    /// <summary>What the code of a folder may not mention, by the beginning of a name.</summary>
    public static IReadOnlyDictionary<string, string[]> Unmentioned { get; } = new Dictionary<string, string[]>
    {
        ["Http1"] = ["Http2"],
        ["Http2"] = ["Http1"],
        ["Exchange"] = ["Http1", "Http2"],
        ["Features"] = ["Http1", "Http2"],
    };

    public IEnumerable<Finding> Check(IReadOnlyList<SourceFile> files) =>
        from folder in Unmentioned
        from file in files
        where file.Extension == ".cs" && file.IsIn($"{Hosting}/{folder.Key}")
        from token in file.Syntax.DescendantTokens()
        where token.IsKind(SyntaxKind.IdentifierToken) && folder.Value.Any(name => Mentions(token, name))
        select file.At(token, $"{folder.Key} mentions {token.ValueText}");

    private static bool Mentions(SyntaxToken token, string name) =>
        token.ValueText.StartsWith(name, StringComparison.Ordinal);
}
