using Microsoft.Extensions.Logging;

namespace Tipi.Hosting.Diagnostics;

/// <summary>What <c>UseConnectionLogging</c> writes.</summary>
internal static partial class ConnectionBytesLog
{
    internal const string Category = "Tipi.Server.ConnectionLogging";

    internal static void BytesReceived(this ILogger log, string connectionId, byte[] bytes) =>
        Received(log, connectionId, bytes.Length, new HexDump(bytes));

    internal static void BytesSent(this ILogger log, string connectionId, byte[] bytes) =>
        Sent(log, connectionId, bytes.Length, new HexDump(bytes));

    [LoggerMessage(1, LogLevel.Debug, "Connection {ConnectionId} received {Count} bytes:\n{Bytes}")]
    private static partial void Received(ILogger log, string connectionId, int count, HexDump bytes);

    [LoggerMessage(2, LogLevel.Debug, "Connection {ConnectionId} sends {Count} bytes:\n{Bytes}")]
    private static partial void Sent(ILogger log, string connectionId, int count, HexDump bytes);
}
