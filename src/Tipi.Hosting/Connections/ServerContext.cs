using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Tipi.Hosting.Diagnostics;
using Tipi.Hosting.Diagnostics.Access;
using Tipi.Hosting.Exchange;
using Tipi.Hosting.Http1;
using Tipi.Hosting.Http2;
using Tipi.Hosting.Scheduling;

namespace Tipi.Hosting.Connections;

/// <summary>What all connections of a server share.</summary>
internal sealed class ServerContext(
    TipiServerOptions options, ServerLoggers logs, ServerMetrics metrics, Application application)
{
    private StreamPool<Http1Stream>? _streams;
    private StreamPool<Http2Stream>? _http2Streams;
    private readonly LogThrottle _rejectionLog = new();
    private volatile bool _isDraining;
    private volatile bool _isStopping;

    internal TipiServerOptions Options { get; } = options;

    /// <summary>For what the server logs of itself and of applications.</summary>
    internal ILogger Log { get; } = logs.General;

    internal ServerLoggers Logs { get; } = logs;

    internal ServerMetrics Metrics { get; } = metrics;

    internal Application Application { get; } = application;

    /// <summary>Null when none is wanted.</summary>
    internal AccessLog? AccessLog { get; init; }

    /// <summary>Counts for the endpoints that have the server's limits.</summary>
    internal Admission Admission { get; } = new(options.Limits);

    internal LogThrottle SheddingLog { get; } = new();

    internal ServerClock Clock { get; } = new(options.AddServerHeader);

    internal LearnedEndpoints Learned { get; } = new(logs.General, metrics);

    /// <summary>Request objects of HTTP/1.</summary>
    internal StreamPool<Http1Stream> Streams => _streams ??= new(() => new Http1Stream(this));

    /// <summary>Request objects of HTTP/2.</summary>
    internal StreamPool<Http2Stream> Http2Streams =>
        _http2Streams ?? Interlocked.CompareExchange(ref _http2Streams, new(() => new Http2Stream(this)), null)
        ?? _http2Streams;

    /// <summary>True once the server stops: requests that run end, no further one begins.</summary>
    internal bool IsStopping
    {
        get => _isStopping;
        set => _isStopping = value;
    }

    /// <summary>True once the server is about to stop: answers ask clients to go elsewhere.</summary>
    internal bool IsDraining
    {
        get => _isDraining;
        set => _isDraining = value;
    }

    /// <summary>Aborts a connection that is one too many, and says so.</summary>
    internal void Reject(ConnectionContext connection, string reason)
    {
        Metrics.ConnectionRejected(connection);
        TipiEventSource.Log.ConnectionRejected(connection.ConnectionId);
        if (_rejectionLog.TryTake(Clock.NowMs, out long others))
            Logs.Connections.ConnectionRejected(
                connection.ConnectionId, connection.RemoteEndPoint?.ToString() ?? "", reason, others);
        connection.Abort(new ConnectionAbortedException($"The connection was rejected: {reason}."));
    }
}
