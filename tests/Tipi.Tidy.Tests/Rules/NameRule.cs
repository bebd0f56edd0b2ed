using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Tipi.Tidy.Tests.Source;

namespace Tipi.Tidy.Tests.Rules;

/// <summary>Types and folders are named by the domain's nouns: no word that would fit anything.</summary>
internal sealed partial class NameRule : IRule
{
    private static readonly HashSet<string> Empty =
    [
        "Manager", "Managers", "Helper", "Helpers", "Util", "Utils", "Utility", "Utilities", "Common", "Base", "Impl",
        "Infrastructure", "Misc",
    ];

    public IEnumerable<Finding> Check(IReadOnlyList<SourceFile> files)
    {
        foreach (var file in files.Where(file => file.Extension == ".cs"))
        {
            foreach (var part in file.Path[..^".cs".Length].Split('/', '.').Where(IsEmpty))
                yield return file.AtLine(0, $"the path says {part}");
            var types = file.Syntax.DescendantNodes().OfType<MemberDeclarationSyntax>()
                .Where(node => node is BaseTypeDeclarationSyntax or DelegateDeclarationSyntax);
            foreach (var type in types.Where(type => IsEmpty(Syntax.NameOf(type))))
                yield return file.At(type, $"the name {Syntax.NameOf(type)}");
        }
    }

    private static bool IsEmpty(string name) => Words().Matches(name).Any(word => Empty.Contains(word.Value));

    [GeneratedRegex("[A-Z][a-z]*")]
    private static partial Regex Words();
}
