using Microsoft.Extensions.Logging;

namespace Tipi.Hosting.Diagnostics;

/// <summary>What is logged of connections. Where Kestrel has the same event, the number is Kestrel's.</summary>
internal static partial class ConnectionLog
{
    internal const string Category = "Tipi.Server.Connections";

    [LoggerMessage(1, LogLevel.Debug, "Connection {ConnectionId} opened.")]
    internal static partial void ConnectionOpened(this ILogger log, string connectionId);

    [LoggerMessage(2, LogLevel.Debug, "Connection {ConnectionId} closed.")]
    internal static partial void ConnectionClosed(this ILogger log, string connectionId);

    [LoggerMessage(16, LogLevel.Warning, "{Connections} connections did not end in time and were aborted.")]
    internal static partial void ConnectionsAborted(this ILogger log, int connections);

    [LoggerMessage(19, LogLevel.Debug, "Connection {ConnectionId} was reset by the client or aborted.")]
    internal static partial void ConnectionReset(this ILogger log, Exception error, string connectionId);

    [LoggerMessage(24, LogLevel.Warning,
        "Connection {ConnectionId} from {Peer} was closed: {Reason}. {Others} more since the last such message.")]
    internal static partial void ConnectionRejected(
        this ILogger log, string connectionId, string peer, string reason, long others);

    [LoggerMessage(34, LogLevel.Information, "Connection {ConnectionId}: the application aborted the connection.")]
    internal static partial void ConnectionAbortedByApplication(this ILogger log, string connectionId);
}
