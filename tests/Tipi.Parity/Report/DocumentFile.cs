namespace Tipi.Parity.Report;

/// <summary>Where the comparison is kept.</summary>
internal static class DocumentFile
{
    internal static string Path { get; } =
        System.IO.Path.Combine(FindRoot(AppContext.BaseDirectory), "docs", "PARITY-WITH-KESTREL.md");

    private static string FindRoot(string start)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "Tipi.Hosting.sln"))) return folder.FullName;
        throw new DirectoryNotFoundException($"No Tipi.Hosting.sln above {start}.");
    }
}
