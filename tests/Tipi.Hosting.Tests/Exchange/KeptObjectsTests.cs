using System.IO.Pipelines;

namespace Tipi.Hosting.Tests.Exchange;

/// <summary>What an application keeps beyond its request fails, and does nothing to the requests that follow.</summary>
public sealed class KeptObjectsTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    [Theory, OnEachTransport]
    public async Task They_fail_and_the_next_request_is_clean(TipiTransport transport)
    {
        HttpContext? context = null;
        var kept = new List<Action>();
        IHttpRequestLifetimeFeature? lifetime = null;
        PipeReader? reader = null;
        int late = 0;
        await using TestServer server = await TestServer.StartAsync(transport, async now =>
        {
            if (Interlocked.Exchange(ref context, now) is null)
            {
                Keep(now);
                return;
            }
            Assert.False(now.RequestAborted.IsCancellationRequested);
            Assert.Null(now.Features.Get<List<int>>());
            ReadResult read = await now.Request.BodyReader.ReadAsync();
            Assert.False(read.IsCanceled);
            await now.Response.WriteAsync($"ok{now.Request.Headers["X-Late"]}");
        });

        void Keep(HttpContext now)
        {
            PipeWriter writer = now.Response.BodyWriter;
            Stream input = now.Request.Body;
            Stream output = now.Response.Body;
            var response = now.Features.Get<IHttpResponseFeature>()!;
            IHeaderDictionary sent = now.Response.Headers, received = now.Request.Headers;
            (reader, lifetime) = (now.Request.BodyReader, now.Features.Get<IHttpRequestLifetimeFeature>());
            IFeatureCollection features = now.Features;
            Func<object, Task> callback = _ => Task.FromResult(Interlocked.Increment(ref late));
            kept.AddRange([
                () => writer.GetMemory(), () => writer.Advance(0), () => writer.WriteAsync(new byte[1]).AsTask().Wait(),
                () => output.WriteAsync(new byte[1]).AsTask().Wait(),
                () => input.ReadAsync(new byte[1]).AsTask().Wait(),
                () => reader.TryRead(out _), () => reader.ReadAsync().AsTask().Wait(),
                () => sent["X-Late"] = "1", () => received["X-Late"] = "1", () => response.StatusCode = 500,
                () => response.OnStarting(callback, ""), () => response.OnCompleted(callback, ""),
            ]);
            kept.Add(() =>
            {
                features.Set(new List<int>());
                reader.Complete();
                reader.CancelPendingRead();
                writer.CancelPendingFlush();
                writer.Complete(new InvalidOperationException("late"));
                lifetime!.RequestAborted = new CancellationToken(canceled: true);
                lifetime.Abort();
                Assert.False(lifetime.RequestAborted.IsCancellationRequested);
                throw new InvalidOperationException("None of these fails, none does anything.");
            });
        }

        using RawClient client = await server.ConnectAsync();
        await client.SendAsync(Get);
        Assert.Equal(200, (await client.ReadResponseAsync()).Status);
        await UntilOverAsync(reader!);
        foreach (Action use in kept) Assert.True(Record.Exception(use) is { } fault && IsExpected(fault));
        for (int i = 0; i < 20; i++)
        {
            using RawClient other = await server.ConnectAsync();
            await other.SendAsync(Get);
            RawResponse response = await other.ReadResponseAsync();
            Assert.Equal((200, "ok", null), (response.Status, response.Body, response.Header("X-Late")));
            await client.SendAsync(Get);
            Assert.Equal("ok", (await client.ReadResponseAsync()).Body);
        }
        Assert.Equal(0, late);
        Assert.DoesNotContain(server.Logs, record => record.Level >= Microsoft.Extensions.Logging.LogLevel.Error);
    }

    private static bool IsExpected(Exception fault) =>
        fault is InvalidOperationException || fault is AggregateException { InnerException: InvalidOperationException };

    /// <summary>The answer leaves before the server has put the request's objects away.</summary>
    private static async Task UntilOverAsync(PipeReader reader)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (Record.Exception(() => reader.TryRead(out _)) is not ObjectDisposedException)
            await Task.Delay(10, late.Token);
    }
}
