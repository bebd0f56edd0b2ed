using Microsoft.Extensions.Logging;
using Tipi.Protocols.Http2;

namespace Tipi.Hosting.Diagnostics;

/// <summary>
/// What is logged of requests that are refused. All of it is Debug: whoever sends them must not be able to fill a log.
/// Where Kestrel has the same event, the number is Kestrel's.
/// </summary>
internal static partial class BadRequestLog
{
    internal const string Category = "Tipi.Server.BadRequests";

    [LoggerMessage(17, LogLevel.Debug,
        "Connection {ConnectionId}: the request was rejected with status {StatusCode}. {Reason}")]
    internal static partial void RequestRefused(this ILogger log, string connectionId, int statusCode, string reason);

    [LoggerMessage(20, LogLevel.Debug, "Connection {ConnectionId}, request {RequestId}: the request body is invalid.")]
    internal static partial void BodyRefused(this ILogger log, Exception error, string connectionId, string requestId);

    [LoggerMessage(29, LogLevel.Debug, "Connection {ConnectionId}: HTTP/2 connection error {Code}. {Reason}")]
    internal static partial void Http2ConnectionFailed(
        this ILogger log, string connectionId, Http2ErrorCode code, string reason);

    [LoggerMessage(30, LogLevel.Debug,
        "Connection {ConnectionId}, stream {StreamId}: HTTP/2 stream error {Code}. {Reason}")]
    internal static partial void Http2StreamFailed(
        this ILogger log, string connectionId, int streamId, Http2ErrorCode code, string reason);

    [LoggerMessage(27, LogLevel.Debug,
        "Connection {ConnectionId}, request {RequestId}: the request body arrives more slowly than the minimum of "
        + "{Rate} bytes/s.")]
    internal static partial void RequestBodyTooSlow(
        this ILogger log, string connectionId, string requestId, double rate);

    [LoggerMessage(28, LogLevel.Debug,
        "Connection {ConnectionId} was aborted: the client reads the response more slowly than MinResponseDataRate "
        + "allows.")]
    internal static partial void ResponseTooSlow(this ILogger log, string connectionId);
}
