namespace Tipi.Hosting.Tests.Contract;

/// <summary>The server as a whole: a limit on requests, and its end.</summary>
public sealed class ServiceTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    [Theory, OnEachWire]
    public async Task Requests_beyond_the_limit_are_asked_to_come_again(TipiTransport transport, Wire wire)
    {
        var running = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        int reached = 0;
        await using WireServer server = await WireServer.StartAsync(
            transport, wire,
            async context =>
            {
                Interlocked.Increment(ref reached);
                if (context.Request.Path != "/wait") return;
                running.SetResult();
                await release.Task;
                await context.Response.WriteAsync("waited");
            },
            options =>
            {
                options.Limits.MaxConcurrentRequests = 1;
                options.Limits.RetryAfter = TimeSpan.FromSeconds(7);
            });
        Task<string> holder = server.GetTextAsync("/wait");
        await running.Task.WaitAsync(s_patience);
        for (int i = 0; i < 3; i++)
        {
            using HttpResponseMessage shed = await server.SendAsync("POST", "/", new StringContent("hello"));
            Assert.Equal(503, (int)shed.StatusCode);
            Assert.Equal(TimeSpan.FromSeconds(7), shed.Headers.RetryAfter!.Delta);
            Assert.Empty(await shed.Content.ReadAsByteArrayAsync());
        }
        Assert.Equal(1, reached);
        release.SetResult();
        Assert.Equal("waited", await holder);
        Assert.Empty(await server.GetTextAsync());
    }

    [Theory, OnEachWire]
    public async Task A_stop_lets_running_requests_end(TipiTransport transport, Wire wire)
    {
        using var running = new SemaphoreSlim(0);
        var release = new TaskCompletionSource();
        await using WireServer server = await WireServer.StartAsync(transport, wire, async context =>
        {
            if (context.Request.Path == "/started") await context.Response.WriteAsync("first ");
            running.Release();
            await release.Task;
            await context.Response.WriteAsync(await new StreamReader(context.Request.Body).ReadToEndAsync());
        });
        Task<string>[] requests =
        [
            .. Enumerable.Range(0, 4).Select(i => server.TextAsync("POST", "/", new StringContent($"{i}"))),
            server.TextAsync("POST", "/started", new StringContent("4")),
        ];
        foreach (Task<string> _ in requests) Assert.True(await running.WaitAsync(s_patience));
        // At the end of the stop's own patience connections are aborted: that is no end of theirs.
        Task stop = server.StopAsync(s_patience * 4);
        await Task.Delay(200);
        Assert.False(stop.IsCompleted);
        release.SetResult();
        Assert.Equal(["0", "1", "2", "3", "first 4"], await Task.WhenAll(requests));
        await stop.WaitAsync(s_patience);
    }
}
