using Microsoft.Extensions.Logging;

namespace Tipi.Hosting.Diagnostics;

/// <summary>The loggers of the server, one for each category.</summary>
internal sealed class ServerLoggers(ILoggerFactory factory)
{
    internal ILogger General { get; } = factory.CreateLogger(ServerLog.Category);

    internal ILogger Connections { get; } = factory.CreateLogger(ConnectionLog.Category);

    internal ILogger Tls { get; } = factory.CreateLogger(TlsLog.Category);

    internal ILogger Certificates { get; } = factory.CreateLogger(CertificateLog.Category);

    internal ILogger BadRequests { get; } = factory.CreateLogger(BadRequestLog.Category);

    /// <summary>For the heartbeat, without which no limit of time holds: it must not wait for a log.</summary>
    internal ILogger Heartbeat { get; } = new PooledLogger(factory.CreateLogger(ServerLog.Category));

    /// <summary>Likewise, for what the heartbeat finds of requests.</summary>
    internal ILogger LateRequests { get; } = new PooledLogger(factory.CreateLogger(BadRequestLog.Category));
}
