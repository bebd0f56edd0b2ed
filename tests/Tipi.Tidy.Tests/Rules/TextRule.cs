using System.Text.RegularExpressions;
using Tipi.Tidy.Tests.Source;

namespace Tipi.Tidy.Tests.Rules;

/// <summary>No text names a folder of somebody's machine, and no text promises work for later.</summary>
internal sealed partial class TextRule : IRule
{
    public IEnumerable<Finding> Check(IReadOnlyList<SourceFile> files)
    {
        foreach (var file in files)
        {
            var lines = file.Lines;
            for (var i = 0; i < lines.Length; i++)
            {
                if (MachinePath().Match(lines[i]) is { Success: true } path)
                    yield return file.AtLine(i + 1, $"a machine's path: {path.Value}");
                if (file.Extension == ".cs" && Promise().Match(lines[i]) is { Success: true } promise)
                    yield return file.AtLine(i + 1, $"left for later: {promise.Value}");
            }
        }
    }

    [GeneratedRegex(@"(?<![\w.*)}/])/(tmp|root|home|work|Users|mnt)/\w+|[A-Z]:\\+Users\b")]
    private static partial Regex MachinePath();

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX|NotImplementedException)\b")]
    private static partial Regex Promise();
}
