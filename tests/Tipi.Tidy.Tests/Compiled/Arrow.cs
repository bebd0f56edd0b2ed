namespace Tipi.Tidy.Tests.Compiled;

/// <summary>One file of a project uses a type of another one. Paths are relative to the project.</summary>
internal sealed record Arrow(string From, string To)
{
    public override string ToString() => $"{From} uses {To}";
}
