using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Tipi.Hosting.Diagnostics;

/// <summary>
/// What the server logs of itself and of applications. Where Kestrel has the same event, the number is Kestrel's. What
/// peers can cause is at most Debug, or held back by <see cref="LogThrottle"/>: they must not be able to fill a log.
/// </summary>
internal static partial class ServerLog
{
    internal const string Category = "Tipi.Server";

    [LoggerMessage(7, LogLevel.Warning,
        "A request was answered with 503: as many run as MaxConcurrentRequests allows. {Others} more since the last of "
        + "these lines.")]
    internal static partial void RequestsShed(this ILogger log, long others);

    [LoggerMessage(8, LogLevel.Warning,
        "Connection {ConnectionId} of {Peer} was closed: that source is not in the PROXY protocol's AllowedNetworks. "
        + "{Others} more since the last of these lines.")]
    internal static partial void ProxyNotAllowed(this ILogger log, string connectionId, string peer, long others);

    [LoggerMessage(11, LogLevel.Debug, "Connection {ConnectionId} of {Peer} was closed. {Reason}")]
    internal static partial void ProxyHeaderRefused(
        this ILogger log, string connectionId, string peer, string reason);

    [LoggerMessage(12, LogLevel.Warning,
        "Connection {ConnectionId}, request {RequestId}: the response header {Name} was left out, since HTTP/2 has no "
        + "such field.")]
    internal static partial void ResponseHeaderRemoved(
        this ILogger log, string connectionId, string requestId, string name);

    [LoggerMessage(5, LogLevel.Critical, "Connection {ConnectionId} failed by a fault of the server.")]
    internal static partial void ConnectionFailed(this ILogger log, Exception error, string connectionId);

    [LoggerMessage(6, LogLevel.Critical, "Accepting connections on {EndPoint} failed.")]
    internal static partial void AcceptFailed(this ILogger log, Exception error, string endPoint);

    [LoggerMessage(13, LogLevel.Error,
        "Connection {ConnectionId}, request {RequestId}: the application threw an unhandled exception.")]
    internal static partial void ApplicationFailed(
        this ILogger log, Exception error, string connectionId, string requestId);

    [LoggerMessage(14, LogLevel.Error, "Connection {ConnectionId}, request {RequestId}: a completion callback failed.")]
    internal static partial void CallbackFailed(
        this ILogger log, Exception error, string connectionId, string requestId);

    [LoggerMessage(15, LogLevel.Error, "Connection {ConnectionId}: a callback of the connection failed.")]
    internal static partial void ConnectionCallbackFailed(this ILogger log, Exception error, string connectionId);

    [LoggerMessage(18, LogLevel.Debug, "Connection {ConnectionId}, request {RequestId}: the client went away.")]
    internal static partial void RequestAborted(
        this ILogger log, Exception error, string connectionId, string requestId);

    [LoggerMessage(30, LogLevel.Warning, "io_uring is not available: {Cause}; {Remedy}. Tipi uses sockets.")]
    internal static partial void RingMissing(this ILogger log, string cause, string remedy);

    [LoggerMessage(31, LogLevel.Warning,
        "{Endpoint} held a ring past the budget more than once. From now on it runs on threads apart.")]
    internal static partial void EndpointLearned(this ILogger log, string endpoint);

    [LoggerMessage(38, LogLevel.Error, "Connection {ConnectionId} ends: what was to be sent could not be written.")]
    internal static partial void OutputFailed(this ILogger log, Exception error, string connectionId);

    [LoggerMessage(40, LogLevel.Warning,
        "The addresses {Addresses} are not used: endpoints given in configuration or code win.")]
    internal static partial void AddressesOverridden(this ILogger log, string addresses);

    [LoggerMessage(41, LogLevel.Warning, "Could not listen on {Address} at {EndPoint}.")]
    internal static partial void LoopbackSkipped(this ILogger log, Exception error, string address, string endPoint);

    [LoggerMessage(43, LogLevel.Information,
        "The server is about to stop and goes on accepting for {Delay}, so that load balancers notice.")]
    internal static partial void DrainDelayed(this ILogger log, TimeSpan delay);

    [LoggerMessage(50, LogLevel.Information,
        "The endpoints given in configuration or code are not used: the addresses {Addresses} are preferred.")]
    internal static partial void EndpointsOverridden(this ILogger log, string addresses);

    [LoggerMessage(51, LogLevel.Warning, "These configuration keys have no effect: {Keys}.")]
    internal static partial void KeysIgnored(this ILogger log, string keys);

    [LoggerMessage(52, LogLevel.Information, "The configuration changed. Opened: {Opened}. Closed: {Closed}.")]
    internal static partial void EndpointsChanged(this ILogger log, string opened, string closed);

