using Tipi.Protocols.Hpack;

namespace Tipi.Benchmarks;

/// <summary>Header blocks as they are in life.</summary>
internal static class HpackBlocks
{
    private static readonly (string Name, string Value)[] s_browser =
    [
        (":method", "GET"), (":scheme", "https"), (":authority", "www.example.com"), (":path", ""),
        ("sec-ch-ua", "\"Chromium\";v=\"140\", \"Not=A?Brand\";v=\"24\""), ("sec-ch-ua-mobile", "?0"),
        ("user-agent", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0"),
        ("accept", "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"),
        ("sec-fetch-site", "same-origin"), ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document"),
        ("accept-encoding", "gzip, deflate, br, zstd"), ("accept-language", "en-GB,en;q=0.9"),
        ("cookie", "session=0123456789abcdef0123456789abcdef"),
    ];

    /// <summary>A browser's request for a path.</summary>
    internal static byte[] Request(HpackEncoder encoder, string path)
    {
        byte[] buffer = new byte[2000];
        int size = 0;
        foreach ((string name, string value) in s_browser)
        {
            encoder.TryEncode(name, name == ":path" ? path : value, buffer.AsSpan(size), out int written);
            size += written;
        }

        return buffer[..size];
    }
}
