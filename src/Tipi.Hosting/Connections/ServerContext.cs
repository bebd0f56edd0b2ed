using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Tipi.Hosting.Diagnostics;
using Tipi.Hosting.Diagnostics.Access;

namespace Tipi.Hosting.Connections;

/// <summary>What all connections of a server share.</summary>
internal sealed class ServerContext(TipiServerOptions options, ServerLoggers logs, ServerMetrics metrics)
{
    private readonly LogThrottle _rejectionLog = new();
    private volatile bool _isDraining;
    private volatile bool _isStopping;

    internal TipiServerOptions Options { get; } = options;

    /// <summary>For what the server logs of itself and of applications.</summary>
    internal ILogger Log { get; } = logs.General;

    internal ServerLoggers Logs { get; } = logs;

    internal ServerMetrics Metrics { get; } = metrics;

    /// <summary>Null when none is wanted.</summary>
    internal AccessLog? AccessLog { get; init; }

    /// <summary>Counts for the endpoints that have the server's limits.</summary>
    internal Admission Admission { get; } = new(options.Limits);

    internal LogThrottle SheddingLog { get; } = new();

    internal ServerClock Clock { get; } = new(options.AddServerHeader);

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
