using System.Diagnostics.CodeAnalysis;
using System.Diagnostics.Tracing;
using System.Security.Authentication;
using System.Text;
using Microsoft.AspNetCore.Connections;

namespace Tipi.Hosting.Diagnostics;

/// <summary>
/// What <c>dotnet-counters</c> and <c>dotnet-trace</c> see under <c>Tipi-Server</c>: Kestrel's counters and events with
/// their names, for all servers of the process together. Kestrel's own source belongs to its assembly: a second one of
/// that name could not be told apart.
/// </summary>
[EventSource(Name = "Tipi-Server")]
internal sealed class TipiEventSource : EventSource
{
    internal static readonly TipiEventSource Log = new();

    private readonly List<DiagnosticCounter> _counters = [];
    private long _totalConnections;
    private long _currentConnections;
    private long _queuedConnections;
    private long _queuedRequests;
    private long _upgradedRequests;
    private long _totalHandshakes;
    private long _currentHandshakes;
    private long _failedHandshakes;

    private TipiEventSource()
    {
    }

    [NonEvent]
    internal void CountQueued(int change) => Interlocked.Add(ref _queuedConnections, change);

    [NonEvent]
    internal void ConnectionStarted(ConnectionContext connection)
    {
        Interlocked.Decrement(ref _queuedConnections);
        Interlocked.Increment(ref _totalConnections);
        Interlocked.Increment(ref _currentConnections);
        if (IsEnabled(EventLevel.Informational, EventKeywords.None))
            ConnectionStart(
                connection.ConnectionId, connection.LocalEndPoint?.ToString(), connection.RemoteEndPoint?.ToString());
    }

    [NonEvent]
    internal void ConnectionStopped(ConnectionContext connection)
    {
        Interlocked.Decrement(ref _currentConnections);
        if (IsEnabled(EventLevel.Informational, EventKeywords.None)) ConnectionStop(connection.ConnectionId);
    }

    /// <summary>Requests of HTTP/2 that wait for their start; those of HTTP/1 never do.</summary>
    [NonEvent]
    internal void CountQueuedRequests(int change) => Interlocked.Add(ref _queuedRequests, change);

    [NonEvent]
    internal void CountUpgrade(int change) => Interlocked.Add(ref _upgradedRequests, change);

    [NonEvent]
    internal void TlsHandshakeStarted()
    {
        Interlocked.Increment(ref _totalHandshakes);
        Interlocked.Increment(ref _currentHandshakes);
    }

    [NonEvent]
    internal void TlsHandshakeBegun(string connectionId, SslProtocols protocols)
    {
        if (IsEnabled(EventLevel.Informational, EventKeywords.None))
            TlsHandshakeStart(connectionId, protocols.ToString());
    }

    [NonEvent]
    internal void TlsHandshakeStopped(
        string connectionId, SslProtocols version, ReadOnlyMemory<byte> protocol, string hostName)
    {
        Interlocked.Decrement(ref _currentHandshakes);
        if (!IsEnabled(EventLevel.Informational, EventKeywords.None)) return;
        TlsHandshakeStop(connectionId, version.ToString(), Encoding.UTF8.GetString(protocol.Span), hostName);
    }

    [NonEvent]
    internal void TlsHandshakeGivenUp(string connectionId)
    {
        Interlocked.Decrement(ref _currentHandshakes);
        Interlocked.Increment(ref _failedHandshakes);
        if (IsEnabled(EventLevel.Error, EventKeywords.None)) TlsHandshakeFailed(connectionId);
        if (IsEnabled(EventLevel.Informational, EventKeywords.None)) TlsHandshakeStop(connectionId, "", "", "");
    }

    [Event(1, Level = EventLevel.Informational)]
    private void ConnectionStart(string connectionId, string? localEndPoint, string? remoteEndPoint) =>
        WriteEvent(1, connectionId, localEndPoint, remoteEndPoint);

    [Event(2, Level = EventLevel.Informational)]
    private void ConnectionStop(string connectionId) => WriteEvent(2, connectionId);

    [Event(3, Level = EventLevel.Informational)]
    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "All arguments are strings.")]
    internal void RequestStart(string connectionId, string requestId, string httpVersion, string path, string method) =>
        WriteEvent(3, connectionId, requestId, httpVersion, path, method);

    [Event(4, Level = EventLevel.Informational)]
    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "All arguments are strings.")]
    internal void RequestStop(string connectionId, string requestId, string httpVersion, string path, string method) =>
        WriteEvent(4, connectionId, requestId, httpVersion, path, method);

    [Event(5, Level = EventLevel.Informational)]
    internal void ConnectionRejected(string connectionId)
    {
        if (IsEnabled(EventLevel.Informational, EventKeywords.None)) WriteEvent(5, connectionId);
    }

    [Event(8, Level = EventLevel.Informational)]
    private void TlsHandshakeStart(string connectionId, string sslProtocols) =>
        WriteEvent(8, connectionId, sslProtocols);

    [Event(9, Level = EventLevel.Informational)]
    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "All arguments are strings.")]
    private void TlsHandshakeStop(
        string connectionId, string sslProtocols, string applicationProtocol, string hostName) =>
        WriteEvent(9, connectionId, sslProtocols, applicationProtocol, hostName);

    [Event(10, Level = EventLevel.Error)]
    private void TlsHandshakeFailed(string connectionId) => WriteEvent(10, connectionId);

    protected override void OnEventCommand(EventCommandEventArgs command)
    {
        if (command.Command != EventCommand.Enable) return;
        lock (_counters)
        {
            if (_counters.Count > 0) return;
            _counters.Add(new IncrementingPollingCounter(
                "connections-per-second", this, () => Volatile.Read(ref _totalConnections))
            {
                DisplayName = "Connection Rate",
                DisplayRateTimeScale = TimeSpan.FromSeconds(1),
            });
            AddCounter("total-connections", "Total Connections", () => Volatile.Read(ref _totalConnections));
            AddCounter("current-connections", "Current Connections", () => Volatile.Read(ref _currentConnections));
            _counters.Add(new IncrementingPollingCounter(
                "tls-handshakes-per-second", this, () => Volatile.Read(ref _totalHandshakes))
            {
                DisplayName = "TLS Handshake Rate",
                DisplayRateTimeScale = TimeSpan.FromSeconds(1),
            });
            AddCounter("total-tls-handshakes", "Total TLS Handshakes", () => Volatile.Read(ref _totalHandshakes));
            AddCounter("current-tls-handshakes", "Current TLS Handshakes", () => Volatile.Read(ref _currentHandshakes));
            AddCounter("failed-tls-handshakes", "Failed TLS Handshakes", () => Volatile.Read(ref _failedHandshakes));
            AddCounter(
                "connection-queue-length", "Connection Queue Length", () => Volatile.Read(ref _queuedConnections));
            AddCounter("request-queue-length", "Request Queue Length", () => Volatile.Read(ref _queuedRequests));
            AddCounter(
                "current-upgraded-requests", "Current Upgraded Requests (WebSockets)",
                () => Volatile.Read(ref _upgradedRequests));
        }
    }

    [NonEvent]
    private void AddCounter(string name, string displayName, Func<double> value) =>
        _counters.Add(new PollingCounter(name, this, value) { DisplayName = displayName });
}
