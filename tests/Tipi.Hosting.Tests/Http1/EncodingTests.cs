using System.Text;

namespace Tipi.Hosting.Tests.Http1;

public sealed class EncodingTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    [Theory, OnEachTransport]
    public async Task Request_values_are_utf8_and_what_is_not_is_refused(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, Show);
        Assert.Equal("E9,20AC", (await server.AskAsync(With("X", "\u00C3\u00A9\u00E2\u0082\u00AC"))).Body);
        Assert.Equal(400, (await server.AskAsync(With("X", "\u00E9"))).Status);
        Assert.Equal(400, (await server.AskAsync(With("X", "\u00C3("))).Status);
    }

    [Theory, OnEachTransport]
    public async Task Request_values_have_the_encoding_that_is_named_for_them(TipiTransport transport)
    {
        var asked = new HashSet<string>();
        await using TestServer server = await TestServer.StartAsync(
            transport, Show, options => options.RequestHeaderEncodingSelector = name =>
            {
                lock (asked) asked.Add(name);
                return name == "X" ? Encoding.Latin1 : null;
            });
        Assert.Equal("E9", (await server.AskAsync(With("X", "\u00E9"))).Body);
        Assert.Equal("C3,A9", (await server.AskAsync(With("X", "\u00C3\u00A9"))).Body);
        Assert.Equal(400, (await server.AskAsync(With("Y", "\u00E9"))).Status);
        Assert.Equal(["Host", "X", "Y"], asked.Order());
    }

    [Theory, OnEachTransport]
    public async Task An_encoding_can_not_make_line_ends_of_harmless_bytes(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(
            transport, Show,
            options => options.RequestHeaderEncodingSelector = name => name == "X" ? new Shifted() : null);
        Assert.Equal("42,43", (await server.AskAsync(With("X", "AB"))).Body);
        Assert.Equal(400, (await server.AskAsync(With("X", "A\u00FFB"))).Status);
    }

    [Theory, OnEachTransport]
    public async Task A_strict_encoding_that_fails_is_the_peers_fault(TipiTransport transport)
    {
        var strict = new UTF8Encoding(false, throwOnInvalidBytes: true);
        await using TestServer server = await TestServer.StartAsync(
            transport, Show, options => options.RequestHeaderEncodingSelector = _ => strict);
        Assert.Equal(400, (await server.AskAsync(With("X", "\u00E9"))).Status);
        Assert.Equal("E9", (await server.AskAsync(With("X", "\u00C3\u00A9"))).Body);
    }

    [Theory, OnEachTransport]
    public async Task Trailers_of_requests_are_text_as_well(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null);
            await context.Response.WriteAsync(context.Request.GetTrailer("X") == "é" ? "yes" : "no");
        });
        const string Head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: ";
        Assert.Equal("yes", (await server.AskAsync(Head + "\u00C3\u00A9\r\n\r\n")).Body);
        Assert.Equal(400, (await server.AskAsync(Head + "\u00E9\r\n\r\n")).Status);
    }

    [Theory, OnEachTransport]
    public async Task Response_values_are_ascii_and_what_is_not_throws_where_it_is_set(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, context =>
        {
            Assert.Throws<InvalidOperationException>(() => context.Response.Headers["X"] = "é");
            Assert.Throws<InvalidOperationException>(() => context.Response.Headers.Location = "/é");
            return context.Response.WriteAsync("ok");
        });
        Assert.Equal("ok", (await server.AskAsync(Get)).Body);
    }

    [Theory, OnEachTransport]
    public async Task Response_values_have_the_encoding_that_is_named_for_them(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(
            transport,
            async context =>
            {
                IHeaderDictionary headers = context.Response.Headers;
                headers["X-Latin"] = "aé";
                headers["X-Utf8"] = "a€";
                headers["X-Plain"] = "a";
                Assert.Throws<InvalidOperationException>(() => headers["X-Plain"] = "é");
                Assert.Throws<InvalidOperationException>(() => headers["X-Latin"] = "é\r\nX-Evil: 1");
                Assert.Throws<InvalidOperationException>(() => headers["X-Utf16"] = "é");
                context.Response.AppendTrailer("X-Utf8", "€");
                await context.Response.SendEarlyHintsAsync("</a>");
                await context.Response.WriteAsync("ok");
            },
            options => options.ResponseHeaderEncodingSelector = name => name switch
            {
                "X-Latin" => Encoding.Latin1,
                "X-Utf8" => Encoding.UTF8,
                "X-Utf16" => Encoding.Unicode,
                _ => null,
            });
        using RawClient client = await server.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        string answer = await client.ReadToEndAsync();
        Assert.Contains("\r\nX-Latin: a\u00E9\r\n", answer);
        Assert.Contains("\r\nX-Utf8: a\u00E2\u0082\u00AC\r\n", answer);
        Assert.Contains("\r\nX-Plain: a\r\n", answer);
        Assert.EndsWith("ok\r\n0\r\nX-Utf8: \u00E2\u0082\u00AC\r\n\r\n", answer);
    }

    /// <summary>Every byte is the character after it, and 0xFF is LF.</summary>
    private sealed class Shifted : Encoding
    {
        public override int GetByteCount(char[] chars, int index, int count) => count;

        public override int GetBytes(char[] chars, int charIndex, int charCount, byte[] bytes, int byteIndex) =>
            throw new NotSupportedException();

        public override int GetCharCount(byte[] bytes, int index, int count) => count;

        public override int GetChars(byte[] bytes, int byteIndex, int byteCount, char[] chars, int charIndex)
        {
            for (int i = 0; i < byteCount; i++)
                chars[charIndex + i] = bytes[byteIndex + i] == 0xFF ? '\n' : (char)(bytes[byteIndex + i] + 1);
            return byteCount;
        }

        public override int GetMaxByteCount(int charCount) => charCount;

        public override int GetMaxCharCount(int byteCount) => byteCount;
    }

    private static string With(string name, string value) =>
        $"GET / HTTP/1.1\r\nHost: a\r\n{name}: {value}\r\n\r\n";

    private static Task Show(HttpContext context)
    {
        string value = context.Request.Headers["X"].ToString();
        return context.Response.WriteAsync(string.Join(',', value.Select(c => $"{(int)c:X}")));
    }
}
