namespace Tipi.Hosting.Tests.Http1;

public sealed class AbortTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    [Theory, OnEachTransport]
    public async Task Request_aborted_fires_when_the_client_goes(TipiTransport transport)
    {
        var running = new TaskCompletionSource();
        var aborted = new TaskCompletionSource();
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
        {
            using var registration = context.RequestAborted.Register(aborted.SetResult);
            running.SetResult();
            await aborted.Task;
        });
        RawClient client = await server.ConnectAsync();
        await client.SendAsync(Get);
        await running.Task;
        client.Socket.LingerState = new(true, 0);
        client.Dispose();
        await aborted.Task.WaitAsync(s_patience);
    }

    [Theory, OnEachTransport]
    public async Task A_token_is_not_cancelled_by_another_requests_client(TipiTransport transport)
    {
        var tokens = new List<CancellationToken>();
        await using TestServer server = await TestServer.StartAsync(transport, context =>
        {
            lock (tokens) tokens.Add(context.RequestAborted);
            return context.Response.WriteAsync(context.RequestAborted.IsCancellationRequested.ToString());
        });
        for (int i = 0; i < 20; i++)
        {
            using RawClient client = await server.ConnectAsync();
            await client.SendAsync(Get + Get);
            Assert.Equal("False", (await client.ReadResponseAsync()).Body);
            Assert.Equal("False", (await client.ReadResponseAsync()).Body);
        }
        Assert.Equal(40, tokens.Count);
    }

    [Theory, OnEachTransport]
    public async Task A_registration_ends_with_its_request(TipiTransport transport)
    {
        int fired = 0;
        var running = new TaskCompletionSource();
        var aborted = new TaskCompletionSource();
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
        {
            if (context.Request.Path == "/first")
            {
                context.RequestAborted.Register(() => Interlocked.Increment(ref fired));
                return;
            }
            context.RequestAborted.Register(aborted.SetResult);
            running.SetResult();
            await aborted.Task;
        });
        using RawClient client = await server.ConnectAsync();
        // The next request gets the same pooled objects, which is where the mistake would be.
        await client.SendAsync("GET /first HTTP/1.1\r\nHost: a\r\n\r\nGET /second HTTP/1.1\r\nHost: a\r\n\r\n");
        await running.Task;
        client.Socket.LingerState = new(true, 0);
        client.Dispose();
        await aborted.Task.WaitAsync(s_patience);
        await Task.Delay(50);
        Assert.Equal(0, fired);
    }

    [Theory, OnEachTransport]
    public async Task The_application_can_abort(TipiTransport transport)
    {
        var cancelled = new TaskCompletionSource();
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
        {
            context.RequestAborted.Register(() => cancelled.TrySetResult());
            await context.Response.WriteAsync("part");
            context.Abort();
            await cancelled.Task;
        });
        using RawClient client = await server.ConnectAsync();
        await client.SendAsync(Get);
        bool ended;
        try
        {
            ended = !(await client.ReadToEndAsync()).EndsWith("0\r\n\r\n", StringComparison.Ordinal);
        }
        catch (System.Net.Sockets.SocketException)
        {
            ended = true;
        }
        Assert.True(ended);
        await cancelled.Task.WaitAsync(s_patience);
    }

    [Theory, OnEachTransport]
    public async Task Writing_to_a_client_that_went_away_does_no_harm(TipiTransport transport)
    {
        var ended = new TaskCompletionSource<Exception?>();
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
        {
            try
            {
                byte[] block = new byte[64 * 1024];
                for (int i = 0; i < 500; i++) await context.Response.Body.WriteAsync(block);
                ended.SetResult(null);
            }
            catch (Exception error)
            {
                ended.SetResult(error);
            }
        });
        using (RawClient client = await server.ConnectAsync())
        {
            await client.SendAsync(Get);
            await client.ReadHeadAsync();
            client.Socket.LingerState = new(true, 0);
        }
        Assert.Null(await ended.Task.WaitAsync(s_patience));
        Assert.DoesNotContain(server.Logs, record => record.Level >= Microsoft.Extensions.Logging.LogLevel.Error);
    }

    [Theory, OnEachTransport]
    public async Task A_reset_in_the_middle_of_a_body_ends_the_read(TipiTransport transport)
    {
        var running = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var ended = new TaskCompletionSource<Exception?>();
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
        {
            try
            {
                await context.Request.Body.ReadExactlyAsync(new byte[2]);
                running.SetResult();
                await context.Request.Body.CopyToAsync(Stream.Null);
                ended.SetResult(null);
            }
            catch (Exception error)
            {
                ended.SetResult(error);
                throw;
            }
        });
        using (RawClient client = await server.ConnectAsync())
        {
            await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nab");
            await running.Task;
            client.Socket.LingerState = new(true, 0);
        }
        Assert.NotNull(await ended.Task.WaitAsync(s_patience));
        Assert.DoesNotContain(server.Logs, record => record.Level >= Microsoft.Extensions.Logging.LogLevel.Error);
    }
}
