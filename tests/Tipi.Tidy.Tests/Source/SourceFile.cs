using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Tipi.Tidy.Tests.Source;

/// <summary>A text of the project. <paramref name="Path"/> is relative to the root and uses slashes.</summary>
internal sealed record SourceFile(string Path, string Text)
{
    private readonly Lazy<SyntaxNode> _syntax = new(() => CSharpSyntaxTree.ParseText(Text).GetRoot());

    /// <summary>The C# syntax of the text.</summary>
    public SyntaxNode Syntax => _syntax.Value;

    public string[] Lines => Text.Split('\n');

    public string Extension => System.IO.Path.GetExtension(Path);

    public string Name => System.IO.Path.GetFileName(Path);

    /// <summary>True for files below the folder, which is given with slashes and without one at its end.</summary>
    public bool IsIn(string folder) => Path.StartsWith(folder + "/", StringComparison.Ordinal);

    public Finding At(SyntaxNode node, string message) => At(node.GetFirstToken(), message);

    public Finding At(SyntaxToken token, string message) =>
        new(Path, token.GetLocation().GetLineSpan().StartLinePosition.Line + 1, message);

    public Finding AtLine(int line, string message) => new(Path, line, message);
}
