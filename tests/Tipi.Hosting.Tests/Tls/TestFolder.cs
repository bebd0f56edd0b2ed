namespace Tipi.Hosting.Tests.Tls;

/// <summary>A folder for a test's files, gone with it.</summary>
internal sealed class TestFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tipi-tls-");

    internal string Path => _folder.FullName;

    internal string PathOf(string name) => System.IO.Path.Combine(Path, name);

    /// <returns>The path.</returns>
    internal string Write(string name, byte[] bytes)
    {
        File.WriteAllBytes(PathOf(name), bytes);
        return PathOf(name);
    }

    /// <returns>The path.</returns>
    internal string Write(string name, string text)
    {
        File.WriteAllText(PathOf(name), text);
        return PathOf(name);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
