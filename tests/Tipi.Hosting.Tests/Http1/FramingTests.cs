namespace Tipi.Hosting.Tests.Http1;

public sealed class FramingTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    [Theory, OnEachTransport]
    public async Task Declared_length_is_sent_as_is(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, context =>
        {
            context.Response.ContentType = "text/plain";
            context.Response.ContentLength = 5;
            return context.Response.Body.WriteAsync("Hello"u8.ToArray()).AsTask();
        });
        using RawClient client = await server.ConnectAsync();
        await client.SendAsync(Get);
        RawResponse response = await client.ReadResponseAsync();
        Assert.Equal(
            "HTTP/1.1 200 OK\r\nServer: Tipi\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\n",
            response.HeadWithoutDate);
        Assert.Equal("Hello", response.Body);
        Assert.EndsWith(" GMT", response.Header("Date"));
    }

    [Theory, OnEachTransport]
    public async Task Unknown_length_is_chunked_on_1_1(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
        {
            await context.Response.WriteAsync("Hello");
            await context.Response.WriteAsync(", World!");
        });
        using RawClient client = await server.ConnectAsync();
        await client.SendAsync(Get);
        string head = await client.ReadHeadAsync();
        Assert.Contains("Transfer-Encoding: chunked\r\n", head);
        Assert.DoesNotContain("Content-Length", head);
        const string Body = "5\r\nHello\r\n8\r\n, World!\r\n0\r\n\r\n";
        Assert.Equal(Body, await client.ReadExactlyAsync(Body.Length));
    }

    [Theory, OnEachTransport]
    public async Task Unknown_length_ends_with_the_connection_on_1_0(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(
            transport, context => context.Response.WriteAsync("Hello"));
        using RawClient client = await server.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
        string all = await client.ReadToEndAsync();
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", all);
        Assert.Contains("Connection: close\r\n", all);
        Assert.DoesNotContain("chunked", all);
        Assert.EndsWith("\r\n\r\nHello", all);
    }

    [Theory, OnEachTransport]
    public async Task Keep_alive_on_1_0_is_granted_when_the_length_is_known(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, context =>
        {
            context.Response.ContentLength = 2;
            return context.Response.WriteAsync("ok");
        });
        using RawClient client = await server.ConnectAsync();
        for (int i = 0; i < 2; i++)
        {
            await client.SendAsync("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
            RawResponse response = await client.ReadResponseAsync();
            Assert.Equal("keep-alive", response.Header("Connection"));
            Assert.Equal("ok", response.Body);
        }
    }

    [Theory, OnEachTransport]
    public async Task Nothing_written_says_length_0(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, _ => Task.CompletedTask);
        RawResponse response = await server.AskAsync(Get);
        Assert.Equal("HTTP/1.1 200 OK\r\nServer: Tipi\r\nContent-Length: 0\r\n\r\n", response.HeadWithoutDate);
    }

    [Theory]
    [InlineData(204, null)]
    [InlineData(304, null)]
    [InlineData(205, "0")]
    public async Task Bodiless_statuses(int status, string? length)
    {
        await using TestServer server = await TestServer.StartAsync(TipiTransport.Sockets, context =>
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        });
        RawResponse response = await server.AskAsync(Get);
        Assert.Equal(status, response.Status);
        Assert.Equal(length, response.Header("Content-Length"));
        Assert.Null(response.Header("Transfer-Encoding"));
    }

    [Theory, OnEachTransport]
    public async Task Writing_to_a_bodiless_status_is_an_exception(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
        {
            context.Response.StatusCode = 204;
            await context.Response.WriteAsync("no");
        });
        using RawClient client = await server.ConnectAsync();
        await client.SendAsync(Get);
        // The head was started by WriteAsync before the fault: the connection cannot go on.
        string all = await client.ReadToEndAsync();
        Assert.DoesNotContain("no", all);
        Assert.Contains(server.Logs, record => record.Error is InvalidOperationException error
            && error.Message.Contains("204", StringComparison.Ordinal));
    }

    [Theory, OnEachTransport]
    public async Task Head_swallows_the_body_and_goes_on(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, context =>
        {
            context.Response.ContentLength = 5;
            return context.Response.WriteAsync("Hello");
        });
        using RawClient client = await server.ConnectAsync();
        await client.SendAsync("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n" + Get);
        RawResponse head = await client.ReadResponseAsync(isHead: true);
        Assert.Equal("5", head.Header("Content-Length"));
        RawResponse get = await client.ReadResponseAsync();
        Assert.Equal("Hello", get.Body);
    }

    [Theory, OnEachTransport]
    public async Task Head_without_length_says_nothing_about_it(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, _ => Task.CompletedTask);
        RawResponse response = await server.AskAsync("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal("HTTP/1.1 200 OK\r\nServer: Tipi\r\n\r\n", response.HeadWithoutDate);
    }

    [Theory, OnEachTransport]
    public async Task Large_chunked_body_arrives_whole(TipiTransport transport)
    {
        byte[] block = new byte[100_000];
        Array.Fill(block, (byte)'x');
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
        {
            for (int i = 0; i < 20; i++) await context.Response.Body.WriteAsync(block);
        });
        RawResponse response = await server.AskAsync(Get);
        Assert.Equal(20 * block.Length, response.Body.Length);
        Assert.Equal(-1, response.Body.AsSpan().IndexOfAnyExcept('x'));
    }

    [Theory, OnEachTransport]
    public async Task Writer_used_before_the_start_may_be_followed_by_headers(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, context =>
        {
            Memory<byte> memory = context.Response.BodyWriter.GetMemory(10_000);
            "Hello"u8.CopyTo(memory.Span);
            context.Response.BodyWriter.Advance(5);
            Assert.False(context.Response.HasStarted);
            context.Response.Headers["X-Late"] = "yes";
            return Task.CompletedTask;
        });
        RawResponse response = await server.AskAsync(Get);
        Assert.Equal("yes", response.Header("X-Late"));
        Assert.Equal("Hello", response.Body);
    }

    [Theory, OnEachTransport]
    public async Task Chunks_of_several_advances_are_one(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
        {
            await context.Response.StartAsync();
            foreach (byte letter in "abc"u8.ToArray())
            {
                context.Response.BodyWriter.GetSpan()[0] = letter;
                context.Response.BodyWriter.Advance(1);
            }
            Assert.Equal(3, context.Response.BodyWriter.UnflushedBytes);
        });
        using RawClient client = await server.ConnectAsync();
        await client.SendAsync(Get);
        await client.ReadHeadAsync();
        Assert.Equal("3\r\nabc\r\n0\r\n\r\n", await client.ReadExactlyAsync(13));
    }

    [Theory, OnEachTransport]
    public async Task The_application_may_frame_by_itself(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, context =>
        {
            context.Response.Headers.TransferEncoding = "chunked";
            return context.Response.Body.WriteAsync("2\r\nhi\r\n0\r\n\r\n"u8.ToArray()).AsTask();
        });
        RawResponse response = await server.AskAsync(Get);
        Assert.Equal("hi", response.Body);
    }

    [Theory, OnEachTransport]
    public async Task Server_header_can_be_left_out_and_replaced(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(
            transport,
            context =>
            {
                if (context.Request.Path == "/own") context.Response.Headers.Server = "mine";
                return Task.CompletedTask;
            },
            options => options.AddServerHeader = false);
        Assert.Null((await server.AskAsync(Get)).Header("Server"));
        Assert.Equal("mine", (await server.AskAsync("GET /own HTTP/1.1\r\nHost: a\r\n\r\n")).Header("Server"));
    }
}
