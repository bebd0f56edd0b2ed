namespace Tipi.Hosting.Tests.Http1;

/// <summary>In which order the answers to a request leave, whoever writes them.</summary>
public sealed class ContinueOrderTests
{
    private const string Head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    [Theory, OnEachTransport]
    public async Task Behind_the_start_there_is_no_100(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
        {
            context.Response.ContentLength = 4;
            await context.Response.StartAsync();
            await context.Response.WriteAsync("ab");
            await new StreamReader(context.Request.Body).ReadToEndAsync();
            await context.Response.WriteAsync("cd");
        });
        using RawClient client = await server.ConnectAsync();
        await client.SendAsync(Head + "hello");
        string answer = await client.ReadToEndAsync();
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", answer);
        Assert.Contains("Connection: close\r\n", answer);
        Assert.EndsWith("\r\n\r\nabcd", answer);
        Assert.DoesNotContain("100 Continue", answer);
    }

    [Theory, OnEachTransport]
    public async Task To_a_body_that_has_begun_there_is_no_100(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
            await context.Response.WriteAsync(await new StreamReader(context.Request.Body).ReadToEndAsync()));
        using RawClient client = await server.ConnectAsync();
        for (int i = 0; i < 2; i++)
        {
            await client.SendAsync(Head + "he");
            await Task.Delay(50);
            await client.SendAsync("llo");
            RawResponse response = await client.ReadResponseAsync();
            Assert.Equal((200, "hello"), (response.Status, response.Body));
        }
    }

    [Theory, OnEachTransport]
    public async Task Behind_100_the_start_is_whole(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
        {
            await context.Response.BodyWriter.WriteAsync(
                System.Text.Encoding.ASCII.GetBytes(await new StreamReader(context.Request.Body).ReadToEndAsync()));
        });
        using RawClient client = await server.ConnectAsync();
        for (int i = 0; i < 2; i++)
        {
            await client.SendAsync(Head);
            Assert.Equal("HTTP/1.1 100 Continue\r\n\r\n", await client.ReadHeadAsync());
            await client.SendAsync("hello");
            RawResponse response = await client.ReadResponseAsync();
            Assert.Equal((200, "hello"), (response.Status, response.Body));
        }
    }

    [Theory, OnEachTransport]
    public async Task Informational_responses_that_nobody_awaits_come_before_100_and_the_response(
        TipiTransport transport)
    {
        const int hints = 6;
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
        {
            var sent = new List<Task>();
            for (int i = 0; i < hints; i++)
            {
                // Larger than what is queued for a client without a wait.
                string link = new((char)('a' + i), 200_000);
                sent.Add(context.Response.SendEarlyHintsAsync(link).AsTask());
            }
            Task<string> read = new StreamReader(context.Request.Body).ReadToEndAsync();
            await context.Response.WriteAsync(await read);
            await Task.WhenAll(sent);
        });
        using RawClient client = await server.ConnectAsync();
        await client.SendAsync(Head);
        for (int i = 0; i < hints; i++)
        {
            string hint = await client.ReadHeadAsync();
            Assert.StartsWith("HTTP/1.1 103 Early Hints\r\nLink: ", hint);
            Assert.Equal(200_000, hint.Count(letter => letter == (char)('a' + i)) - "HTTP/1.1 103 Early Hints\r\nLink: "
                .Count(letter => letter == (char)('a' + i)));
        }
        Assert.Equal("HTTP/1.1 100 Continue\r\n\r\n", await client.ReadHeadAsync().WaitAsync(s_patience));
        await client.SendAsync("hello");
        Assert.Equal("hello", (await client.ReadResponseAsync()).Body);
    }

    [Theory, OnEachTransport]
    public async Task What_comes_too_late_to_be_informational_is_refused(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
        {
            await context.Response.WriteAsync("a");
            await Assert.ThrowsAsync<InvalidOperationException>(
                async () => await context.Response.SendEarlyHintsAsync("</a>"));
            await context.Response.WriteAsync("b");
        });
        using RawClient client = await server.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal("ab", (await client.ReadResponseAsync()).Body);
    }

    /// <summary>What is read of the body and what the server drops of it never meet.</summary>
    [Theory, OnEachTransport]
    public async Task A_reader_that_is_left_behind_does_not_meet_the_drain(TipiTransport transport)
    {
        var readers = new List<Task>();
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
        {
            Stream body = context.Request.Body;
            string path = context.Request.Path;
            var hasRead = new TaskCompletionSource();
            lock (readers) readers.Add(Task.Run(() => ReadOnAsync(body, hasRead)));
            await hasRead.Task;
            await context.Response.WriteAsync(path);
        });
        string pieces = new('x', 20_000);
        for (int round = 0; round < 20; round++)
        {
            using RawClient client = await server.ConnectAsync();
            for (int i = 0; i < 10; i++)
            {
                string head = $"POST /{round}/{i} HTTP/1.1\r\nHost: a\r\nContent-Length: 40000\r\n\r\n";
                RawResponse? response = await AskAsync(client, head + pieces);
                if (response is null) break; // what is still read of the last body ends the connection at any time
                Assert.Equal((200, $"/{round}/{i}"), (response.Status, response.Body));
                if (response.Header("Connection") == "close") break;
                try
                {
                    await client.SendAsync(pieces);
                    if (client.Socket.Poll(0, System.Net.Sockets.SelectMode.SelectRead)) break;
                }
                catch (System.Net.Sockets.SocketException)
                {
                    break;
                }
            }
        }
        await Task.WhenAll(readers).WaitAsync(s_patience);
        Assert.DoesNotContain(server.Logs, record => record.Level >= Microsoft.Extensions.Logging.LogLevel.Error);
    }

    /// <summary>Null where the connection has ended before a byte of the response.</summary>
    private static async Task<RawResponse?> AskAsync(RawClient client, string request)
    {
        try
        {
            await client.SendAsync(request);
            return await client.ReadResponseAsync();
        }
        catch (Exception end) when (end is System.Net.Sockets.SocketException
            || (end is EndOfStreamException && end.Message.EndsWith("\"\"", StringComparison.Ordinal)))
        {
            return null;
        }
    }

    private static async Task ReadOnAsync(Stream body, TaskCompletionSource hasRead)
    {
        try
        {
            byte[] buffer = new byte[100];
            for (int i = 0; i < 400; i++)
            {
                int count = await body.ReadAsync(buffer);
                hasRead.TrySetResult();
                Assert.True(buffer.AsSpan(0, count).IndexOfAnyExcept((byte)'x') < 0, "A byte of another request.");
                if (count == 0) return;
            }
        }
        catch (Exception error) when (error is not Xunit.Sdk.XunitException)
        {
            // The request is over.
        }
        finally
        {
            hasRead.TrySetResult();
        }
    }
}