    [LoggerMessage(53, LogLevel.Error, "The configuration changed and can not be used. The former one stays in force.")]
    internal static partial void ReloadFailed(this ILogger log, Exception error);

    [LoggerMessage(54, LogLevel.Critical, "{Address} is no longer listened on: it could not be bound again.")]
    internal static partial void EndpointLost(this ILogger log, Exception error, string address);

    [LoggerMessage(55, LogLevel.Warning,
        "The changed configuration of {Keys} holds after the next start of the server.")]
    internal static partial void NeedsRestart(this ILogger log, string keys);

    [LoggerMessage(22, LogLevel.Warning,
        "The heartbeat took {Duration}, its interval is {Interval}: timeouts are late. The process may get too "
        + "little of the processors.")]
    internal static partial void HeartbeatSlow(this ILogger log, TimeSpan duration, TimeSpan interval);

    [LoggerMessage(23, LogLevel.Critical,
        "Connections whose applications did not end, although they were aborted: {Connections}. The server stops "
        + "without them.")]
    internal static partial void ApplicationsNeverCompleted(this ILogger log, int connections);

    [LoggerMessage(25, LogLevel.Debug, "Connection {ConnectionId}, request {RequestId}: started reading the body.")]
    internal static partial void RequestBodyStarted(this ILogger log, string connectionId, string requestId);

    [LoggerMessage(26, LogLevel.Debug, "Connection {ConnectionId}, request {RequestId}: done reading the body.")]
    internal static partial void RequestBodyDone(this ILogger log, string connectionId, string requestId);

    [LoggerMessage(32, LogLevel.Information,
        "Connection {ConnectionId}, request {RequestId}: the application ended without reading the whole body.")]
    internal static partial void RequestBodyNotEntirelyRead(this ILogger log, string connectionId, string requestId);

    [LoggerMessage(33, LogLevel.Information,
        "Connection {ConnectionId}, request {RequestId}: the rest of the body did not come in time.")]
    internal static partial void RequestBodyDrainTimedOut(this ILogger log, string connectionId, string requestId);

    [LoggerMessage(60, LogLevel.Warning,
        "The system gives no more threads: handshakes and handlers that block go on with those that there are. Raise "
        + "what limits them: pids.max of the control group, ulimit -u, or memory.")]
    internal static partial void ThreadsShort(this ILogger log);

    [LoggerMessage(61, LogLevel.Warning,
        "More than {AtOnce} handlers block at once. Further ones wait for a thread: every 100 ms one more is started, "
        + "up to {Most} in all.")]
    internal static partial void ThreadsCrowded(this ILogger log, int atOnce, int most);

    [LoggerMessage(62, LogLevel.Warning,
        "Accepting connections pauses: the system is out of resources, or almost ({Error}). It goes on by itself; for "
        + "TooManyOpenSockets raise the limit of open files (ulimit -n, LimitNOFILE=). {Others} more pauses since the "
        + "last of these lines.")]
    internal static partial void AcceptPaused(this ILogger log, SocketError error, long others);

    [LoggerMessage(56, LogLevel.Warning, "systemd could not be told {State}.")]
    internal static partial void NotificationFailed(this ILogger log, Exception error, string state);

    [LoggerMessage(58, LogLevel.Warning,
        "The access log {Path} is a pipe. Lines that nobody reads stay in it until it is full, further ones wait, and "
        + "those beyond QueueLimit are dropped and counted.")]
    internal static partial void AccessLogIsPipe(this ILogger log, string path);

    [LoggerMessage(59, LogLevel.Warning, "A step of the stop is late, and the server stops without it: {Step}.")]
    internal static partial void StopStepLate(this ILogger log, string step);

    [LoggerMessage(57, LogLevel.Warning,
        "Lines of the access log could not be written and are lost. {Others} more failures since the last of these "
        + "lines.")]
    internal static partial void AccessLogFailed(this ILogger log, Exception error, long others);

    [LoggerMessage(70, LogLevel.Information, "Taken over from what Kestrel was told: {Options}.")]
    internal static partial void KestrelTakenOver(this ILogger log, string options);

    [LoggerMessage(71, LogLevel.Warning, "Of what Kestrel was told this has no effect: {Options}.")]
    internal static partial void KestrelWithoutEffect(this ILogger log, string options);

    [LoggerMessage(72, LogLevel.Information,
        "These limits in Kestrel's section have an effect here, though Kestrel does not read them by itself: {Keys}.")]
    internal static partial void KestrelLimitsRead(this ILogger log, string keys);

    [LoggerMessage(73, LogLevel.Information,
        "Http3 in the Protocols of {Address} has no effect: HTTP/1 and HTTP/2 are served.")]
    internal static partial void Http3Ignored(this ILogger log, string address);
}
