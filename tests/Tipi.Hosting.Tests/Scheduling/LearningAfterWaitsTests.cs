using Tipi.Hosting.Tests.Contract;
using Tipi.Transport.Uring;

namespace Tipi.Hosting.Tests.Scheduling;

/// <summary>Handlers that block after they have waited: for their body, or for somebody else.</summary>
public sealed class LearningAfterWaitsTests
{
    private const int MostTries = 30;

    private static string Where() =>
        Thread.CurrentThread.Name?.StartsWith("tipi-ring", StringComparison.Ordinal) == true ? "ring" : "apart";

    private static void SkipWithoutRings() =>
        Assert.SkipUnless(RingSupport.Probe().IsAvailable, $"io_uring: {RingSupport.Probe().Cause}");

    [Theory]
    [InlineData(Wire.Http1)]
    [InlineData(Wire.Https1)]
    [InlineData(Wire.H2c)]
    [InlineData(Wire.H2)]
    internal async Task A_learned_endpoint_goes_on_apart_after_each_wait(Wire wire)
    {
        SkipWithoutRings();
        await using WireServer server = await WireServer.StartAsync(TipiTransport.Uring, wire, async context =>
        {
            string places = Where();
            byte[] buffer = new byte[16];
            while (await context.Request.Body.ReadAsync(buffer) > 0)
            {
                places += "," + Where();
                Thread.Sleep(30);
            }
            await context.Response.WriteAsync(places);
        });
        int tries = 0;
        while (await AskAsync(server) != "apart,apart,apart") Assert.True(++tries < MostTries, "It is not learned.");
        // On a busy machine the bytes of both pieces may come together; but none of it is on the ring again.
        for (int i = 0; i < 5; i++) Assert.DoesNotContain("ring", await AskAsync(server), StringComparison.Ordinal);
        Assert.Single(server.Logs, record => record.EventId == 31);
    }

    [Fact]
    public async Task Who_only_waits_for_one_that_blocks_is_not_blamed()
    {
        SkipWithoutRings();
        TaskCompletionSource? signal = null;
        await using TestServer server = await TestServer.StartAppAsync(
            TipiTransport.Uring,
            app =>
            {
                app.MapGet("/waits", async (HttpContext context) =>
                {
                    Volatile.Write(ref signal, new TaskCompletionSource());
                    await signal!.Task;
                    await context.Response.WriteAsync("ok");
                });
                app.MapGet("/blocks", (HttpContext context) =>
                {
                    Thread.Sleep(40);
                    Interlocked.Exchange(ref signal, null)!.SetResult(); // the other one goes on here
                    return context.Response.WriteAsync("ok");
                });
            },
            options => options.Uring.RingCount = 1);
        for (int i = 0; i < 8; i++)
        {
            Task<RawResponse> waits = server.AskAsync("GET /waits HTTP/1.1\r\nHost: a\r\n\r\n");
            while (Volatile.Read(ref signal) is null) await Task.Delay(5, TestContext.Current.CancellationToken);
            Assert.Equal(200, (await server.AskAsync("GET /blocks HTTP/1.1\r\nHost: a\r\n\r\n")).Status);
            Assert.Equal(200, (await waits).Status);
        }
        LogRecord report = Assert.Single(server.Logs, record => record.EventId == 31);
        Assert.Contains("/blocks", report.Text, StringComparison.Ordinal);
    }

    private static Task<string> AskAsync(WireServer server) =>
        server.TextAsync("POST", "/", new StreamedContent(async stream =>
        {
            await stream.FlushAsync();
            for (int i = 0; i < 2; i++)
            {
                await Task.Delay(20);
                await stream.WriteAsync("piece"u8.ToArray());
                await stream.FlushAsync();
                await Task.Delay(40);
            }
        }));
}
