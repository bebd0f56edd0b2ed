using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Tipi.Tidy.Tests.Source;

namespace Tipi.Tidy.Tests.Rules;

/// <summary>Every task has an owner: no <c>async void</c>, no task thrown away, whether said or not.</summary>
internal sealed class TaskRule : IRule
{
    public IEnumerable<Finding> Check(IReadOnlyList<SourceFile> files) =>
        files.Where(file => file.Extension == ".cs").SelectMany(Check);

    private static IEnumerable<Finding> Check(SourceFile file)
    {
        foreach (var node in file.Syntax.DescendantNodes())
        {
            if (IsAsyncVoid(node)) yield return file.At(node, "async void");
            if (node is not ExpressionStatementSyntax statement) continue;
            if (Thrown(statement.Expression) is { } call && ReturnsTask(call))
                yield return file.At(node, $"a task without an owner: {call.Expression}");
        }
    }

    private static bool IsAsyncVoid(SyntaxNode node) => node switch
    {
        MethodDeclarationSyntax method => method.Has(SyntaxKind.AsyncKeyword) && IsVoid(method.ReturnType),
        LocalFunctionStatementSyntax local => local.Modifiers.Any(SyntaxKind.AsyncKeyword) && IsVoid(local.ReturnType),
        _ => false,
    };

    private static bool IsVoid(TypeSyntax type) =>
        type is PredefinedTypeSyntax known && known.Keyword.IsKind(SyntaxKind.VoidKeyword);

    /// <summary>The call whose result a statement ignores, also by <c>_ = call()</c>.</summary>
    private static InvocationExpressionSyntax? Thrown(ExpressionSyntax expression) => expression switch
    {
        InvocationExpressionSyntax call => call,
        AssignmentExpressionSyntax { Left: IdentifierNameSyntax { Identifier.ValueText: "_" } } discard =>
            Thrown(discard.Right),
        _ => null,
    };

    private static bool ReturnsTask(InvocationExpressionSyntax call)
    {
        var name = call.Expression switch
        {
            MemberAccessExpressionSyntax member => member.Name.Identifier.ValueText,
            SimpleNameSyntax simple => simple.Identifier.ValueText,
            _ => "",
        };
        return name.EndsWith("Async", StringComparison.Ordinal)
            || name is "ContinueWith" or "StartNew"
            || call.Expression.ToString() == "Task.Run";
    }
}
