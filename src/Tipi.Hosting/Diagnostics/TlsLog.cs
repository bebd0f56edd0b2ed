using System.Security.Authentication;
using Microsoft.Extensions.Logging;

namespace Tipi.Hosting.Diagnostics;

/// <summary>
/// What is logged of TLS. Where Kestrel has the same event, the number is Kestrel's. What peers can cause is at most
/// Debug: everybody on the internet tries handshakes.
/// </summary>
internal static partial class TlsLog
{
    internal const string Category = "Tipi.Server.Tls";

    [LoggerMessage(1, LogLevel.Debug, "Connection {ConnectionId}: the TLS handshake failed.")]
    internal static partial void HandshakeFailed(this ILogger log, Exception error, string connectionId);

    [LoggerMessage(2, LogLevel.Debug, "Connection {ConnectionId}: the TLS handshake timed out.")]
    internal static partial void HandshakeTimedOut(this ILogger log, string connectionId);

    [LoggerMessage(3, LogLevel.Debug, "Connection {ConnectionId} is encrypted with {Protocol}.")]
    internal static partial void HandshakeSucceeded(this ILogger log, string connectionId, SslProtocols protocol);

    [LoggerMessage(20, LogLevel.Error,
        "Connection {ConnectionId}: the application's selection of a certificate failed. {Others} more since the "
        + "last such message.")]
    internal static partial void ChoiceFailed(this ILogger log, Exception error, string connectionId, long others);
}
