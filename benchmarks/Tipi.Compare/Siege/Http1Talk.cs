using System.Text;

namespace Tipi.Compare.Siege;

/// <summary>A well-behaved client that speaks HTTP/1.1.</summary>
internal sealed class Http1Talk(Stream stream) : ProbeTalk(stream)
{
    public override bool TryAsk()
    {
        Stream.Write("GET / HTTP/1.1\r\nHost: probe\r\n\r\n"u8);
        var buffer = new byte[1024];
        var text = "";
        while (!text.EndsWith("Hello, World!", StringComparison.Ordinal))
        {
            var count = Stream.Read(buffer);
            if (count == 0)
                return false;
            text += Encoding.ASCII.GetString(buffer, 0, count);
        }

        return text.StartsWith("HTTP/1.1 200 ", StringComparison.Ordinal);
    }
}
