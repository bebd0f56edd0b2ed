using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Connections;

namespace Tipi.Hosting.Diagnostics;

/// <summary>
/// The instruments of Kestrel's meter, with its names, units and tags: dashboards that were made for Kestrel go on.
/// They cost a check while nobody listens.
/// </summary>
internal sealed class KestrelMetrics : IDisposable
{
    internal const string MeterName = "Microsoft.AspNetCore.Server.Kestrel";

    private readonly Meter _meter;
    private readonly UpDownCounter<long> _active;
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _rejected;
    private readonly UpDownCounter<long> _queued;
    private readonly UpDownCounter<long> _upgraded;
    private EndpointTags? _lastTags;

    internal KestrelMetrics(IMeterFactory? factory)
    {
        _meter = factory?.Create(MeterName) ?? new Meter(MeterName);
        _active = _meter.CreateUpDownCounter<long>(
            "kestrel.active_connections", "{connection}",
            "Number of connections that are currently active on the server.");
        _duration = _meter.CreateHistogram(
            "kestrel.connection.duration", "s", "The duration of connections on the server.",
            advice: new InstrumentAdvice<double>
            {
                HistogramBucketBoundaries = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300],
            });
        _rejected = _meter.CreateCounter<long>(
            "kestrel.rejected_connections", "{connection}",
            "Number of connections rejected by the server. Connections are rejected when the currently active count "
            + "exceeds the value configured with MaxConcurrentConnections.");
        _queued = _meter.CreateUpDownCounter<long>(
            "kestrel.queued_connections", "{connection}",
            "Number of connections that are currently queued and are waiting to start.");
        _meter.CreateUpDownCounter<long>(
            "kestrel.queued_requests", "{request}",
            "Number of HTTP requests on multiplexed connections (HTTP/2 and HTTP/3) that are currently queued and are "
            + "waiting to start.");
        _upgraded = _meter.CreateUpDownCounter<long>(
            "kestrel.upgraded_connections", "{connection}",
            "Number of HTTP connections that are currently upgraded (WebSockets). The number only tracks HTTP/1.1 "
            + "connections.");
    }

    private bool IsEnabled => _active.Enabled || _duration.Enabled || _queued.Enabled || _upgraded.Enabled;

    /// <summary>A connection waits for its start; null while nobody listens.</summary>
    internal ConnectionMeasurement? ConnectionQueued(ConnectionContext connection)
    {
        if (!IsEnabled) return null;
        var measurement = new ConnectionMeasurement(TagsOf(connection), _active.Enabled);
        if (_queued.Enabled) _queued.Add(1, measurement.Endpoint.Tags);
        return measurement;
    }

    internal void ConnectionStarted(ConnectionMeasurement measurement)
    {
        if (_queued.Enabled) _queued.Add(-1, measurement.Endpoint.Tags);
        if (measurement.IsActiveCounted) _active.Add(1, measurement.Endpoint.Tags);
    }

    /// <summary>A connection has ended.</summary>
    /// <param name="measurement">What was kept of it.</param>
    /// <param name="reason">Why it ended.</param>
    /// <param name="further">What applications and middleware added.</param>
    internal void ConnectionEnded(
        ConnectionMeasurement measurement, ConnectionEndReason reason,
        IReadOnlyList<KeyValuePair<string, object?>>? further)
    {
        if (measurement.IsActiveCounted) _active.Add(-1, measurement.Endpoint.Tags);
        if (!_duration.Enabled) return;
        TagList tags = measurement.Endpoint.Tags;
        tags.Add("network.protocol.name", "http");
        tags.Add("network.protocol.version", "1.1");
        if (EndReasons.ErrorTypeOf(reason) is { } error) tags.Add("error.type", error);
        foreach (KeyValuePair<string, object?> tag in further ?? []) tags.Add(tag);
        _duration.Record(measurement.Seconds, tags);
    }

    internal void ConnectionRejected(ConnectionContext connection)
    {
        if (_rejected.Enabled) _rejected.Add(1, TagsOf(connection).Tags);
    }

    /// <summary>One upgraded connection more, or less.</summary>
    internal void Upgraded(ConnectionMeasurement measurement, int change)
    {
        if (_upgraded.Enabled) _upgraded.Add(change, measurement.Endpoint.Tags);
    }

    public void Dispose() => _meter.Dispose();

    private EndpointTags TagsOf(ConnectionContext connection) =>
        EndpointTags.For(connection.LocalEndPoint, ref _lastTags);
}
