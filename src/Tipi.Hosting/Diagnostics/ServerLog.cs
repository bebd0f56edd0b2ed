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
        "A request was answered with 503 because the limit MaxConcurrentRequests was reached. {Others} more since "
        + "the last such message.")]
    internal static partial void RequestsShed(this ILogger log, long others);

    [LoggerMessage(8, LogLevel.Warning,
        "Connection {ConnectionId} from {Peer} was closed: the PROXY protocol's AllowedNetworks does not contain "
        + "this source. If it is a trusted proxy, add it, or set AllowUnixSocket for a Unix socket. {Others} more "
        + "since the last such message.")]
    internal static partial void ProxyNotAllowed(this ILogger log, string connectionId, string peer, long others);

    [LoggerMessage(11, LogLevel.Debug, "Connection {ConnectionId} from {Peer} was closed. {Reason}")]
    internal static partial void ProxyHeaderRefused(
        this ILogger log, string connectionId, string peer, string reason);

    [LoggerMessage(12, LogLevel.Warning,
        "Connection {ConnectionId}, request {RequestId}: the response header {Name} was removed because HTTP/2 does "
        + "not allow it.")]
    internal static partial void ResponseHeaderRemoved(
        this ILogger log, string connectionId, string requestId, string name);

    [LoggerMessage(5, LogLevel.Critical, "Connection {ConnectionId} failed because of an error in the server.")]
    internal static partial void ConnectionFailed(this ILogger log, Exception error, string connectionId);

    [LoggerMessage(6, LogLevel.Critical,
        "The server stopped accepting connections on {EndPoint} because of an error. Restart it to accept "
        + "connections again.")]
    internal static partial void AcceptFailed(this ILogger log, Exception error, string endPoint);

    [LoggerMessage(13, LogLevel.Error,
        "Connection {ConnectionId}, request {RequestId}: the application threw an unhandled exception.")]
    internal static partial void ApplicationFailed(
        this ILogger log, Exception error, string connectionId, string requestId);

    [LoggerMessage(14, LogLevel.Error,
        "Connection {ConnectionId}, request {RequestId}: an OnCompleted callback threw an exception.")]
    internal static partial void CallbackFailed(
        this ILogger log, Exception error, string connectionId, string requestId);

    [LoggerMessage(15, LogLevel.Error,
        "Connection {ConnectionId}: a callback registered for the connection threw an exception.")]
    internal static partial void ConnectionCallbackFailed(this ILogger log, Exception error, string connectionId);

    [LoggerMessage(18, LogLevel.Debug, "Connection {ConnectionId}, request {RequestId}: the client disconnected.")]
    internal static partial void RequestAborted(
        this ILogger log, Exception error, string connectionId, string requestId);

    [LoggerMessage(30, LogLevel.Warning,
        "io_uring is not available: {Cause}. To use it, {Remedy}. Tipi uses sockets instead.")]
    internal static partial void RingMissing(this ILogger log, string cause, string remedy);

    [LoggerMessage(31, LogLevel.Warning,
        "{Endpoint} repeatedly blocked an I/O thread. From now on, it runs on dedicated threads.")]
    internal static partial void EndpointLearned(this ILogger log, string endpoint);

    [LoggerMessage(38, LogLevel.Error, "Connection {ConnectionId} is closed because its output could not be written.")]
    internal static partial void OutputFailed(this ILogger log, Exception error, string connectionId);

    [LoggerMessage(40, LogLevel.Warning,
        "The addresses {Addresses} are ignored: endpoints defined in configuration or code take precedence. To use "
        + "the addresses instead, set PREFERHOSTINGURLS to true.")]
    internal static partial void AddressesOverridden(this ILogger log, string addresses);

    [LoggerMessage(41, LogLevel.Warning, "Could not bind {EndPoint} for {Address}.")]
    internal static partial void LoopbackSkipped(this ILogger log, Exception error, string address, string endPoint);

    [LoggerMessage(43, LogLevel.Information,
        "The server is about to stop. It accepts connections for another {Delay} so that load balancers can notice.")]
    internal static partial void DrainDelayed(this ILogger log, TimeSpan delay);

    [LoggerMessage(50, LogLevel.Information,
        "Endpoints defined in configuration or code are ignored: PREFERHOSTINGURLS is true, so the addresses "
        + "{Addresses} take precedence.")]
    internal static partial void EndpointsOverridden(this ILogger log, string addresses);

    [LoggerMessage(51, LogLevel.Warning, "These configuration keys have no effect: {Keys}.")]
    internal static partial void KeysIgnored(this ILogger log, string keys);

    [LoggerMessage(52, LogLevel.Information, "The configuration changed. Opened: {Opened}. Closed: {Closed}.")]
    internal static partial void EndpointsChanged(this ILogger log, string opened, string closed);

    [LoggerMessage(53, LogLevel.Error,
        "The changed configuration cannot be applied. Until it is corrected, the previous configuration stays in "
        + "effect.")]
    internal static partial void ReloadFailed(this ILogger log, Exception error);

    [LoggerMessage(54, LogLevel.Critical,
        "The server no longer listens on {Address}: it could not be bound again. Resolve the error, then restart "
        + "the server.")]
    internal static partial void EndpointLost(this ILogger log, Exception error, string address);

    [LoggerMessage(55, LogLevel.Warning, "Changes to {Keys} take effect after the server is restarted.")]
    internal static partial void NeedsRestart(this ILogger log, string keys);

    [LoggerMessage(22, LogLevel.Warning,
        "The heartbeat took {Duration}, but its interval is {Interval}, so timeouts are late. The process may not "
        + "be getting enough CPU time.")]
    internal static partial void HeartbeatSlow(this ILogger log, TimeSpan duration, TimeSpan interval);

    [LoggerMessage(23, LogLevel.Critical,
        "The applications of {Connections} connections did not finish after the connections were aborted. The "
        + "server stops without waiting for them.")]
    internal static partial void ApplicationsNeverCompleted(this ILogger log, int connections);

    [LoggerMessage(25, LogLevel.Debug, "Connection {ConnectionId}, request {RequestId}: started reading the body.")]
    internal static partial void RequestBodyStarted(this ILogger log, string connectionId, string requestId);

    [LoggerMessage(26, LogLevel.Debug, "Connection {ConnectionId}, request {RequestId}: done reading the body.")]
    internal static partial void RequestBodyDone(this ILogger log, string connectionId, string requestId);

    [LoggerMessage(32, LogLevel.Information,
        "Connection {ConnectionId}, request {RequestId}: the application completed without reading the entire body.")]
    internal static partial void RequestBodyNotEntirelyRead(this ILogger log, string connectionId, string requestId);

    [LoggerMessage(33, LogLevel.Information,
        "Connection {ConnectionId}, request {RequestId}: the rest of the body did not arrive within "
        + "RequestDrainTimeout.")]
    internal static partial void RequestBodyDrainTimedOut(this ILogger log, string connectionId, string requestId);

    [LoggerMessage(60, LogLevel.Warning,
        "The system cannot start more threads, so handshakes and blocking handlers share the existing ones. Raise "
        + "the limit that applies: pids.max of the cgroup, ulimit -u, or memory.")]
    internal static partial void ThreadsShort(this ILogger log);

    [LoggerMessage(61, LogLevel.Warning,
        "More than {AtOnce} handlers are blocked at once. Others wait for a thread: every 100 ms, one more is "
        + "started, up to {Most} in total.")]
    internal static partial void ThreadsCrowded(this ILogger log, int atOnce, int most);

    [LoggerMessage(62, LogLevel.Warning,
        "Accepting connections is paused: the system is out of resources, or nearly out ({Error}). It resumes "
        + "automatically. For TooManyOpenSockets, raise the limit on open files (ulimit -n, LimitNOFILE=). {Others} "
        + "more pauses since the last such message.")]
    internal static partial void AcceptPaused(this ILogger log, SocketError error, long others);

    [LoggerMessage(56, LogLevel.Warning, "Could not send {State} to systemd.")]
    internal static partial void NotificationFailed(this ILogger log, Exception error, string state);

    [LoggerMessage(58, LogLevel.Warning,
        "The access log {Path} is a pipe. Without a reader, lines stay in the pipe until it is full, then in the "
        + "queue; lines beyond QueueLimit are dropped and counted.")]
    internal static partial void AccessLogIsPipe(this ILogger log, string path);

    [LoggerMessage(59, LogLevel.Warning,
        "The shutdown step '{Step}' did not finish in time. The server stops without waiting for it.")]
    internal static partial void StopStepLate(this ILogger log, string step);

    [LoggerMessage(57, LogLevel.Warning,
        "Lines of the access log could not be written and were lost. {Others} more failures since the last such "
        + "message.")]
    internal static partial void AccessLogFailed(this ILogger log, Exception error, long others);

    [LoggerMessage(70, LogLevel.Information, "Options taken over from Kestrel: {Options}.")]
    internal static partial void KestrelTakenOver(this ILogger log, string options);

    [LoggerMessage(71, LogLevel.Warning, "Kestrel options that have no effect: {Options}.")]
    internal static partial void KestrelWithoutEffect(this ILogger log, string options);

    [LoggerMessage(72, LogLevel.Information,
        "These limits in Kestrel's configuration section take effect, although Kestrel does not read them by "
        + "default: {Keys}.")]
    internal static partial void KestrelLimitsRead(this ILogger log, string keys);

    [LoggerMessage(73, LogLevel.Information,
        "Http3 in the Protocols of {Address} has no effect: Tipi serves HTTP/1 and HTTP/2 only.")]
    internal static partial void Http3Ignored(this ILogger log, string address);
}
