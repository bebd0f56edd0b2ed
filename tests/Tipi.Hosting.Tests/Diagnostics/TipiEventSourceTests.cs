using System.Collections.Concurrent;
using System.Diagnostics.Tracing;

namespace Tipi.Hosting.Tests.Diagnostics;

[Collection(Alone.Name)]
public sealed class TipiEventSourceTests
{
    [Theory, OnEachTransport]
    public async Task Connections_and_requests_are_events(TipiTransport transport)
    {
        using var listener = new Recorder();
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
        using var listener = new Recorder(intervalSeconds: 1);
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

    private sealed class Recorder(int? intervalSeconds = null) : EventListener
    {
        internal ConcurrentQueue<EventWrittenEventArgs> Events { get; } = [];

        internal async Task<EventWrittenEventArgs?> WaitAsync(string name)
        {
            for (int i = 0; i < 400; i++)
            {
                if (Events.FirstOrDefault(one => one.EventName == name) is { } found) return found;
                await Task.Delay(50);
            }
            return null;
        }

        internal async Task<bool> WaitForCounterAsync(string name, Func<double, bool> isWanted)
        {
            for (int i = 0; i < 400; i++)
            {
                if (Events.Any(one => IsCounter(one, name, isWanted))) return true;
                await Task.Delay(50);
            }
            return false;
        }

        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (eventSource.Name != "Tipi-Server") return;
            var arguments = new Dictionary<string, string?>();
            if (intervalSeconds is not null) arguments["EventCounterIntervalSec"] = intervalSeconds.ToString();
            EnableEvents(eventSource, EventLevel.Informational, EventKeywords.All, arguments);
        }

        protected override void OnEventWritten(EventWrittenEventArgs eventData) => Events?.Enqueue(eventData);

        private static bool IsCounter(EventWrittenEventArgs written, string name, Func<double, bool> isWanted)
        {
            if (written.EventName != "EventCounters") return false;
            if (written.Payload?[0] is not IDictionary<string, object> counter) return false;
            if (!name.Equals(counter["Name"])) return false;
            object value = counter.TryGetValue("Mean", out object? mean) ? mean : counter["Increment"];
            return isWanted((double)value);
        }
    }
}
