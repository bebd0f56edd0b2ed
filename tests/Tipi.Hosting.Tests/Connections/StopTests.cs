using System.Diagnostics;

namespace Tipi.Hosting.Tests.Connections;

public sealed class StopTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    [Theory, OnEachTransport]
    public async Task Idle_connections_end_at_once(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, _ => Task.CompletedTask);
        using var meters = new MeterRecorder(server);
        using RawClient used = await server.ConnectAsync();
        await used.SendAsync(Get);
        await used.ReadResponseAsync();
        using RawClient unused = await server.ConnectAsync();
        await meters.WaitAsync("kestrel.active_connections", 2); // the backlog's would be reset
        var watch = Stopwatch.StartNew();
        await server.StopAsync(TimeSpan.FromSeconds(30));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), $"The stop took {watch.Elapsed}.");
        Assert.True(await used.IsEndedAsync());
        Assert.True(await unused.IsEndedAsync());
    }

    [Theory, OnEachTransport]
    public async Task A_request_that_runs_is_answered_and_the_connection_closed(TipiTransport transport)
    {
        var running = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
        {
            running.SetResult();
            await release.Task;
            await context.Response.WriteAsync("late");
        });
        using RawClient client = await server.ConnectAsync();
        await client.SendAsync(Get);
        await running.Task;
        Task stop = server.StopAsync(TimeSpan.FromSeconds(30));
        await UntilRefusedAsync(server);
        Assert.False(stop.IsCompleted);
        release.SetResult();
        RawResponse response = await client.ReadResponseAsync();
        Assert.Equal(("late", "close"), (response.Body, response.Header("Connection")));
        await stop;
        Assert.True(await client.IsEndedAsync());
    }

    [Theory, OnEachTransport]
    public async Task A_request_that_does_not_end_is_aborted_at_the_deadline(TipiTransport transport)
    {
        var running = new TaskCompletionSource();
        var aborted = new TaskCompletionSource();
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
        {
            using var registration = context.RequestAborted.Register(aborted.SetResult);
            running.SetResult();
            await aborted.Task;
        });
        using RawClient client = await server.ConnectAsync();
        await client.SendAsync(Get);
        await running.Task;
        await server.StopAsync(TimeSpan.FromMilliseconds(200));
        await aborted.Task.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Contains(server.Logs, record => record.EventId == 16);
    }

    [Theory, OnEachTransport]
    public async Task A_body_that_is_being_read_survives_the_stop(TipiTransport transport)
    {
        var running = new TaskCompletionSource();
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
        {
            running.SetResult();
            using var reader = new StreamReader(context.Request.Body);
            await context.Response.WriteAsync(await reader.ReadToEndAsync());
        });
        using RawClient client = await server.ConnectAsync();
        await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nHe");
        await running.Task;
        Task stop = server.StopAsync(TimeSpan.FromSeconds(30));
        await Task.Delay(50);
        await client.SendAsync("llo");
        Assert.Equal("Hello", (await client.ReadResponseAsync()).Body);
        await stop;
    }

    [Theory, OnEachTransport]
    public async Task Too_many_connections_are_turned_away(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(
            transport, _ => Task.CompletedTask, options => options.Limits.MaxConcurrentConnections = 1);
        using RawClient first = await server.ConnectAsync();
        await first.SendAsync(Get);
        await first.ReadResponseAsync();
        Assert.True(await IsTurnedAwayAsync(server));
        await first.SendAsync(Get);
        Assert.Equal(200, (await first.ReadResponseAsync()).Status);
        Assert.Contains(server.Logs, record => record.EventId == 24);
    }

    private static async Task UntilRefusedAsync(TestServer server)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (true)
        {
            try
            {
                (await server.ConnectAsync()).Dispose();
                await Task.Delay(20, late.Token);
            }
            catch (System.Net.Sockets.SocketException)
            {
                return;
            }
        }
    }

    private static async Task<bool> IsTurnedAwayAsync(TestServer server)
    {
        try
        {
            using RawClient client = await server.ConnectAsync();
            return await client.IsEndedAsync();
        }
        catch (System.Net.Sockets.SocketException)
        {
            return true;
        }
    }

    [Theory, OnEachTransport]
    public async Task Many_connections_come_and_go(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(
            transport, context => context.Response.WriteAsync("ok"));
        await Parallel.ForAsync(0, 300, new ParallelOptions { MaxDegreeOfParallelism = 20 }, async (i, _) =>
        {
            using RawClient client = await server.ConnectAsync();
            await client.SendAsync(i % 3 == 0 ? Get[..20] : Get);
            if (i % 3 == 1) Assert.Equal("ok", (await client.ReadResponseAsync()).Body);
        });
        Assert.Equal(200, (await server.AskAsync(Get)).Status);
        Assert.DoesNotContain(server.Logs, record => record.Level >= Microsoft.Extensions.Logging.LogLevel.Error);
    }
}
