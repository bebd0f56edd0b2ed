using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Connections;
using Tipi.Hosting.Threads;
using Tipi.Transport.Uring;

namespace Tipi.Hosting.Diagnostics;

/// <summary>The instruments of the meter <c>Tipi.Server</c>. They cost a check while nobody listens.</summary>
internal sealed class ServerMetrics : IDisposable
{
    internal const string MeterName = "Tipi.Server";

    private readonly Meter _meter;
    private readonly UpDownCounter<long> _connections;
    private readonly Counter<long> _rejectedConnections;
    private readonly Counter<long> _refusedConnections;
    private readonly Counter<long> _refusedRequests;
    private readonly Counter<long> _shedRequests;
    private readonly Counter<long> _handOffs;
    private readonly Counter<long> _learned;
    private readonly Counter<long> _accessDropped;

    internal ServerMetrics(IMeterFactory? factory, bool emitsKestrel)
    {
        _meter = factory?.Create(MeterName) ?? new Meter(MeterName);
        Kestrel = emitsKestrel ? new KestrelMetrics(factory) : null;
        _connections = _meter.CreateUpDownCounter<long>(
            "tipi.active_connections", "{connection}", "Open connections.");
        _rejectedConnections = _meter.CreateCounter<long>(
            "tipi.rejected_connections", "{connection}", "Connections closed because a connection limit was reached.");
        _refusedConnections = _meter.CreateCounter<long>(
            "tipi.refused_connections", "{connection}", "Connections closed because of their first bytes, by reason.");
        _refusedRequests = _meter.CreateCounter<long>(
            "tipi.refused_requests", "{request}", "Requests rejected before the application saw them.");
        _shedRequests = _meter.CreateCounter<long>(
            "tipi.shed_requests", "{request}", "Requests answered with 503 because MaxConcurrentRequests was reached.");
        _handOffs = _meter.CreateCounter<long>(
            "tipi.hand_offs", "{hand_off}", "Handlers that held a ring longer than HandOffBudget and lost it.");
        _learned = _meter.CreateCounter<long>(
            "tipi.learned_endpoints", "{endpoint}", "Endpoints moved to dedicated threads because they held a ring.");
        _accessDropped = _meter.CreateCounter<long>(
            "tipi.access_log.dropped", "{line}", "Lines of the access log that were dropped.");
        _meter.CreateObservableUpDownCounter(
            "tipi.queued_handshakes", static () => (long)WorkThreads.Handshakes.Waiting, "{handshake}",
            "Steps of TLS handshakes that wait for a thread.");
        _meter.CreateObservableUpDownCounter(
            "tipi.ring.memory", static () => UringMemory.HeldBytes, "By",
            "Buffer memory of the process's rings, in use or kept for reuse.");
    }

    /// <summary>The same under Kestrel's names; null when they are not wanted.</summary>
    internal KestrelMetrics? Kestrel { get; }

    internal void ConnectionOpened() => _connections.Count(1);

    internal void ConnectionClosed() => _connections.Count(-1);

    internal void ConnectionRejected(ConnectionContext connection)
    {
        _rejectedConnections.Count(1);
        Kestrel?.ConnectionRejected(connection);
    }

    internal void ConnectionRefused(string reason) =>
        _refusedConnections.Count(1, new TagList { { "reason", reason } });

    internal void RequestRefused(int statusCode) =>
        _refusedRequests.Count(1, new TagList { { "http.response.status_code", statusCode } });

    internal void RequestShed() => _shedRequests.Count(1);

    internal void HandedOff(long count) => _handOffs.Count(count);

    internal void AccessLinesDropped(long count) => _accessDropped.Count(count);

    internal void EndpointLearned() => _learned.Count(1);

    public void Dispose()
    {
        _meter.Dispose();
        Kestrel?.Dispose();
    }
}
