using System.Text.RegularExpressions;

namespace Tipi.Tidy.Tests.Source;

/// <summary>A text in Markdown: its prose, its links, and the places that links can name.</summary>
internal sealed partial class Document(SourceFile file)
{
    /// <summary>Every one that people write or read.</summary>
    public static IEnumerable<Document> All => Repository.Files
        .Where(file => file.Extension == ".md").Select(file => new Document(file));

    public string Path => file.Path;

    public string Text => file.Text;

    /// <summary>The lines outside of blocks of code, with their numbers from 1.</summary>
    public IEnumerable<(int Number, string Line)> Lines
    {
        get
        {
            bool isCode = false;
            for (int i = 0; i < file.Lines.Length; i++)
            {
                bool isFence = file.Lines[i].StartsWith("```", StringComparison.Ordinal);
                if (isFence) isCode = !isCode;
                if (!isCode && !isFence) yield return (i + 1, file.Lines[i]);
            }
        }
    }

    /// <summary>Where its links lead, but those to other hosts.</summary>
    public IEnumerable<string> Links => Lines
        .SelectMany(one => Link().Matches(Code().Replace(one.Line, "")))
        .Select(link => link.Groups[1].Value)
        .Where(link => !link.Contains("://", StringComparison.Ordinal));

    /// <summary>What stands behind # in links to its headings.</summary>
    public IEnumerable<string> Anchors => Lines
        .Select(one => Heading().Match(one.Line))
        .Where(heading => heading.Success)
        .Select(heading => Left().Replace(heading.Groups[1].Value, "").Replace(' ', '-').ToLowerInvariant());

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("`[^`]*`")]
    private static partial Regex Code();

    [GeneratedRegex("^#+ (.+)$")]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w \-]")]
    private static partial Regex Left();
}
