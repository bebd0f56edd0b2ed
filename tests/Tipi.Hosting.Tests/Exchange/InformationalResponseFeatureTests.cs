using Tipi.Hosting.Tests.Http2;

namespace Tipi.Hosting.Tests.Exchange;

public sealed class InformationalResponseFeatureTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    [Theory, OnEachTransport]
    public async Task Early_hints_come_while_the_response_is_made(TipiTransport transport)
    {
        var release = new TaskCompletionSource();
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
        {
            string[] links = ["</a.css>; rel=preload", "</b.js>; rel=preload"];
            await context.Response.SendEarlyHintsAsync(links);
            await context.Response.SendInformationalAsync(102, []);
            await release.Task;
            Assert.False(context.Response.HasStarted);
            await context.Response.WriteAsync("hello");
        });
        using RawClient client = await server.ConnectAsync();
        for (int i = 0; i < 2; i++)
        {
            await client.SendAsync(Get);
            Assert.Equal(
                "HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\nLink: </b.js>; rel=preload\r\n\r\n",
                await client.ReadHeadAsync());
            Assert.Equal("HTTP/1.1 102 Processing\r\n\r\n", await client.ReadHeadAsync());
            release.TrySetResult();
            RawResponse response = await client.ReadResponseAsync();
            Assert.Equal((200, "hello", null), (response.Status, response.Body, response.Header("Link")));
        }
    }

    [Theory, OnEachTransport]
    public async Task A_client_of_http_1_0_gets_none(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
        {
            await context.Response.SendEarlyHintsAsync("</a.css>; rel=preload");
            await context.Response.WriteAsync("hello");
        });
        using RawClient client = await server.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.0\r\n\r\n");
        string answer = await client.ReadToEndAsync();
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", answer);
        Assert.DoesNotContain("Link", answer);
    }

    /// <summary>Of hints that nobody takes some may be left out; the 100 that the client waits for never.</summary>
    [Theory, OnEachTransport]
    public async Task In_HTTP2_100_comes_behind_any_number_of_hints(TipiTransport transport)
    {
        const int Hints = 30;
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
        {
            for (int i = 0; i < Hints; i++) await context.Response.SendEarlyHintsAsync("</a.css>; rel=preload");
            await context.Response.WriteAsync(await new StreamReader(context.Request.Body).ReadToEndAsync());
        });
        using Http2Client client = await Http2Client.ConnectAsync(server);
        await client.HeadersAsync(1, $"{Http2Client.Post}|expect: 100-continue", endStream: false);
        int hints = 0;
        string heard;
        while ((heard = (await client.HearAsync()).ToString()) == "HEADERS 1 103") hints++;
        Assert.Equal("HEADERS 1 100", heard);
        Assert.InRange(hints, 8, Hints);

        await client.DataAsync(1, "hello", endStream: true);
        Assert.Equal((200, "hello"), await AnswerOf(client));

        static async Task<(int, string)> AnswerOf(Http2Client client)
        {
            Http2Answer answer = await client.AnswerAsync(1);
            return (answer.Status, answer.Body);
        }
    }

    [Theory, OnEachTransport]
    public async Task Hints_may_come_before_100(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
        {
            await context.Response.SendEarlyHintsAsync("</a.css>; rel=preload");
            string body = await new StreamReader(context.Request.Body).ReadToEndAsync();
            await context.Response.SendEarlyHintsAsync("</b.js>; rel=preload");
            await context.Response.WriteAsync(body);
        });
        using RawClient client = await server.ConnectAsync();
        await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 103 ", await client.ReadHeadAsync());
        Assert.Equal("HTTP/1.1 100 Continue\r\n\r\n", await client.ReadHeadAsync());
        await client.SendAsync("abc");
        Assert.StartsWith("HTTP/1.1 103 ", await client.ReadHeadAsync());
        Assert.Equal("abc", (await client.ReadResponseAsync()).Body);
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 103 ", await client.ReadHeadAsync());
    }

    [Theory]
    [InlineData(99)]
    [InlineData(100)]
    [InlineData(101)]
    [InlineData(200)]
    [InlineData(-1)]
    public Task A_status_that_is_not_informational_is_refused(int status) =>
        AssertRefusedAsync<ArgumentOutOfRangeException>(status, "X-A", "1");

    [Theory]
    [InlineData("Content-Length", "1")]
    [InlineData("Transfer-Encoding", "chunked")]
    [InlineData("Connection", "close")]
    [InlineData("X-Line", "a\r\n\r\nHTTP/1.1 200 OK")]
    [InlineData("X Name", "a")]
    public Task A_header_that_can_not_be_sent_is_refused(string name, string value) =>
        AssertRefusedAsync<InvalidOperationException>(103, name, value);

    [Theory, OnEachTransport]
    public async Task After_the_start_of_the_response_it_is_too_late(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
        {
            await context.Response.StartAsync();
            await Assert.ThrowsAsync<InvalidOperationException>(
                async () => await context.Response.SendEarlyHintsAsync("</a.css>; rel=preload"));
            await context.Response.WriteAsync("hello");
        });
        Assert.Equal("hello", (await server.AskAsync(Get)).Body);
    }

    [Fact]
    public async Task On_another_server_nothing_is_sent()
    {
        var context = new DefaultHttpContext();
        await context.Response.SendEarlyHintsAsync("</a.css>; rel=preload");
        Assert.Equal(200, context.Response.StatusCode);
    }

    [Theory, OnEachTransport]
    public async Task An_http_client_passes_over_them(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
        {
            for (int i = 0; i < 10; i++) await context.Response.SendEarlyHintsAsync($"</{i}.css>; rel=preload");
            await context.Response.WriteAsync("hello");
        });
        using var client = new HttpClient();
        Assert.Equal("hello", await client.GetStringAsync(new Uri($"http://127.0.0.1:{server.Port}/")));
    }

    private static async Task AssertRefusedAsync<TException>(int status, string name, string value)
        where TException : Exception
    {
        await using TestServer server = await TestServer.StartAsync(TipiTransport.Sockets, async context =>
        {
            await Assert.ThrowsAsync<TException>(async () =>
                await context.Response.SendInformationalAsync(status, [new(name, value)]));
            await context.Response.WriteAsync("hello");
        });
        RawResponse response = await server.AskAsync(Get);
        Assert.Equal((200, "hello"), (response.Status, response.Body));
    }
}
