using System.Diagnostics;
using System.Text;

namespace Tipi.Hosting.Tests.Http1;

public sealed class KeepAliveTests
{
    private static Task Echo(HttpContext context)
    {
        string text = context.Request.Path + context.Request.QueryString;
        context.Response.ContentLength = text.Length;
        return context.Response.WriteAsync(text);
    }

    [Theory, OnEachTransport]
    public async Task Requests_follow_each_other_on_one_connection(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, Echo);
        using RawClient client = await server.ConnectAsync();
        for (int i = 0; i < 100; i++)
        {
            await client.SendAsync($"GET /{i}?q={i} HTTP/1.1\r\nHost: a\r\n\r\n");
            Assert.Equal($"/{i}?q={i}", (await client.ReadResponseAsync()).Body);
        }
    }

    [Theory, OnEachTransport]
    public async Task A_thousand_pipelined_requests_are_answered_in_order(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, Echo);
        using RawClient client = await server.ConnectAsync();
        var requests = new StringBuilder();
        for (int i = 0; i < 1000; i++) requests.Append($"GET /{i} HTTP/1.1\r\nHost: a\r\n\r\n");
        Task sending = client.SendAsync(requests.ToString());
        for (int i = 0; i < 1000; i++) Assert.Equal($"/{i}", (await client.ReadResponseAsync()).Body);
        await sending;
    }

    [Theory, OnEachTransport]
    public async Task Pipelined_requests_that_wait_are_answered_in_order(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
        {
            await Task.Yield();
            await Echo(context);
        });
        using RawClient client = await server.ConnectAsync();
        var requests = new StringBuilder();
        for (int i = 0; i < 200; i++) requests.Append($"GET /{i} HTTP/1.1\r\nHost: a\r\n\r\n");
        await client.SendAsync(requests.ToString());
        for (int i = 0; i < 200; i++) Assert.Equal($"/{i}", (await client.ReadResponseAsync()).Body);
    }

    [Theory, OnEachTransport]
    public async Task A_head_may_come_byte_by_byte(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(
            transport, context => context.Response.WriteAsync(context.Request.Headers["X-One"].ToString()));
        using RawClient client = await server.ConnectAsync();
        foreach (char one in "GET /slow HTTP/1.1\r\nHost: a\r\nX-One: 1\r\n\r\n")
            await client.SendAsync(one.ToString());
        Assert.Equal("1", (await client.ReadResponseAsync()).Body);
    }

    [Theory, OnEachTransport]
    public async Task A_head_larger_than_a_block_is_put_together(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(
            transport, context => context.Response.WriteAsync(context.Request.Headers["X-Long"].ToString()));
        using RawClient client = await server.ConnectAsync();
        string value = new('v', 20_000);
        string request = $"GET / HTTP/1.1\r\nHost: a\r\nX-Long: {value}\r\n\r\n";
        await client.SendAsync(request[..9_000]);
        await Task.Delay(20);
        await client.SendAsync(request[9_000..] + "GET / HTTP/1.1\r\nHost: a\r\nX-Long: next\r\n\r\n");
        Assert.Equal(value, (await client.ReadResponseAsync()).Body);
        Assert.Equal("next", (await client.ReadResponseAsync()).Body);
    }

    [Theory, OnEachTransport]
    public async Task Connection_close_is_honoured_from_either_side(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, context =>
        {
            if (context.Request.Path == "/close") context.Response.Headers.Connection = "close";
            return Task.CompletedTask;
        });
        using RawClient client = await server.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        Assert.Contains("Connection: close\r\n", await client.ReadToEndAsync());
        using RawClient other = await server.ConnectAsync();
        await other.SendAsync("GET /close HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Contains("Connection: close\r\n", await other.ReadToEndAsync());
    }

    [Theory, OnEachTransport]
    public async Task A_half_closed_client_gets_its_answer(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
        {
            await Task.Delay(100);
            await Echo(context);
        });
        using RawClient client = await server.ConnectAsync();
        await client.SendAsync("GET /half HTTP/1.1\r\nHost: a\r\n\r\n");
        client.EndSending();
        Assert.EndsWith("\r\n\r\n/half", await client.ReadToEndAsync());
    }

    [Theory, OnEachTransport]
    public async Task An_idle_connection_ends_after_its_timeout(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(
            transport, Echo, options => options.Limits.KeepAliveTimeout = TimeSpan.FromMilliseconds(100));
        using RawClient client = await server.ConnectAsync();
        await client.SendAsync("GET /x HTTP/1.1\r\nHost: a\r\n\r\n");
        await client.ReadResponseAsync();
        Assert.True(await client.IsEndedAsync());
    }

    [Theory, OnEachTransport]
    public async Task A_head_that_never_ends_is_answered_408(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(
            transport, Echo, options => options.Limits.RequestHeadersTimeout = TimeSpan.FromMilliseconds(100));
        using RawClient client = await server.ConnectAsync();
        await client.SendAsync("GET /x HTTP/1.1\r\nHos");
        string all = await client.ReadToEndAsync();
        Assert.StartsWith("HTTP/1.1 408 Request Timeout\r\n", all);
    }

    /// <summary>The heartbeat's clock is late by up to a second, differently for each of these.</summary>
    [Theory, OnEachTransport]
    public async Task Nobody_has_less_time_than_the_limits_say(TipiTransport transport)
    {
        TimeSpan limit = TimeSpan.FromSeconds(1);
        await using TestServer server = await TestServer.StartAsync(transport, Echo, options =>
        {
            options.Limits.KeepAliveTimeout = limit;
            options.Limits.RequestHeadersTimeout = limit;
        });
        await Task.WhenAll(Enumerable.Range(0, 10).Select(async number =>
        {
            await Task.Delay(number * 100);
            using RawClient client = await server.ConnectAsync();
            long beganAt = Stopwatch.GetTimestamp();
            await client.SendAsync(number % 2 == 0 ? "GET /x HTTP/1.1\r\nHos" : "GET /x HTTP/1.1\r\nHost: a\r\n\r\n");
            await client.ReadToEndAsync();
            Assert.True(Stopwatch.GetElapsedTime(beganAt) >= limit);
        }));
    }

    [Theory, OnEachTransport]
    public async Task Async_locals_do_not_reach_the_next_request(TipiTransport transport)
    {
        var local = new AsyncLocal<string?>();
        await using TestServer server = await TestServer.StartAsync(transport, context =>
        {
            string seen = local.Value ?? "none";
            local.Value = "leaked";
            return context.Response.WriteAsync(seen);
        });
        using RawClient client = await server.ConnectAsync();
        for (int i = 0; i < 3; i++)
        {
            await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            Assert.Equal("none", (await client.ReadResponseAsync()).Body);
        }
    }
}
