using System.IO.Compression;
using System.Reflection.Metadata;
using System.Text;
using System.Xml.Linq;

namespace Tipi.Interop.Tests.Packages;

/// <summary>A package file, opened.</summary>
internal sealed class Package(string path) : IDisposable
{
    private readonly ZipArchive _archive = ZipFile.OpenRead(path);

    /// <summary>The paths of the files in it.</summary>
    internal IEnumerable<string> Files => _archive.Entries.Select(entry => entry.FullName);

    public void Dispose() => _archive.Dispose();

    internal byte[] Bytes(string file)
    {
        using Stream content = _archive.GetEntry(file)!.Open();
        using var copy = new MemoryStream();
        content.CopyTo(copy);
        return copy.ToArray();
    }

    internal string Text(string file) => Encoding.UTF8.GetString(Bytes(file));

    /// <summary>All elements of that name in what the package says of itself.</summary>
    internal IEnumerable<XElement> Said(string element)
    {
        string file = Files.Single(file => file.EndsWith(".nuspec", StringComparison.Ordinal));
        using var text = new MemoryStream(Bytes(file));
        return [.. XDocument.Load(text).Descendants().Where(one => one.Name.LocalName == element)];
    }

    /// <summary>The paths of the source files that symbols name.</summary>
    internal string[] SourcesOf(string symbols)
    {
        using var content = new MemoryStream(Bytes(symbols));
        using var provider = MetadataReaderProvider.FromPortablePdbStream(content);
        MetadataReader reader = provider.GetMetadataReader();
        return [.. reader.Documents.Select(one => reader.GetString(reader.GetDocument(one).Name))];
    }
}
