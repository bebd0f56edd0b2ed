namespace Tipi.Interop.Tests.Sample;

/// <summary>Where the sources are: the nearest folder above the tests that holds the solution.</summary>
internal static class Repository
{
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    private static string Find(string start)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Tipi.Hosting.sln"))) return folder.FullName;
        throw new DirectoryNotFoundException($"No Tipi.Hosting.sln above {start}.");
    }
}
