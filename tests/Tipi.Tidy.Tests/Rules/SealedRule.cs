using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Tipi.Tidy.Tests.Source;

namespace Tipi.Tidy.Tests.Rules;

/// <summary>Classes of the product are sealed, static or, where others build on them, abstract.</summary>
internal sealed class SealedRule : IRule
{
    public IEnumerable<Finding> Check(IReadOnlyList<SourceFile> files) =>
        from file in files
        where file.Extension == ".cs" && file.IsIn("src")
        from type in file.Syntax.DescendantNodes().OfType<TypeDeclarationSyntax>()
        where IsClass(type) && !IsClosed(type)
        select file.At(type, $"{type.Identifier.ValueText} is open to heirs");

    private static bool IsClass(TypeDeclarationSyntax type) =>
        type.IsKind(SyntaxKind.ClassDeclaration) || type.IsKind(SyntaxKind.RecordDeclaration);

    private static bool IsClosed(TypeDeclarationSyntax type) =>
        type.Has(SyntaxKind.SealedKeyword)
        || type.Has(SyntaxKind.StaticKeyword)
        || type.Has(SyntaxKind.AbstractKeyword);
}
