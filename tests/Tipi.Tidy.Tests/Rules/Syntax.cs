using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Tipi.Tidy.Tests.Rules;

/// <summary>Questions that several rules ask of C# syntax.</summary>
internal static class Syntax
{
    /// <summary>Types and delegates that are not inside of another type.</summary>
    public static IEnumerable<MemberDeclarationSyntax> TopLevelTypes(SyntaxNode root) =>
        root.DescendantNodes(node => node is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax)
            .OfType<MemberDeclarationSyntax>()
            .Where(node => node is BaseTypeDeclarationSyntax or DelegateDeclarationSyntax);

    /// <summary>The name of a type or delegate.</summary>
    public static string NameOf(MemberDeclarationSyntax type) => type switch
    {
        BaseTypeDeclarationSyntax declared => declared.Identifier.ValueText,
        DelegateDeclarationSyntax declared => declared.Identifier.ValueText,
        _ => throw new ArgumentException("Neither a type nor a delegate.", nameof(type)),
    };

    /// <summary>How many type parameters a type or delegate has.</summary>
    public static int TypeParametersOf(MemberDeclarationSyntax type) => type switch
    {
        TypeDeclarationSyntax declared => declared.TypeParameterList?.Parameters.Count ?? 0,
        DelegateDeclarationSyntax declared => declared.TypeParameterList?.Parameters.Count ?? 0,
        _ => 0,
    };

    /// <summary>True when the declaration carries the keyword.</summary>
    public static bool Has(this MemberDeclarationSyntax declaration, SyntaxKind keyword) =>
        declaration.Modifiers.Any(keyword);
}
