using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Tipi.Tidy.Tests.Source;

namespace Tipi.Tidy.Tests.Rules;

/// <summary>A type is partial only where a source generator writes the rest.</summary>
internal sealed class PartialRule : IRule
{
    private static readonly string[] GeneratorMarks =
    [
        "GeneratedRegex", "LoggerMessage", "LibraryImport", "JsonSerializable", "JsonSourceGenerationOptions",
    ];

    public IEnumerable<Finding> Check(IReadOnlyList<SourceFile> files) =>
        from file in files
        where file.Extension == ".cs"
        from type in file.Syntax.DescendantNodes().OfType<TypeDeclarationSyntax>()
        where type.Has(SyntaxKind.PartialKeyword) && !IsGenerated(type)
        select file.At(type, $"{type.Identifier.ValueText} is partial by hand");

    // The outer type of a generated one must be partial too, so that marks of nested types count.
    private static bool IsGenerated(TypeDeclarationSyntax type) =>
        type.DescendantNodes().OfType<AttributeSyntax>().Any(mark => GeneratorMarks.Contains(mark.Name.ToString()));
}
