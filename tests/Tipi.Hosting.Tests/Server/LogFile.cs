namespace Tipi.Hosting.Tests.Server;

/// <summary>A path for a log in a folder of its own, which goes with it.</summary>
internal sealed class LogFile : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tipi-log-");

    internal string Path => System.IO.Path.Combine(_folder.FullName, "access.log");

    internal string Rotated => Path + ".1";

    internal string[] Lines => LinesOf(Path);

    internal static string[] LinesOf(string path) => File.Exists(path) ? File.ReadAllLines(path) : [];

    /// <summary>Waits until a file has so many lines.</summary>
    internal static async Task<string[]> WaitForLinesAsync(string path, int count)
    {
        for (int i = 0; i < 1000 && LinesOf(path).Length < count; i++) await Task.Delay(20);
        return LinesOf(path);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
