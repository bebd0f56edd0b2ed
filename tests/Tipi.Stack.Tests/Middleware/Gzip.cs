using System.IO.Compression;
using System.Text;

namespace Tipi.Stack.Tests.Middleware;

/// <summary>Bodies as a client compresses them.</summary>
internal static class Gzip
{
    internal static byte[] Compress(string text)
    {
        using var output = new MemoryStream();
        using (var gzip = new GZipStream(output, CompressionLevel.Fastest)) gzip.Write(Encoding.UTF8.GetBytes(text));
        return output.ToArray();
    }
}
