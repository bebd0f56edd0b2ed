using Tipi.Tidy.Tests.Source;

namespace Tipi.Tidy.Tests.Rules;

/// <summary>
/// The folders of a test project are those of the project that it tests. Folders without tests, for what the tests
/// need, are free; <c>Contract</c> holds what is true of several folders at once, whatever carries it.
/// </summary>
internal sealed class MirrorRule : IRule
{
    public IEnumerable<Finding> Check(IReadOnlyList<SourceFile> files)
    {
        var known = files.Where(file => file.IsIn("src")).SelectMany(FoldersOf).ToHashSet();
        var tested = known.Select(folder => folder.Split('/')[1]).ToHashSet();
        foreach (var file in files.Where(file => file.IsIn("tests") && IsTest(file)))
        {
            var parts = file.Path.Split('/');
            var project = parts[1].EndsWith(".Tests", StringComparison.Ordinal) ? parts[1][..^".Tests".Length] : "";
            if (!tested.Contains(project) || parts.Length <= 3 || parts[2] == "Contract") continue;
            var folder = string.Join('/', ["src", project, .. parts[2..^1]]);
            if (!known.Contains(folder)) yield return file.AtLine(0, $"{folder} is not there");
        }
    }

    private static bool IsTest(SourceFile file) => file.Name.EndsWith("Tests.cs", StringComparison.Ordinal);

    private static IEnumerable<string> FoldersOf(SourceFile file)
    {
        for (var end = file.Path.LastIndexOf('/'); end > "src".Length; end = file.Path.LastIndexOf('/', end - 1))
            yield return file.Path[..end];
    }
}
