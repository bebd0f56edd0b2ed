namespace Tipi.Hosting.Tests.Contract;

/// <summary>A client that gives a request up.</summary>
public sealed class CancellationTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    [Theory, OnEachWire]
    public async Task The_application_learns_it(TipiTransport transport, Wire wire)
    {
        var running = new TaskCompletionSource();
        var seen = new TaskCompletionSource<bool>();
        await using WireServer server = await WireServer.StartAsync(transport, wire, async context =>
        {
            if (context.Request.Path == "/fine") return;
            running.SetResult();
            await Task.WhenAny(Task.Delay(s_patience, context.RequestAborted));
            seen.SetResult(context.RequestAborted.IsCancellationRequested);
        });
        for (int i = 0; i < 3; i++)
        {
            using var source = new CancellationTokenSource();
            Task<HttpResponseMessage> request = server.SendAsync(server.Request("GET", "/"), source.Token);
            await running.Task.WaitAsync(s_patience);
            await source.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
            Assert.True(await seen.Task.WaitAsync(s_patience));
            (running, seen) = (new TaskCompletionSource(), new TaskCompletionSource<bool>());
            Assert.Empty(await server.GetTextAsync("/fine"));
        }
    }

    [Theory, OnEachWire]
    public async Task Who_writes_to_nobody_is_not_held(TipiTransport transport, Wire wire)
    {
        var ended = new TaskCompletionSource();
        await using WireServer server = await WireServer.StartAsync(transport, wire, async context =>
        {
            try
            {
                byte[] bytes = new byte[64 * 1024];
                while (!context.RequestAborted.IsCancellationRequested)
                    await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
            }
            catch (OperationCanceledException)
            {
                // The token stopped a write that waited.
            }
            ended.SetResult();
        });
        using (HttpResponseMessage response = await server.SendAsync("GET", "/"))
        {
            await using Stream body = await response.Content.ReadAsStreamAsync();
            await body.ReadExactlyAsync(new byte[200_000]);
        }
        await ended.Task.WaitAsync(s_patience);
        Assert.DoesNotContain(server.Logs, record => record.EventId == 13);
    }

    [Theory, OnEachWire]
    public async Task Who_reads_from_nobody_gets_an_exception(TipiTransport transport, Wire wire)
    {
        var seen = new TaskCompletionSource<Exception?>();
        await using WireServer server = await WireServer.StartAsync(transport, wire, async context =>
        {
            seen.SetResult(await Record.ExceptionAsync(() => context.Request.Body.CopyToAsync(Stream.Null)));
        });
        using var source = new CancellationTokenSource();
        var half = new StreamedContent(async stream =>
        {
            await stream.WriteAsync(new byte[100]);
            await stream.FlushAsync();
            await source.CancelAsync();
            await Task.Delay(Timeout.Infinite, source.Token);
        });
        await Assert.ThrowsAnyAsync<Exception>(() => server.SendAsync(server.Request("POST", "/", half), source.Token));
        Exception? error = await seen.Task.WaitAsync(s_patience);
        Assert.True(error is IOException or OperationCanceledException, $"{error}");
    }

    [Theory, OnEachWire]
    public async Task A_token_seen_too_late_is_not_of_the_next_request(TipiTransport transport, Wire wire)
    {
        CancellationToken last = default;
        await using WireServer server = await WireServer.StartAsync(transport, wire, context =>
        {
            bool wasAborted = last.IsCancellationRequested;
            last = context.RequestAborted;
            return context.Response.WriteAsync($"{wasAborted} {last.IsCancellationRequested} {last.CanBeCanceled}");
        });
        for (int i = 0; i < 5; i++) Assert.Equal("False False True", await server.GetTextAsync());
    }
}
