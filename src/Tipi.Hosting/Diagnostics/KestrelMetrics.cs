using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Security.Authentication;
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
    private readonly UpDownCounter<long> _queuedRequests;
    private readonly UpDownCounter<long> _upgraded;
    private readonly UpDownCounter<long> _activeHandshakes;
    private readonly Histogram<double> _handshakeDuration;
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
        _queuedRequests = _meter.CreateUpDownCounter<long>(
            "kestrel.queued_requests", "{request}",
            "Number of HTTP requests on multiplexed connections (HTTP/2 and HTTP/3) that are currently queued and are "
            + "waiting to start.");
        _upgraded = _meter.CreateUpDownCounter<long>(
            "kestrel.upgraded_connections", "{connection}",
            "Number of HTTP connections that are currently upgraded (WebSockets). The number only tracks HTTP/1.1 "
            + "connections.");
        _handshakeDuration = _meter.CreateHistogram(
            "kestrel.tls_handshake.duration", "s", "The duration of TLS handshakes on the server.",
            advice: new InstrumentAdvice<double>
            {
                HistogramBucketBoundaries =
                    [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
            });
        _activeHandshakes = _meter.CreateUpDownCounter<long>(
            "kestrel.active_tls_handshakes", "{handshake}",
            "Number of TLS handshakes that are currently in progress on the server.");
    }

    private bool IsEnabled =>
        _active.Enabled || _duration.Enabled || _queued.Enabled || _upgraded.Enabled || _queuedRequests.Enabled;

    /// <summary>A connection waits for its start; null while nobody listens.</summary>
    internal ConnectionMeasurement? ConnectionQueued(ConnectionContext connection)
    {
        if (!IsEnabled) return null;
        var measurement = new ConnectionMeasurement(
            TagsOf(connection), _active.Enabled, _queuedRequests.Enabled);
        if (_queued.Enabled) _queued.Count(1, measurement.Endpoint.Tags);
        return measurement;
    }

    internal void ConnectionStarted(ConnectionMeasurement measurement)
    {
        if (_queued.Enabled) _queued.Count(-1, measurement.Endpoint.Tags);
        if (measurement.IsActiveCounted) _active.Count(1, measurement.Endpoint.Tags);
    }

    /// <summary>A connection has ended.</summary>
    /// <param name="measurement">What was kept of it.</param>
    /// <param name="reason">Why it ended.</param>
    /// <param name="version">Of HTTP; null where it never came to it.</param>
    /// <param name="further">What applications and middleware added.</param>
    internal void ConnectionEnded(
        ConnectionMeasurement measurement, ConnectionEndReason reason, string? version,
        IReadOnlyList<KeyValuePair<string, object?>>? further)
    {
        if (measurement.IsActiveCounted) _active.Count(-1, measurement.Endpoint.Tags);
        if (!_duration.Enabled) return;
        TagList tags = measurement.Endpoint.Tags;
        if (version is not null)
        {
            tags.Add("network.protocol.name", "http");
            tags.Add("network.protocol.version", version);
        }
        if (EndReasons.ErrorTypeOf(reason) is { } error) tags.Add("error.type", error);
        foreach (KeyValuePair<string, object?> tag in further ?? []) tags.Add(tag);
        _duration.Measure(measurement.Seconds, tags);
    }

    internal void ConnectionRejected(ConnectionContext connection)
    {
        if (_rejected.Enabled) _rejected.Count(1, TagsOf(connection).Tags);
    }

    /// <summary>One request of HTTP/2 more that waits for its start, or less.</summary>
    internal void RequestQueued(ConnectionMeasurement measurement, int change)
    {
        if (!measurement.IsQueueCounted) return;
        TagList tags = measurement.Endpoint.Tags;
        tags.Add("network.protocol.name", "http");
        tags.Add("network.protocol.version", "2");
        _queuedRequests.Count(change, tags);
    }

    /// <summary>One upgraded connection more, or less.</summary>
    internal void Upgraded(ConnectionMeasurement measurement, int change)
    {
        // Who begins to listen in between would see one less than none.
        if (change > 0) measurement.IsUpgradeCounted = _upgraded.Enabled;
        if (measurement.IsUpgradeCounted) _upgraded.Count(change, measurement.Endpoint.Tags);
    }

    /// <summary>The value of <c>tls.protocol.version</c>; null for what is no version of TLS.</summary>
    internal static string? VersionOf(SslProtocols protocol) => protocol switch
    {
#pragma warning disable SYSLIB0039, CA5397 // Old versions are named, not offered.
        SslProtocols.Tls => "1.0",
        SslProtocols.Tls11 => "1.1",
#pragma warning restore SYSLIB0039, CA5397
        SslProtocols.Tls12 => "1.2",
        SslProtocols.Tls13 => "1.3",
        _ => null,
    };

    /// <summary>A handshake has begun.</summary>
    /// <returns>True when it was counted as active, and is to be uncounted.</returns>
    internal bool TlsHandshakeStarted(ConnectionContext connection)
    {
        if (!_activeHandshakes.Enabled) return false;
        _activeHandshakes.Count(1, TagsOf(connection).Tags);
        return true;
    }

    /// <summary>A handshake has ended.</summary>
    /// <param name="connection">Whose.</param>
    /// <param name="isActiveCounted">It was counted as active.</param>
    /// <param name="duration">From its first byte on.</param>
    /// <param name="protocol">What both sides agreed on.</param>
    /// <param name="error">Why it failed; null when it did not.</param>
    internal void TlsHandshakeEnded(
        ConnectionContext connection, bool isActiveCounted, TimeSpan duration, SslProtocols protocol, Exception? error)
    {
        if (isActiveCounted) _activeHandshakes.Count(-1, TagsOf(connection).Tags);
        if (!_handshakeDuration.Enabled) return;
        TagList tags = TagsOf(connection).Tags;
        if (VersionOf(protocol) is { } version) tags.Add("tls.protocol.version", version);
        if (error is not null) tags.Add("error.type", error.GetType().FullName);
        _handshakeDuration.Measure(duration.TotalSeconds, tags);
    }

    public void Dispose() => _meter.Dispose();

    private EndpointTags TagsOf(ConnectionContext connection) =>
        EndpointTags.For(connection.LocalEndPoint, ref _lastTags);
}
