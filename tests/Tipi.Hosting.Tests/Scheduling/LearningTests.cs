using Tipi.Transport.Uring;

namespace Tipi.Hosting.Tests.Scheduling;

public sealed class LearningTests
{
    private static string Where() =>
        Thread.CurrentThread.Name?.StartsWith("tipi-ring", StringComparison.Ordinal) == true ? "ring" : "apart";

    private static async Task<string> AskAsync(TestServer server, string path)
    {
        RawResponse response = await server.AskAsync($"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal(200, response.Status);
        return response.Body;
    }

    // A connection that is there before the server waits for it is begun on the pool.
    private static async Task UntilOnRingAsync(TestServer server, string path)
    {
        while (await AskAsync(server, path) != "ring") await Task.Delay(10);
    }

    private static void SkipWithoutRings() =>
        Assert.SkipUnless(RingSupport.Probe().IsAvailable, $"io_uring: {RingSupport.Probe().Cause}");

    [Fact]
    public async Task A_route_that_blocks_moves_to_threads_apart_and_is_reported_once()
    {
        SkipWithoutRings();
        await using TestServer server = await TestServer.StartAppAsync(TipiTransport.Uring, app =>
        {
            app.MapGet("/slow/{id}", (HttpContext context) =>
            {
                string where = Where();
                Thread.Sleep(100);
                return context.Response.WriteAsync(where);
            });
            app.MapGet("/fast", (HttpContext context) => context.Response.WriteAsync(Where()));
        });
        await UntilOnRingAsync(server, "/fast");
        Assert.Equal("ring", await AskAsync(server, "/slow/0"));
        int asked = 1;
        while (await AskAsync(server, $"/slow/{asked}") == "ring") asked++;
        // Two that block, and the first one of each thread that has compiled something.
        Assert.InRange(asked, 2, 12);
        int apart = 0;
        for (int i = 0; i < 10; i++) apart += await AskAsync(server, $"/slow/more{i}") == "apart" ? 1 : 0;
        // On a busy machine a thread may lose its ring in between, and then nothing is to be moved.
        Assert.InRange(apart, 7, 10);
        Assert.Equal("ring", await AskAsync(server, "/fast"));
        LogRecord report = Assert.Single(server.Logs, record => record.EventId == 31);
        Assert.Contains("/slow/{id}", report.Text);
    }

    [Fact]
    public async Task A_route_that_sleeps_for_less_than_the_budget_moves_too()
    {
        SkipWithoutRings();
        await using TestServer server = await TestServer.StartAppAsync(
            TipiTransport.Uring,
            app =>
            {
                app.MapGet("/fast", (HttpContext context) => context.Response.WriteAsync(Where()));
                app.MapGet("/commit", (HttpContext context) =>
                {
                    string where = Where();
                    Thread.Sleep(1);
                    return context.Response.WriteAsync(where);
                });
            },
            options => options.Uring.HandOffBudget = TimeSpan.FromSeconds(10)); // none is handed off
        await UntilOnRingAsync(server, "/fast");
        int asked = 0;
        while (await AskAsync(server, "/commit") == "ring") asked++;
        Assert.InRange(asked, 8, 100);
    }

    [Fact]
    public async Task Without_routing_the_path_is_learned()
    {
        SkipWithoutRings();
        await using TestServer server = await TestServer.StartAsync(TipiTransport.Uring, context =>
        {
            string where = Where();
            if (context.Request.Path == "/slow") Thread.Sleep(100);
            return context.Response.WriteAsync(where);
        });
        await UntilOnRingAsync(server, "/other");
        Assert.Equal("ring", await AskAsync(server, "/slow"));
        int asked = 1;
        while (await AskAsync(server, "/slow") == "ring") asked++;
        Assert.InRange(asked, 2, 12);
        Assert.Equal("ring", await AskAsync(server, "/other"));
    }

    [Fact]
    public async Task Scheduling_can_be_the_pool_from_the_start()
    {
        SkipWithoutRings();
        await using TestServer server = await TestServer.StartAsync(
            TipiTransport.Uring,
            context => context.Response.WriteAsync(Where()),
            options => options.Scheduling = RingScheduling.ThreadPool);
        Assert.Equal("apart", await AskAsync(server, "/"));
    }
}
