namespace Tipi.Hosting.Tests.Connections;

public sealed class DrainTests
{
    private const string Get = "GET /health HTTP/1.1\r\nHost: a\r\n\r\n";

    [Theory, OnEachTransport]
    public async Task Readiness_goes_first_and_the_server_accepts_for_the_delay(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(transport, TimeSpan.FromSeconds(4));
        using RawClient kept = await server.ConnectAsync();
        await kept.SendAsync(Get);
        RawResponse before = await kept.ReadResponseAsync();
        Assert.Equal((200, null), (before.Status, before.Header("Connection")));

        Task stop = server.StopAsync(TimeSpan.FromSeconds(20));
        RawResponse after = await server.AskAsync(Get);
        Assert.Equal((503, "close"), (after.Status, after.Header("Connection")));
        await kept.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        RawResponse last = await kept.ReadResponseAsync();
        Assert.Equal(("hello", "close"), (last.Body, last.Header("Connection")));
        Assert.True(await kept.IsEndedAsync());
        Assert.False(stop.IsCompleted);
        await stop;
        await Assert.ThrowsAnyAsync<Exception>(() => server.ConnectAsync());
    }

    [Theory, OnEachTransport]
    public async Task The_hosts_deadline_cuts_the_delay_short(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(transport, TimeSpan.FromSeconds(25));
        var watch = System.Diagnostics.Stopwatch.StartNew();
        await server.StopAsync(TimeSpan.FromSeconds(1));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(15), $"The stop took {watch.Elapsed}.");
    }

    [Fact]
    public async Task A_delay_that_leaves_no_time_to_stop_is_refused_at_start()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(
            () => StartAsync(TipiTransport.Sockets, TimeSpan.FromMinutes(1)));
        Assert.Contains("DrainDelay", error.Message);
        Assert.Contains("ShutdownTimeout", error.Message);
    }

    private static Task<TestServer> StartAsync(TipiTransport transport, TimeSpan delay) =>
        TestServer.StartAppAsync(
            transport,
            app =>
            {
                app.MapHealthChecks("/health");
                app.MapGet("/", () => "hello");
            },
            options => options.DrainDelay = delay,
            services => services.AddHealthChecks().AddTipiReadiness());
}
