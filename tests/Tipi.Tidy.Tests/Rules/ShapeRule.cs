using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Tipi.Tidy.Tests.Source;

namespace Tipi.Tidy.Tests.Rules;

/// <summary>Lines of at most 120 columns, files of at most 450 lines, functions of the product of at most 70.</summary>
internal sealed class ShapeRule : IRule
{
    private const int LongestLine = 120;
    private const int LongestFile = 450;
    private const int LongestFunction = 70;

    private static readonly string[] Extensions = [".cs", ".js", ".css", ".html", ".csproj", ".props", ".sh", ".lua"];

    public IEnumerable<Finding> Check(IReadOnlyList<SourceFile> files)
    {
        foreach (var file in files.Where(file => Extensions.Contains(file.Extension)))
        {
            var lines = file.Lines;
            if (lines.Length - 1 > LongestFile) yield return file.AtLine(0, $"{lines.Length - 1} lines");
            for (var i = 0; i < lines.Length; i++)
                if (lines[i].Length > LongestLine) yield return file.AtLine(i + 1, $"{lines[i].Length} columns");
        }
        foreach (var file in files.Where(file => file.IsIn("src") && file.Extension == ".cs"))
            foreach (var function in file.Syntax.DescendantNodes().Where(IsFunction))
                if (LineCount(function) is var count and > LongestFunction)
                    yield return file.At(function, $"a function of {count} lines");
    }

    private static bool IsFunction(SyntaxNode node) =>
        node is BaseMethodDeclarationSyntax or AccessorDeclarationSyntax or LocalFunctionStatementSyntax;

    private static int LineCount(SyntaxNode node)
    {
        var span = node.SyntaxTree.GetLineSpan(node.Span);
        return span.EndLinePosition.Line - span.StartLinePosition.Line + 1;
    }
}
