using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Extensions.Logging;

namespace Tipi.Hosting.Tests.Connections;

public sealed class ConnectionHooksTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    [Theory, OnEachTransport]
    public async Task The_heartbeat_calls_until_the_connection_ends(TipiTransport transport)
    {
        var beats = new ConcurrentQueue<object>();
        var connections = new ConcurrentQueue<object>();
        await using TestServer server = await TestServer.StartAsync(transport, context =>
        {
            var heartbeat = context.Features.Get<IConnectionHeartbeatFeature>()!;
            connections.Enqueue(heartbeat);
            heartbeat.OnHeartbeat(_ => throw new InvalidOperationException("mine"), "");
            heartbeat.OnHeartbeat(beats.Enqueue, "state");
            return Task.CompletedTask;
        });
        using RawClient client = await server.ConnectAsync();
        await client.SendAsync(Get);
        await client.ReadResponseAsync();
        await Eventually(() => beats.Count >= 2);
        Assert.All(beats, state => Assert.Equal("state", state));
        Assert.Contains(server.Logs, record => record.Level == LogLevel.Error && record.Error?.Message == "mine");
        client.Dispose();
        await Eventually(() => connections.TryPeek(out object? own) && HasEnded((IConnectionCompleteFeature)own));
        int last = beats.Count;
        await Task.Delay(2500);
        Assert.InRange(beats.Count, last, last + 1);
    }

    [Theory, OnEachTransport]
    public async Task What_waits_for_the_end_runs_once_in_reverse(TipiTransport transport)
    {
        var order = new ConcurrentQueue<object>();
        await using TestServer server = await TestServer.StartAsync(transport, context =>
        {
            var complete = context.Features.Get<IConnectionCompleteFeature>()!;
            complete.OnCompleted(Note, 1);
            complete.OnCompleted(_ => throw new InvalidOperationException("mine"), 2);
            complete.OnCompleted(Note, 3);
            return Task.CompletedTask;
        });
        using RawClient client = await server.ConnectAsync();
        await client.SendAsync(Get);
        await client.ReadResponseAsync();
        Assert.Empty(order);
        client.EndSending();
        Assert.True(await client.IsEndedAsync());
        await Eventually(() => order.Count == 2);
        Assert.Equal([3, 1], order);
        Assert.Contains(server.Logs, record => record.Level == LogLevel.Error && record.Error?.Message == "mine");

        async Task Note(object state)
        {
            await Task.Yield();
            order.Enqueue(state);
        }
    }

    [Theory, OnEachTransport]
    public async Task A_close_asked_for_while_a_request_runs_comes_after_it(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
        {
            var lifetime = context.Features.Get<IConnectionLifetimeNotificationFeature>()!;
            CancellationToken asked = lifetime.ConnectionClosedRequested;
            Assert.True(asked.CanBeCanceled);
            Assert.False(asked.IsCancellationRequested);
            using var registration = asked.Register(() => throw new InvalidOperationException("mine"));
            lifetime.RequestClose();
            await context.Response.WriteAsync($"{asked.IsCancellationRequested}");
        });
        using RawClient client = await server.ConnectAsync();
        await client.SendAsync(Get);
        RawResponse response = await client.ReadResponseAsync();
        Assert.Equal(("True", "close"), (response.Body, response.Header("Connection")));
        Assert.True(await client.IsEndedAsync());
    }

    [Theory, OnEachTransport]
    public async Task A_close_asked_for_while_idle_comes_at_once(TipiTransport transport)
    {
        IConnectionLifetimeNotificationFeature? lifetime = null;
        await using TestServer server = await TestServer.StartAsync(transport, context =>
        {
            lifetime = context.Features.Get<IConnectionLifetimeNotificationFeature>();
            return Task.CompletedTask;
        });
        using RawClient client = await server.ConnectAsync();
        await client.SendAsync(Get);
        Assert.Null((await client.ReadResponseAsync()).Header("Connection"));
        lifetime!.RequestClose();
        Assert.True(await client.IsEndedAsync());
        Assert.True(lifetime.ConnectionClosedRequested.IsCancellationRequested);
    }

    [Theory, OnEachTransport]
    public async Task The_servers_stop_asks_for_the_close(TipiTransport transport)
    {
        var running = new TaskCompletionSource();
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
        {
            var asked = new TaskCompletionSource();
            var lifetime = context.Features.Get<IConnectionLifetimeNotificationFeature>()!;
            using var registration = lifetime.ConnectionClosedRequested.Register(asked.SetResult);
            running.SetResult();
            await asked.Task.WaitAsync(s_patience);
            await context.Response.WriteAsync("asked");
        });
        using RawClient client = await server.ConnectAsync();
        await client.SendAsync(Get);
        await running.Task;
        Task stop = server.StopAsync(s_patience);
        Assert.Equal("asked", (await client.ReadResponseAsync()).Body);
        await stop;
    }

    [Theory, OnEachTransport]
    public async Task Middleware_finds_what_requests_find(TipiTransport transport)
    {
        object?[] early = [];
        bool hasCompleted = false;
        await using TestServer server = await TestServer.StartAsync(
            transport,
            context => context.Response.WriteAsync($"{early.SequenceEqual(Find(context.Features))}"),
            options => options.Listen(IPAddress.Loopback, 0, endpoint => endpoint.Use(next => connection =>
            {
                early = Find(connection.Features);
                var complete = connection.Features.Get<IConnectionCompleteFeature>()!;
                complete.OnCompleted(_ => { hasCompleted = true; return Task.CompletedTask; }, "");
                return next(connection);
            })));
        using RawClient client = await server.ConnectAsync(endpoint: 1);
        await client.SendAsync(Get);
        Assert.Equal("True", (await client.ReadResponseAsync()).Body);
        Assert.DoesNotContain(null, early);
        client.EndSending();
        await Eventually(() => hasCompleted);

        static object?[] Find(IFeatureCollection features) =>
        [
            features.Get<IConnectionHeartbeatFeature>(), features.Get<IConnectionCompleteFeature>(),
            features.Get<IConnectionLifetimeNotificationFeature>(), features.Get<IConnectionMetricsTagsFeature>(),
        ];
    }

    [Theory, OnEachTransport]
    public async Task A_callback_of_the_aborted_token_that_throws_harms_nobody(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
        {
            var aborted = new TaskCompletionSource();
            context.RequestAborted.Register(aborted.SetResult);
            context.RequestAborted.Register(() => throw new InvalidOperationException("mine"));
            await context.Response.StartAsync();
            await context.Response.Body.FlushAsync();
            await aborted.Task.WaitAsync(s_patience);
        });
        using RawClient client = await server.ConnectAsync();
        await client.SendAsync(Get);
        await client.ReadHeadAsync();
        client.Dispose();
        await Eventually(() => server.Logs.Any(record => record.Error is AggregateException));
    }

    private static bool HasEnded(IConnectionCompleteFeature connection)
    {
        try
        {
            connection.OnCompleted(static _ => Task.CompletedTask, "");
            return false;
        }
        catch (InvalidOperationException)
        {
            return true;
        }
    }

    private static async Task Eventually(Func<bool> isSo)
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        while (!isSo())
        {
            Assert.True(watch.Elapsed < s_patience, "It did not come to pass.");
            await Task.Delay(50);
        }
    }
}
