using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using ExportedLog = OpenTelemetry.Logs.LogRecord;

namespace Tipi.Hosting.Tests.Diagnostics;

/// <summary>
/// A dialogue as OpenTelemetry's SDK sees it: what dashboards are made of. Alone, as it sees all servers.
/// </summary>
[Collection(Alone.Name)]
public sealed class OpenTelemetryTests
{
    private const string TraceId = "0af7651916cd43dd8448eb211c80319c";
    private const string ParentId = "b7ad6b7169203331";

    private readonly ConcurrentQueue<(string Category, string Text, string Scopes, string Trace)> _logs = [];
    private readonly ConcurrentQueue<Activity> _activities = [];
    private readonly ConcurrentDictionary<string, double> _metrics = [];

    [Theory, OnEachTransport]
    public async Task A_dialogue_gives_metrics_traces_and_logs(TipiTransport transport)
    {
        using MeterProvider meters = Sdk.CreateMeterProviderBuilder()
            .AddMeter("Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "Tipi.Server")
            .AddReader(new BaseExportingMetricReader(new Exporter<Metric>(Keep)))
            .Build();
        using TracerProvider tracer = Sdk.CreateTracerProviderBuilder()
            .AddSource("Microsoft.AspNetCore")
            .AddProcessor(new SimpleActivityExportProcessor(new Exporter<Activity>(_activities.Enqueue)))
            .Build();
        int port;
        string id = "";
        await using (TestServer server = await TestServer.StartAppAsync(
            transport,
            app => app.MapGet("/hello/{name}", (HttpContext context, ILogger<OpenTelemetryTests> log) =>
            {
                id = context.Connection.Id;
                log.Log(LogLevel.Information, default, "greeting", null, static (state, _) => state);
                return "hello";
            }),
            services: services => services.AddLogging(logging => logging.AddOpenTelemetry(options =>
            {
                options.IncludeScopes = true;
                options.IncludeFormattedMessage = true;
                options.AddProcessor(new SimpleLogRecordExportProcessor(new Exporter<ExportedLog>(Keep)));
            }))))
        {
            port = server.Port;
            using RawClient client = await server.ConnectAsync();
            await client.SendAsync(
                $"GET /hello/you HTTP/1.1\r\nHost: a\r\ntraceparent: 00-{TraceId}-{ParentId}-01\r\n\r\n");
            Assert.Equal(200, (await client.ReadResponseAsync()).Status);
            await client.SendAsync("GET  /refused HTTP/1.1\r\nHost: a\r\n\r\n");
            Assert.Equal(400, (await client.ReadResponseAsync()).Status);
            await client.ReadToEndAsync();
        }
        meters.ForceFlush();

        CheckMetrics(port);
        Activity activity = Assert.Single(_activities);
        Assert.Equal(TraceId, activity.TraceId.ToHexString());
        Assert.Equal(ParentId, activity.ParentSpanId.ToHexString());
        Assert.Equal("Microsoft.AspNetCore.Hosting.HttpRequestIn", activity.OperationName);
        var greeting = Assert.Single(_logs, line => line.Text == "greeting");
        Assert.Contains($"ConnectionId={id}", greeting.Scopes, StringComparison.Ordinal);
        Assert.Equal(TraceId, greeting.Trace);
        var refused = Assert.Single(_logs, line => line.Category == "Tipi.Server.BadRequests");
        Assert.Contains($"ConnectionId={id}", refused.Scopes, StringComparison.Ordinal);
    }

    private void CheckMetrics(int port)
    {
        string endpoint =
            $"network.transport=tcp network.type=ipv4 server.address=127.0.0.1 server.port={port}";
        string ended = "error.type=invalid_request_line network.protocol.name=http network.protocol.version=1.1 "
            + endpoint;
        Assert.Equal(1, _metrics[$"kestrel.connection.duration {ended}"]);
        Assert.Equal(0, _metrics[$"kestrel.active_connections {endpoint}"]);
        Assert.Equal(0, _metrics["tipi.active_connections "]);
        Assert.Equal(1, _metrics["tipi.refused_requests http.response.status_code=400"]);
        // The refused request never reached the application, and what the host measures does not know it.
        string request = Assert.Single(
            _metrics.Keys, key => key.StartsWith("http.server.request.duration ", StringComparison.Ordinal));
        Assert.Equal(1, _metrics[request]);
        Assert.Contains("http.response.status_code=200 http.route=/hello/{name}", request, StringComparison.Ordinal);
    }

    private void Keep(Metric metric)
    {
        foreach (ref readonly MetricPoint point in metric.GetMetricPoints())
        {
            var tags = new List<string>();
            foreach (KeyValuePair<string, object?> tag in point.Tags)
                tags.Add(string.Create(CultureInfo.InvariantCulture, $"{tag.Key}={tag.Value}"));
            tags.Sort(StringComparer.Ordinal);
            _metrics[$"{metric.Name} {string.Join(' ', tags)}"] = metric.MetricType == MetricType.Histogram
                ? point.GetHistogramCount()
                : point.GetSumLong();
        }
    }

    private void Keep(ExportedLog record)
    {
        var scopes = new List<string>();
        record.ForEachScope(
            static (scope, all) =>
            {
                foreach (KeyValuePair<string, object?> one in scope) all.Add($"{one.Key}={one.Value}");
            },
            scopes);
        _logs.Enqueue((
            record.CategoryName ?? "", record.FormattedMessage ?? "", string.Join(' ', scopes),
            record.TraceId.ToHexString()));
    }
}
