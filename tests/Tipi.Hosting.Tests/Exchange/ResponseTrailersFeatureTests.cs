using Microsoft.Extensions.Primitives;

namespace Tipi.Hosting.Tests.Exchange;

public sealed class ResponseTrailersFeatureTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

    [Theory, OnEachTransport]
    public async Task Trailers_come_behind_the_last_chunk(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
        {
            HttpResponse response = context.Response;
            response.DeclareTrailer("X-Sum");
            response.DeclareTrailer("X-Early");
            response.AppendTrailer("X-Early", "0");
            await response.WriteAsync("hello");
            Assert.True(response.SupportsTrailers());
            response.AppendTrailer("X-Sum", new StringValues(["1", "2"]));
        });
        string answer = await AskAsync(server, Get);
        Assert.Contains("\r\nTrailer: X-Sum,X-Early\r\n", answer);
        Assert.EndsWith("\r\n\r\n5\r\nhello\r\n0\r\nX-Early: 0\r\nX-Sum: 1\r\nX-Sum: 2\r\n\r\n", answer);
    }

    [Theory, OnEachTransport]
    public async Task A_body_that_is_empty_is_chunked_for_its_trailers(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, context =>
        {
            context.Response.AppendTrailer("grpc-status", "12");
            return Task.CompletedTask;
        });
        string answer = await AskAsync(server, Get);
        Assert.Contains("\r\nTransfer-Encoding: chunked\r\n", answer);
        Assert.DoesNotContain("Content-Length", answer);
        Assert.EndsWith("\r\n\r\n0\r\ngrpc-status: 12\r\n\r\n", answer);
    }

    [Theory, OnEachTransport]
    public async Task The_next_response_has_none_of_them(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
        {
            await context.Response.WriteAsync("x");
            if (context.Request.Path == "/with") context.Response.AppendTrailer("X-Sum", "1");
            await context.Response.CompleteAsync();
            Assert.False(context.Response.SupportsTrailers());
        });
        using RawClient client = await server.ConnectAsync();
        await client.SendAsync("GET /with HTTP/1.1\r\nHost: a\r\n\r\n" + Get);
        string answers = await client.ReadToEndAsync();
        Assert.Equal(2, answers.Split("x\r\n0\r\n").Length - 1);
        Assert.Single(answers.Split("X-Sum: 1\r\n\r\n").SkipLast(1));
        Assert.EndsWith("x\r\n0\r\n\r\n", answers);
    }

    [Theory, OnEachTransport]
    public async Task A_client_of_http_1_0_gets_none(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
        {
            Assert.False(context.Response.SupportsTrailers());
            Assert.Throws<InvalidOperationException>(() => context.Response.AppendTrailer("X-Sum", "1"));
            await context.Response.WriteAsync("hello");
        });
        Assert.EndsWith("\r\n\r\nhello", await AskAsync(server, "GET / HTTP/1.0\r\n\r\n"));
    }

    [Theory, OnEachTransport]
    public async Task A_body_of_declared_length_has_no_place_for_them(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
        {
            context.Response.AppendTrailer("X-Early", "1");
            context.Response.ContentLength = 5;
            Assert.False(context.Response.SupportsTrailers());
            await context.Response.WriteAsync("hello");
            Assert.Throws<InvalidOperationException>(() => context.Response.AppendTrailer("X-Sum", "1"));
        });
        Assert.EndsWith("\r\n\r\nhello", await AskAsync(server, Get));
    }

    [Theory, OnEachTransport]
    public async Task Head_takes_them_and_sends_nothing(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
        {
            await context.Response.WriteAsync("hello");
            context.Response.AppendTrailer("X-Sum", "1");
        });
        string answer = await AskAsync(server, Get.Replace("GET", "HEAD", StringComparison.Ordinal));
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", answer);
        Assert.EndsWith("\r\n\r\n", answer);
        Assert.DoesNotContain("X-Sum", answer);
    }

    [Theory, OnEachTransport]
    public async Task A_collection_of_the_applications_own_is_sent(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
        {
            var own = new HeaderDictionary();
            context.Features.Get<IHttpResponseTrailersFeature>()!.Trailers = own;
            await context.Response.WriteAsync("hello");
            own["X-Own"] = "1";
        });
        Assert.EndsWith("0\r\nX-Own: 1\r\n\r\n", await AskAsync(server, Get));
    }

    [Theory, OnEachTransport]
    public async Task An_error_drops_them(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, context =>
        {
            context.Response.AppendTrailer("X-Sum", "1");
            throw new InvalidOperationException("mine");
        });
        string answer = await AskAsync(server, Get);
        Assert.StartsWith("HTTP/1.1 500 ", answer);
        Assert.DoesNotContain("X-Sum", answer);
    }

    [Theory]
    [InlineData("Transfer-Encoding", "chunked")]
    [InlineData("content-length", "1")]
    [InlineData("Host", "b")]
    [InlineData("Authorization", "x")]
    [InlineData("Set-Cookie", "a=b")]
    [InlineData("Content-Type", "text/html")]
    [InlineData("Content-Encoding", "gzip")]
    [InlineData("Trailer", "X")]
    [InlineData("Cache-Control", "no-store")]
    [InlineData("X-Line", "a\r\nSet-Cookie: b")]
    [InlineData("X Name", "a")]
    [InlineData("X-Wide", "é")]
    public async Task What_can_not_be_a_trailer_is_refused(string name, string value)
    {
        await using TestServer server = await TestServer.StartAsync(TipiTransport.Sockets, async context =>
        {
            IHeaderDictionary trailers = context.Features.Get<IHttpResponseTrailersFeature>()!.Trailers;
            Assert.Throws<InvalidOperationException>(() => trailers[name] = value);
            Assert.Throws<InvalidOperationException>(() => trailers.ContentLength = 1);
            trailers["Content-Digest"] = "sha-256=:x:";
            await context.Response.WriteAsync("ok");
        });
        Assert.EndsWith("ok\r\n0\r\nContent-Digest: sha-256=:x:\r\n\r\n", await AskAsync(server, Get));
    }

    [Theory, OnEachTransport]
    public async Task An_http_client_reads_them(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
        {
            await context.Response.WriteAsync("hello");
            context.Response.AppendTrailer("X-Sum", "1");
        });
        using var client = new HttpClient();
        using HttpResponseMessage response = await client.GetAsync(new Uri($"http://127.0.0.1:{server.Port}/"));
        Assert.Equal("hello", await response.Content.ReadAsStringAsync());
        Assert.Equal(["1"], response.TrailingHeaders.GetValues("X-Sum"));
    }

    private static async Task<string> AskAsync(TestServer server, string request)
    {
        using RawClient client = await server.ConnectAsync();
        await client.SendAsync(request);
        return await client.ReadToEndAsync();
    }
}
