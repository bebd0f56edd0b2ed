using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Tipi.Tidy.Tests.Source;

namespace Tipi.Tidy.Tests.Rules;

/// <summary>
/// File = type, folder = namespace, at most two folders deep. Public types may be in the project's own namespace.
/// </summary>
internal sealed class PlaceRule : IRule
{
    private const int DeepestFolder = 2;

    public IEnumerable<Finding> Check(IReadOnlyList<SourceFile> files) =>
        files.Where(file => file.Extension == ".cs").SelectMany(Check);

    private static IEnumerable<Finding> Check(SourceFile file)
    {
        // src/Tipi.Protocols/Http1/ChunkLine.cs: the kind of project, the project, folders, the file.
        var parts = file.Path.Split('/');
        var folders = parts[2..^1];
        if (folders.Length > DeepestFolder) yield return file.AtLine(0, $"{folders.Length} folders deep");

        var wanted = string.Join('.', [ProjectOf(parts), .. folders]);
        var types = Syntax.TopLevelTypes(file.Syntax).Where(type => !type.Has(SyntaxKind.FileKeyword)).ToList();
        // What users see is found in the project's namespace, on whatever floor it stands; so is the floor of options.
        var isSeen = types.Count > 0 && types.All(type => type.Has(SyntaxKind.PublicKeyword));
        var alsoFine = isSeen || folders is ["Options"] ? ProjectOf(parts) : wanted;
        foreach (var declared in file.Syntax.DescendantNodes().OfType<BaseNamespaceDeclarationSyntax>())
            if (declared.Name.ToString() != wanted && declared.Name.ToString() != alsoFine)
                yield return file.At(declared, $"the namespace is not {wanted}");

        if (types.Count > 1) yield return file.At(types[1], $"{types.Count} types in a file");
        if (types.Count > 0 && !IsNamedAfter(file, types[0]))
            yield return file.At(types[0], $"the file is not named {Syntax.NameOf(types[0])}.cs");
        if (types.Any(type => type.Parent is CompilationUnitSyntax))
            yield return file.AtLine(0, "a type without a namespace");
    }

    // tests/Cases and its like are compiled into several test projects and belong to none.
    private static string ProjectOf(string[] parts) =>
        parts[0] == "tests" && !parts[1].StartsWith("Tipi.", StringComparison.Ordinal)
            ? $"Tipi.Tests.{parts[1]}"
            : parts[1];

    private static bool IsNamedAfter(SourceFile file, MemberDeclarationSyntax type)
    {
        var name = Syntax.NameOf(type);
        if (file.Name == name + ".cs") return true;
        return Syntax.TypeParametersOf(type) > 0 && file.Name == name + "OfT.cs";
    }
}
