namespace Tipi.Tidy.Tests.Source;

/// <summary>The texts of the project as they are on disk, without what a build makes.</summary>
internal static class Repository
{
    private static readonly string[] Folders = ["src", "tests", "samples", "benchmarks", "docs", ".ci"];
    private static readonly string[] Made = ["bin", "obj", "node_modules", "artifacts", "TestResults"];

    private static readonly string[] TextExtensions =
    [
        ".cs", ".csproj", ".props", ".sln", ".json", ".md", ".js", ".css", ".html", ".lua", ".conf", ".sh", "",
    ];

    private static readonly Lazy<IReadOnlyList<SourceFile>> AllFiles = new(() => [.. Read()]);

    public static string Root { get; } = FindRoot(AppContext.BaseDirectory);

    /// <summary>Every text file.</summary>
    public static IReadOnlyList<SourceFile> Files => AllFiles.Value;

    /// <summary>Every C# file.</summary>
    public static IEnumerable<SourceFile> CSharp => Files.Where(file => file.Extension == ".cs");

    /// <summary>Every C# file of the product.</summary>
    public static IEnumerable<SourceFile> Product => CSharp.Where(file => file.IsIn("src"));

    private static IEnumerable<SourceFile> Read()
    {
        var paths = Directory.EnumerateFiles(Root)
            .Concat(Folders.Select(folder => Path.Combine(Root, folder)).Where(Directory.Exists).SelectMany(Below));
        foreach (var path in paths.Where(path => TextExtensions.Contains(Path.GetExtension(path))))
        {
            if (Path.GetFileName(path) == "packages.lock.json") continue;
            var relative = Path.GetRelativePath(Root, path).Replace('\\', '/');
            yield return new SourceFile(relative, File.ReadAllText(path));
        }
    }

    private static IEnumerable<string> Below(string folder) =>
        Directory.EnumerateFiles(folder).Concat(
            Directory.EnumerateDirectories(folder)
                .Where(child => !Made.Contains(Path.GetFileName(child)))
                .SelectMany(Below));

    private static string FindRoot(string start)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Tipi.Hosting.sln"))) return folder.FullName;
        throw new DirectoryNotFoundException($"No Tipi.Hosting.sln above {start}.");
    }
}
