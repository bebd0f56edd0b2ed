using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Tipi.Tidy.Tests.Source;

namespace Tipi.Tidy.Tests.Rules;

/// <summary>
/// Every <c>unsafe</c> of the product carries a sentence that makes it safe: a comment on the very declaration or
/// block. And only the transport may use it.
/// </summary>
internal sealed partial class UnsafeRule : IRule
{
    private const string OnlyProject = "Tipi.Transport.Uring";
    private const int WordsOfASentence = 4;

    public IEnumerable<Finding> Check(IReadOnlyList<SourceFile> files)
    {
        foreach (var file in files.Where(file => file.Extension == ".csproj"))
            if (file.Text.Contains("AllowUnsafeBlocks", StringComparison.Ordinal) && !IsAllowed(file))
                yield return file.AtLine(0, "allows unsafe code");
        foreach (var file in files.Where(file => file.Extension == ".cs" && file.IsIn("src")))
            foreach (var token in file.Syntax.DescendantTokens().Where(token => token.IsKind(SyntaxKind.UnsafeKeyword)))
                if (!IsExplained(token)) yield return file.At(token, "unsafe without the sentence that makes it safe");
    }

    private static bool IsAllowed(SourceFile project) =>
        project.Name is OnlyProject + ".csproj" or OnlyProject + ".Tests.csproj";

    private static bool IsExplained(SyntaxToken token) =>
        HasSentence(token.Parent!.AncestorsAndSelf()
            .First(node => node is MemberDeclarationSyntax or StatementSyntax));

    private static bool HasSentence(SyntaxNode node)
    {
        var inside = node is UnsafeStatementSyntax block
            ? block.Block.OpenBraceToken.TrailingTrivia.Concat(
                block.Block.OpenBraceToken.GetNextToken().LeadingTrivia)
            : [];
        var comments = node.GetLeadingTrivia().Concat(inside).Where(IsComment).Select(trivia => trivia.ToFullString());
        return Words().Count(string.Join(' ', comments)) >= WordsOfASentence;
    }

    private static bool IsComment(SyntaxTrivia trivia) =>
        trivia.IsKind(SyntaxKind.SingleLineCommentTrivia)
        || trivia.IsKind(SyntaxKind.MultiLineCommentTrivia)
        || trivia.IsKind(SyntaxKind.SingleLineDocumentationCommentTrivia);

    [GeneratedRegex("[A-Za-z]{2,}")]
    private static partial Regex Words();
}
