using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Tipi.Hosting.Tests.Exchange;

/// <summary>Features that the host sets on the server's requests: metrics and activity.</summary>
[Collection(Alone.Name)]
public sealed class HostedFeaturesTests
{
    private const string Duration = "http.server.request.duration";

    [Theory, OnEachTransport]
    public async Task Tags_of_a_request_reach_its_measurement_and_refused_requests_have_none(TipiTransport transport)
    {
        var measured = new ConcurrentQueue<Dictionary<string, object?>>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, all) =>
        {
            if (instrument.Name == Duration) all.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<double>((_, _, tags, _) => measured.Enqueue(new(tags.ToArray())));
        listener.Start();
        await using TestServer server = await TestServer.StartAsync(transport, context =>
        {
            var tags = context.Features.Get<IHttpMetricsTagsFeature>();
            tags?.Tags.Add(new("mine", context.Request.Path.Value));
            return context.Response.WriteAsync($"{tags is not null}");
        });
        using RawClient client = await server.ConnectAsync();
        foreach (string path in new[] { "/1", "/2" })
        {
            await client.SendAsync($"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n");
            Assert.Equal("True", (await client.ReadResponseAsync()).Body);
        }
        await client.SendAsync("GET / HTTP/1.1\r\n\r\n");
        Assert.Equal(400, (await client.ReadResponseAsync()).Status);
        Assert.True(await client.IsEndedAsync());
        string[] seen = [.. measured.Where(tags => tags.ContainsKey("mine")).Select(tags => $"{tags["mine"]}")];
        Assert.Equal(["/1", "/2"], seen);
        Assert.Equal(2, measured.Count);
        Assert.All(measured, tags => Assert.Equal("1.1", tags["network.protocol.version"]));
    }

    [Theory, OnEachTransport]
    public async Task The_activity_continues_the_clients_trace(TipiTransport transport)
    {
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Microsoft.AspNetCore",
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
        };
        ActivitySource.AddActivityListener(listener);
        await using TestServer server = await TestServer.StartAsync(transport, context =>
        {
            Activity? activity = context.Features.Get<IHttpActivityFeature>()?.Activity;
            return context.Response.WriteAsync($"{activity?.TraceId} {activity?.ParentSpanId}");
        });
        const string Trace = "0af7651916cd43dd8448eb211c80319c";
        RawResponse response = await server.AskAsync(
            $"GET / HTTP/1.1\r\nHost: a\r\ntraceparent: 00-{Trace}-b7ad6b7169203331-01\r\n\r\n");
        Assert.Equal($"{Trace} b7ad6b7169203331", response.Body);
    }
}
