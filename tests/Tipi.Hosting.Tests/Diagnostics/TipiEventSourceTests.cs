using System.Diagnostics.Tracing;
using Tipi.Hosting.Tests.Http2;
using Tipi.Hosting.Tests.Server;

namespace Tipi.Hosting.Tests.Diagnostics;

[Collection(Alone.Name)]
public sealed class TipiEventSourceTests
{
    [Theory, OnEachTransport]
    public async Task Connections_and_requests_are_events(TipiTransport transport)
    {
        using var listener = new EventRecorder();
        await using TestServer server = await TestServer.StartAsync(transport, _ => Task.CompletedTask);
        using RawClient client = await server.ConnectAsync();
        await client.SendAsync("GET /path HTTP/1.1\r\nHost: a\r\n\r\n");
        await client.ReadResponseAsync();
        client.Dispose();
        Assert.NotNull(await listener.WaitAsync("ConnectionStop"));

        EventWrittenEventArgs start = listener.Events.First(one => one.EventName == "ConnectionStart");
        string id = (string)start.Payload![0]!;
        Assert.Equal($"127.0.0.1:{server.Port}", start.Payload[1]);
        EventWrittenEventArgs request = listener.Events.First(one => one.EventName == "RequestStart");
        Assert.Equal([id, $"{id}:00000001", "HTTP/1.1", "/path", "GET"], request.Payload!);
        EventWrittenEventArgs stop = listener.Events.First(one => one.EventName == "RequestStop");
        Assert.Equal(request.Payload, stop.Payload);
        Assert.Equal((1, 2, 3, 4), (
            start.EventId, listener.Events.First(one => one.EventName == "ConnectionStop").EventId,
            request.EventId, stop.EventId));
    }

    [Theory, OnEachTransport]
    public async Task The_counters_have_kestrels_names(TipiTransport transport)
    {
        using var listener = new EventRecorder(intervalSeconds: 1);
        await using TestServer server = await TestServer.StartAsync(transport, _ => Task.CompletedTask);
        using RawClient client = await server.ConnectAsync();
        foreach (string name in new[]
        {
            "connections-per-second", "total-connections", "current-connections", "connection-queue-length",
            "request-queue-length", "current-upgraded-requests",
        })
            Assert.True(await listener.WaitForCounterAsync(name, _ => true), name);
        Assert.True(await listener.WaitForCounterAsync("current-connections", value => value >= 1));
    }

    [Theory, OnEachTransport]
    public async Task Upgraded_requests_are_counted_while_they_last(TipiTransport transport)
    {
        const string counter = "current-upgraded-requests";
        using var listener = new EventRecorder(intervalSeconds: 0.05);
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
        {
            await using Stream stream = await context.Features.Get<IHttpUpgradeFeature>()!.UpgradeAsync();
            await stream.CopyToAsync(Stream.Null);
        });
        using (RawClient client = await server.ConnectAsync())
        {
            await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: a\r\n\r\n");
            await client.ReadHeadAsync();
            Assert.Equal(1, await listener.ReadCounterAsync(counter));
            client.EndSending();
            Assert.True(await client.IsEndedAsync());
        }
        Assert.NotNull(await listener.WaitAsync("ConnectionStop"));
        Assert.Equal(0, await listener.ReadCounterAsync(counter));
    }

    [Theory, OnEachTransport]
    public async Task Requests_of_http2_that_wait_for_their_start_are_counted(TipiTransport transport)
    {
        const string queue = "request-queue-length";
        using var listener = new EventRecorder(intervalSeconds: 0.02);
        // As long as a handler may hold its ring: the others wait behind it.
        await using TestServer server = await TestServer.StartAsync(transport, _ =>
        {
            for (long end = Environment.TickCount64 + 2; Environment.TickCount64 < end;) Thread.SpinWait(100);
            return Task.CompletedTask;
        });
        using Http2Client client = await Http2Client.ConnectAsync(server);
        int stream = 1;
        for (int rounds = 0; rounds < 100 && !listener.HasCounter(queue, value => value >= 1); rounds++)
        {
            var streams = Enumerable.Range(0, 100).Select(i => stream + 2 * i).ToArray();
            await client.SendAsync([.. streams.SelectMany(id =>
                Http2Client.Frame(Http2Heard.Headers, 5, id, FieldBlock.Encode(Http2Client.Get)))]);
            foreach (int id in streams) await client.AnswerAsync(id);
            stream += 2 * streams.Length;
        }
        Assert.True(listener.HasCounter(queue, value => value >= 1));

        Assert.Equal(0, await listener.ReadCounterAsync(queue));
    }
}
