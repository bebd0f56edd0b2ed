using Microsoft.Extensions.Logging;
using Tipi.Hosting.Diagnostics;
using Tipi.Hosting.Exchange;
using Tipi.Hosting.Http1;
using Tipi.Hosting.Scheduling;

namespace Tipi.Hosting.Connections;

/// <summary>What all connections of a server share.</summary>
internal sealed class ServerContext(
    TipiServerOptions options, ILogger log, ServerMetrics metrics, Application application)
{
    private Http1StreamPool? _streams;
    private long _upgraded;
    private volatile bool _isStopping;

    internal TipiServerOptions Options { get; } = options;

    internal ILogger Log { get; } = log;

    internal ServerMetrics Metrics { get; } = metrics;

    internal Application Application { get; } = application;

    internal ServerClock Clock { get; } = new(options.AddServerHeader);

    internal LearnedEndpoints Learned { get; } = new(log, metrics);

    /// <summary>Request objects of HTTP/1.</summary>
    internal Http1StreamPool Streams => _streams ??= new Http1StreamPool(this);

    /// <summary>True once the server stops: requests that run end, no further one begins.</summary>
    internal bool IsStopping
    {
        get => _isStopping;
        set => _isStopping = value;
    }

    /// <summary>Counts an upgraded connection, unless there are as many as allowed.</summary>
    internal bool TryCountUpgrade()
    {
        if (Interlocked.Increment(ref _upgraded) <= (Options.Limits.MaxConcurrentUpgradedConnections ?? long.MaxValue))
            return true;
        Interlocked.Decrement(ref _upgraded);
        return false;
    }

    internal void UncountUpgrade() => Interlocked.Decrement(ref _upgraded);
}
