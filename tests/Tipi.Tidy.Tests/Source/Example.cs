namespace Tipi.Tidy.Tests.Source;

/// <summary>Small texts on which a rule shows that it can fail and that it can pass.</summary>
internal static class Example
{
    /// <summary>A file that is not on disk.</summary>
    public static SourceFile At(string path, string text) => new(path, text);
}
