using Microsoft.AspNetCore.Server.Kestrel.Core;
using Tipi.Protocols.Http;

namespace Tipi.Hosting.Tests.Http2;

/// <summary>One profile for both versions: what the lenient one serves over HTTP/2, as Kestrel does.</summary>
public sealed class Http2StrictnessTests
{
    private const string Start = ":method: GET|:scheme: http";

    private static readonly (string Name, string Lines, bool IsLenientAlone)[] s_cases =
    [
        ("fragment", $"{Start}|:path: /a#b?c#d|:authority: a", true),
        ("backslash", $"{Start}|:path: /a\\..\\b|:authority: a", true),
        ("backslash and dot segments", $"{Start}|:path: /a\\b/../%63#/./d?e\\f|:authority: a", true),
        ("backslash in the query", $"{Start}|:path: /?a=C:\\temp|:authority: a", false),
        ("UTF-8", $"{Start}|:path: /\u00c3\u00a4|:authority: a", true),
        ("UTF-8 in the query", $"{Start}|:path: /a?\u00c3\u00a4|:authority: a", true),
        ("unknown expectation", $"{Start}|:path: /|:authority: a|expect: x", true),
        ("empty authority", $"{Start}|:path: /|:authority: ", true),
        ("value in UTF-8", $"{Start}|:path: /|:authority: a|x: \u00c3\u00a4", false),
    ];

    [Theory, OnEachTransport]
    public async Task Lenient_serves_what_Kestrel_serves(TipiTransport transport)
    {
        await using TestServer strict = await TestServer.StartAsync(transport, Echo);
        await using TestServer lenient = await TestServer.StartAsync(
            transport, Echo, options => options.Strictness = HttpStrictness.Lenient);
        await using KestrelPeer kestrel = await KestrelPeer.StartAsync(
            Echo, listen: endpoint => endpoint.Protocols = HttpProtocols.Http2);
        foreach ((string name, string lines, bool isLenientAlone) in s_cases)
        {
            string ofKestrel = await AskAsync(kestrel.EndPoint.Port, lines);
            Assert.True(ofKestrel.StartsWith("200 ", StringComparison.Ordinal), $"{name}: {ofKestrel}");
            Assert.Equal((name, ofKestrel), (name, await AskAsync(lenient.Port, lines)));
            string ofStrict = await AskAsync(strict.Port, lines);
            if (isLenientAlone) Assert.True(ofStrict is "reset PROTOCOL_ERROR" or "417 ", $"{name}: {ofStrict}");
            else Assert.Equal((name, ofKestrel), (name, ofStrict));
        }
    }

    /// <summary>Kestrel loses the letters of such a path, or rejects it.</summary>
    [Theory, OnEachTransport]
    public async Task Lenient_decodes_a_path_of_letters_and_escapes(TipiTransport transport)
    {
        await using TestServer lenient = await TestServer.StartAsync(
            transport, Echo, options => options.Strictness = HttpStrictness.Lenient);
        Assert.Equal(
            "200 /\u00c3\u00a4 b ?\u00c3\u00a4 /\u00c3\u00a4%20b?\u00c3\u00a4 Host=a X=",
            await AskAsync(lenient.Port, $"{Start}|:path: /\u00c3\u00a4%20b?\u00c3\u00a4|:authority: a"));
        const string Old = "GET /\u00c3\u00a4%20b?\u00c3\u00a4 HTTP/1.1\r\nHost: a\r\n\r\n";
        RawResponse old = await lenient.AskAsync(Old);
        Assert.Equal("/\u00c3\u00a4 b ?\u00c3\u00a4 /\u00c3\u00a4%20b?\u00c3\u00a4 Host=a X=", old.Body);
    }

    /// <summary>As over HTTP/1.1, where they are not part of the value.</summary>
    [Theory]
    [InlineData(TipiTransport.Uring, HttpStrictness.Strict)]
    [InlineData(TipiTransport.Uring, HttpStrictness.Lenient)]
    [InlineData(TipiTransport.Sockets, HttpStrictness.Strict)]
    [InlineData(TipiTransport.Sockets, HttpStrictness.Lenient)]
    public async Task Blanks_around_a_value_and_a_trailer_are_taken_off(
        TipiTransport transport, HttpStrictness strictness)
    {
        await using TestServer server = await TestServer.StartAsync(
            transport,
            async context =>
            {
                await context.Request.Body.CopyToAsync(Stream.Null);
                HttpRequest request = context.Request;
                await context.Response.WriteAsync($"[{request.Headers["X"]}][{request.GetTrailer("y")}]");
            },
            options => options.Strictness = strictness);
        using Http2Client client = await Http2Client.ConnectAsync(server);
        await client.HeadersAsync(1, $"{Http2Client.Post}|x: \t b c \t", endStream: false);
        await client.DataAsync(1, "hello");
        await client.HeadersAsync(1, "y:  d ");
        Assert.Equal("[b c][d]", (await client.AnswerAsync(1)).Body);
    }

    private static async Task<string> AskAsync(int port, string lines)
    {
        using Http2Client client = await Http2Client.OpenAsync(port);
        await client.BeginAsync();
        Http2Answer answer = await client.AskAsync(1, lines);
        return answer.ResetCode is { } code ? $"reset {code}" : $"{answer.Status} {answer.Body}";
    }

    private static Task Echo(HttpContext context)
    {
        HttpRequest request = context.Request;
        string raw = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        return context.Response.WriteAsync(
            $"{request.Path.Value} {request.QueryString} {raw} Host={request.Host} X={request.Headers["X"]}");
    }
}
