using System.Text;

namespace Tipi.Hosting.Tests.Http1;

public sealed class RequestBodyTests
{
    private const string ChunkedPost = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";

    private static async Task Echo(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body, Encoding.Latin1);
        string body = await reader.ReadToEndAsync();
        await context.Response.WriteAsync(body);
    }

    [Theory, OnEachTransport]
    public async Task A_read_that_the_application_leaves_behind_is_no_fault_of_the_server(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, context =>
        {
            _ = context.Request.BodyReader.ReadAsync().AsTask();
            return Task.CompletedTask;
        });
        using RawClient client = await server.ConnectAsync();
        await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n");
        Assert.Equal(200, (await client.ReadResponseAsync()).Status);
        await client.SendAsync("hello");
        Assert.True(await client.IsEndedAsync());
        await server.StopAsync(TimeSpan.FromSeconds(30));
        Assert.DoesNotContain(server.Logs, record => record.Level >= Microsoft.Extensions.Logging.LogLevel.Error);
    }

    [Theory, OnEachTransport]
    public async Task A_body_with_a_length_arrives_and_the_next_request_follows(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, Echo);
        using RawClient client = await server.ConnectAsync();
        await client.SendAsync(
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nHello"
            + "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");
        Assert.Equal("Hello", (await client.ReadResponseAsync()).Body);
        Assert.Equal("abc", (await client.ReadResponseAsync()).Body);
    }

    [Theory, OnEachTransport]
    public async Task A_body_may_come_byte_by_byte(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, Echo);
        using RawClient client = await server.ConnectAsync();
        foreach (char one in "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nHello")
            await client.SendAsync(one.ToString());
        Assert.Equal("Hello", (await client.ReadResponseAsync()).Body);
    }

    [Theory, OnEachTransport]
    public async Task Chunks_are_put_together_however_they_are_cut(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, Echo);
        using RawClient client = await server.ConnectAsync();
        const string Body = "5;ext=1\r\nHello\r\n8\r\n, World!\r\n0\r\nX-End: yes\r\n\r\n";
        for (int cut = 0; cut <= Body.Length; cut += 3)
        {
            await client.SendAsync(ChunkedPost + Body[..cut]);
            await Task.Delay(1);
            await client.SendAsync(Body[cut..]);
            Assert.Equal("Hello, World!", (await client.ReadResponseAsync()).Body);
        }
    }

    [Theory, OnEachTransport]
    public async Task A_large_chunked_body_arrives_whole(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
        {
            long count = 0;
            byte[] buffer = new byte[5000];
            for (int read; (read = await context.Request.Body.ReadAsync(buffer)) > 0;) count += read;
            await context.Response.WriteAsync($"{count}");
        });
        using RawClient client = await server.ConnectAsync();
        string chunk = "10000\r\n" + new string('x', 0x10000) + "\r\n";
        Task sending = client.SendAsync(ChunkedPost + string.Concat(Enumerable.Repeat(chunk, 40)) + "0\r\n\r\n");
        Assert.Equal($"{40 * 0x10000}", (await client.ReadResponseAsync()).Body);
        await sending;
    }

    [Theory, OnEachTransport]
    public async Task Trailers_are_there_once_the_body_was_read(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
        {
            var trailers = context.Features.Get<IHttpRequestTrailersFeature>()!;
            bool before = trailers.Available;
            await context.Request.Body.CopyToAsync(Stream.Null);
            await context.Response.WriteAsync($"{before} {trailers.Available} {trailers.Trailers["X-Sum"]}");
        });
        RawResponse response = await server.AskAsync(ChunkedPost + "2\r\nab\r\n0\r\nX-Sum: 42\r\n\r\n");
        Assert.Equal("False True 42", response.Body);
    }

    [Theory, OnEachTransport]
    public async Task A_reader_that_examines_without_consuming_sees_everything(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
        {
            var reader = context.Request.BodyReader;
            while (true)
            {
                var read = await reader.ReadAsync();
                if (read.IsCompleted)
                {
                    await context.Response.WriteAsync(Encoding.Latin1.GetString(read.Buffer));
                    reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                    var again = await reader.ReadAsync();
                    Assert.Equal(read.Buffer.Length, again.Buffer.Length);
                    reader.AdvanceTo(again.Buffer.End);
                    return;
                }
                reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            }
        });
        string[] requests =
        [
            "Content-Length: 4\r\n\r\nab|cd",
            "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n|2\r\ncd\r\n0\r\n\r\n",
        ];
        foreach (string head in requests)
        {
            using RawClient client = await server.ConnectAsync();
            string[] parts = head.Split('|');
            await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\n" + parts[0]);
            await Task.Delay(20);
            await client.SendAsync(parts[1]);
            Assert.Equal("abcd", (await client.ReadResponseAsync()).Body);
            await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx");
            Assert.Equal("x", (await client.ReadResponseAsync()).Body);
        }
    }

    [Theory, OnEachTransport]
    public async Task Continue_is_sent_when_the_application_reads(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, Echo);
        using RawClient client = await server.ConnectAsync();
        await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
        Assert.Equal("HTTP/1.1 100 Continue\r\n\r\n", await client.ReadHeadAsync());
        await client.SendAsync("Hello");
        Assert.Equal("Hello", (await client.ReadResponseAsync()).Body);
        await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nok");
        Assert.Equal("ok", (await client.ReadResponseAsync()).Body);
    }

    [Theory, OnEachTransport]
    public async Task No_continue_when_the_application_refuses_unread(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, context =>
        {
            context.Response.StatusCode = 403;
            return Task.CompletedTask;
        });
        using RawClient client = await server.ConnectAsync();
        await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
        RawResponse response = await client.ReadResponseAsync();
        Assert.Equal(403, response.Status);
        Assert.Equal("close", response.Header("Connection"));
    }

    [Theory, OnEachTransport]
    public async Task A_declared_body_over_the_limit_is_413(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(
            transport, Echo, options => options.Limits.MaxRequestBodySize = 10);
        RawResponse response = await server.AskAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n");
        Assert.Equal(413, response.Status);
        Assert.Equal("close", response.Header("Connection"));
    }

    [Theory, OnEachTransport]
    public async Task A_chunked_body_over_the_limit_is_413(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(
            transport, Echo, options => options.Limits.MaxRequestBodySize = 10);
        RawResponse response = await server.AskAsync(ChunkedPost + "b\r\nHello World\r\n0\r\n\r\n");
        Assert.Equal(413, response.Status);
    }

    [Theory, OnEachTransport]
    public async Task The_limit_can_be_changed_until_the_body_is_read(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(
            transport,
            async context =>
            {
                var limit = context.Features.Get<IHttpMaxRequestBodySizeFeature>()!;
                Assert.Equal(10, limit.MaxRequestBodySize);
                limit.MaxRequestBodySize = null;
                await Echo(context);
                Assert.True(limit.IsReadOnly);
                Assert.Throws<InvalidOperationException>(() => limit.MaxRequestBodySize = 1);
            },
            options => options.Limits.MaxRequestBodySize = 10);
        RawResponse response = await server.AskAsync(
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\nHello World");
        Assert.Equal("Hello World", response.Body);
        Assert.DoesNotContain(server.Logs, record => record.EventId == 13);
    }

    [Theory, OnEachTransport]
    public async Task A_body_cut_off_is_an_exception_and_400(TipiTransport transport)
    {
        var seen = new TaskCompletionSource<Exception>();
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
        {
            try
            {
                await context.Request.Body.CopyToAsync(Stream.Null);
            }
            catch (Exception error)
            {
                seen.SetResult(error);
                throw;
            }
        });
        using RawClient client = await server.ConnectAsync();
        await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nHe");
        client.EndSending();
        Assert.StartsWith("HTTP/1.1 400 ", await client.ReadToEndAsync());
        Assert.IsType<BadHttpRequestException>(await seen.Task);
    }

    [Theory, OnEachTransport]
    public async Task An_unread_body_is_drained_before_the_next_request(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(
            transport, context => context.Response.WriteAsync(context.Request.Path));
        using RawClient client = await server.ConnectAsync();
        string body = new('x', 200_000);
        Task sending = client.SendAsync(
            $"POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: {body.Length}\r\n\r\n{body}"
            + "POST /2 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
            + "GET /3 HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal("/1", (await client.ReadResponseAsync()).Body);
        Assert.Equal("/2", (await client.ReadResponseAsync()).Body);
        Assert.Equal("/3", (await client.ReadResponseAsync()).Body);
        await sending;
    }

    /// <summary>Clients that read no answer before all is sent get it, and the connection goes on.</summary>
    [Theory, OnEachTransport]
    public async Task An_unread_upload_is_taken_whole(TipiTransport transport)
    {
        const int length = 29_000_000;
        await using TestServer server = await TestServer.StartAsync(
            transport, context => context.Response.WriteAsync(context.Request.Path));
        using RawClient client = await server.ConnectAsync();
        string body = new('x', length);
        await client.SendAsync($"POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n{body}");
        await client.SendAsync(
            "POST /2 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
            + $"{length:x}\r\n{body}\r\n0\r\n\r\n");
        await client.SendAsync(
            $"POST /3 HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}");
        foreach (string path in new[] { "/1", "/2", "/3" })
            Assert.Equal(path, (await client.ReadResponseAsync()).Body);
        Assert.True(await client.IsEndedAsync());
    }

    [Theory, OnEachTransport]
    public async Task Too_much_unread_body_closes_but_the_answer_arrives(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(
            transport, context => context.Response.WriteAsync("unread"),
            options => options.Limits.MaxRequestDrainSize = 1_000_000);
        foreach (int length in new[] { 900_000, 1_100_000 })
        {
            using RawClient client = await server.ConnectAsync();
            await client.SendAsync(
                $"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n{new string('x', 100_000)}");
            RawResponse response = await client.ReadResponseAsync();
            Assert.Equal("unread", response.Body);
            // Whoever is to be cut off is told.
            Assert.Equal(length < 1_000_000 ? null : "close", response.Header("Connection"));
            if (length > 1_000_000) Assert.True(await client.IsEndedAsync());
        }
    }

    /// <summary>Its length is not known before: the connection ends where the limit is passed.</summary>
    [Theory, OnEachTransport]
    public async Task Too_many_unread_chunks_close_but_the_answer_arrives(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(
            transport, context => context.Response.WriteAsync("unread"),
            options => options.Limits.MaxRequestDrainSize = 1_000_000);
        using RawClient client = await server.ConnectAsync();
        string chunk = $"186a0\r\n{new string('x', 100_000)}\r\n";
        string chunks = string.Concat(Enumerable.Repeat(chunk, 9));
        await client.SendAsync(ChunkedPost + chunks + "0\r\n\r\n");
        Assert.Equal("unread", (await client.ReadResponseAsync()).Body);

        await client.SendAsync(ChunkedPost + chunks);
        Assert.Equal("unread", (await client.ReadResponseAsync()).Body);
        await client.SendAsync(chunk + chunk);
        Assert.True(await client.IsEndedAsync());
    }

    [Theory, OnEachTransport]
    public async Task An_unread_body_that_does_not_come_closes_the_connection_in_time(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(
            transport, context => context.Response.WriteAsync("unread"),
            options => options.Limits.RequestDrainTimeout = TimeSpan.FromSeconds(1));
        using RawClient client = await server.ConnectAsync();
        await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nx");
        Assert.Equal("unread", (await client.ReadResponseAsync()).Body);
        Task<bool> ended = client.IsEndedAsync();
        for (int i = 0; i < 60 && !ended.IsCompleted; i++)
        {
            await client.SendAsync("x");
            await Task.WhenAny(ended, Task.Delay(200));
        }
        Assert.True(ended.IsCompleted, "The connection is still open.");
    }

    [Theory, OnEachTransport]
    public async Task Synchronous_reads_and_writes_must_be_allowed(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, context =>
        {
            byte[] buffer = new byte[5];
            Assert.Throws<InvalidOperationException>(() => context.Request.Body.Read(buffer, 0, 5));
            Assert.Throws<InvalidOperationException>(() => context.Response.Body.Write(buffer, 0, 5));
            context.Features.Get<IHttpBodyControlFeature>()!.AllowSynchronousIO = true;
            int read = context.Request.Body.Read(buffer, 0, 5);
            context.Response.Body.Write(buffer, 0, read);
            return Task.CompletedTask;
        });
        RawResponse response = await server.AskAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nHello");
        Assert.Equal("Hello", response.Body);
    }

    [Theory, OnEachTransport]
    public async Task Whether_there_is_a_body_is_known_before(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, context =>
        {
            var detection = context.Features.Get<IHttpRequestBodyDetectionFeature>()!;
            return context.Response.WriteAsync($"{detection.CanHaveBody} {context.Request.ContentLength}");
        });
        const string Head = "GET / HTTP/1.1\r\nHost: a\r\n";
        Assert.Equal("False ", (await server.AskAsync(Head + "\r\n")).Body);
        Assert.Equal("True 2", (await server.AskAsync(Head + "Content-Length: 2\r\n\r\nxx")).Body);
        Assert.Equal("False 0", (await server.AskAsync(Head + "Content-Length: 0\r\n\r\n")).Body);
        Assert.Equal("True ", (await server.AskAsync(ChunkedPost + "0\r\n\r\n")).Body);
    }
}
