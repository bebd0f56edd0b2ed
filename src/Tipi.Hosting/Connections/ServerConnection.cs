using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Logging;
using Tipi.Hosting.Diagnostics;
using Tipi.Transport.Uring;
using Tipi.Transport.Uring.Connections;

namespace Tipi.Hosting.Connections;

/// <summary>
/// One accepted connection from start to disposal, whatever it speaks. The registry owns it; the heartbeat looks at its
/// deadline once a second. One that is idle for a moment owns no request objects.
/// </summary>
internal sealed class ServerConnection : IThreadPoolWorkItem
{
    private static readonly Action<object?> s_onClosed = static self => ((ServerConnection)self!).OnClosed();

    /// <summary>The last step of an endpoint's pipeline: serves the connection that passes it.</summary>
    internal static readonly ConnectionDelegate Serve =
        static context => context.Features.Get<ServerConnection>()!.ServeAsync(context);

    /// <summary>Wakes the connection that is its state. Never fails: nobody is there whom a timer could tell.</summary>
    internal static readonly TimerCallback WakeByTimer = static state =>
    {
        var connection = (ServerConnection)state!;
        try
        {
            connection.Wake();
        }
        catch (Exception error)
        {
            connection.LogFailure(error); // middleware's pipe
        }
    };

    private readonly ConnectionRegistry _registry;
    private readonly ConnectionContext _accepted;
    private IConnectionProtocol? _protocol;
    private IDictionary<object, object?>? _persistentState;
    private ConnectionHooks? _hooks;
    private PeerCount? _peer;
    private object? _keptForRequests;
    private readonly ConnectionMeasurement? _measurement;
    private CancellationTokenRegistration _closeWatch;
    private long _deadlineMs = long.MaxValue;
    private long _abortAtMs = long.MaxValue;
    private uint _requests;
    private bool _watchesClose;
    private bool _isUpgraded;
    private bool _isUpgradeCounted;
    private ConnectionEndReason _endReason;
    private volatile bool _isClosed;
    private volatile bool _isCloseRequested;
    private volatile bool _isInUse;

    internal ServerConnection(ConnectionContext transport, ServerEndpoint endpoint, ConnectionRegistry registry)
    {
        _accepted = transport;
        Transport = transport;
        ResponseOutput = transport.Transport.Output;
        Endpoint = endpoint;
        Affinity = transport as IRingAffinityFeature ?? transport.Features.Get<IRingAffinityFeature>();
        _registry = registry;
        _measurement = Server.Metrics.Kestrel?.ConnectionQueued(transport);
    }

    /// <summary>The connection as HTTP sees it: as accepted, or as the endpoint's middleware made it.</summary>
    internal ConnectionContext Transport { get; private set; }

    /// <summary>Where responses of HTTP/1 are written, also while a flush waits.</summary>
    internal PipeWriter ResponseOutput { get; private set; }

    internal ServerEndpoint Endpoint { get; }

    internal ConnectionRegistry Registry => _registry;

    internal ServerContext Server => _registry.Server;

    internal TipiServerLimits Limits => Endpoint.Limits;

    /// <summary>The connection's ring; null on another transport.</summary>
    internal IRingAffinityFeature? Affinity { get; }

    /// <summary>True when the output can be ended while the input is still read.</summary>
    internal bool CanEndOutputFirst =>
        Transport.Transport.Output is UringPipeWriter || EncryptionOf(Transport)?.CanEndOutputFirst == true;

    /// <summary>How the connection is encrypted; null where it is not, or not yet.</summary>
    internal Encryption? Encryption { get; set; }

    /// <summary>True when HTTP is spoken inside TLS.</summary>
    internal bool IsSecure { get; private set; }

    internal string Scheme => IsSecure ? "https" : "http";

    internal string Id => Transport.ConnectionId;

    /// <summary>The connection's run; it never faults.</summary>
    internal Task Execution { get; private set; } = Task.CompletedTask;

    /// <summary>True once the peer has gone or the connection was aborted.</summary>
    internal bool IsClosed => _isClosed;

    /// <summary>When a wait that goes on must end, in the clock's milliseconds; MaxValue: never.</summary>
    internal long DeadlineMs
    {
        get => Volatile.Read(ref _deadlineMs);
        set => Volatile.Write(ref _deadlineMs, value);
    }

    /// <summary>The next flush of the pipe may be cancelled by a token of the one before, and for nothing.</summary>
    internal bool HasLateCancellation { get; set; }

    /// <summary>When the connection is aborted unless its peer takes what was sent; MaxValue: never.</summary>
    internal long AbortAtMs
    {
        get => Volatile.Read(ref _abortAtMs);
        set => Volatile.Write(ref _abortAtMs, value);
    }

    /// <summary>True when an idle connection is to end: the server stops or a close was asked for.</summary>
    internal bool MustEnd => _isCloseRequested || Server.IsStopping;

    /// <summary>True when the request that runs is the last one.</summary>
    internal bool IsEnding => MustEnd || Server.IsDraining;

    /// <summary>True while HTTP/2 may begin here by the client's choice: RFC 9113 §3.3, before anything else.</summary>
    internal bool MayChangeProtocol =>
        _requests <= 1 && !IsSecure && (Endpoint.Options.Protocols & HttpProtocols.Http2) != 0;

    internal bool HasExpired => Server.Clock.NowMs > DeadlineMs;

    internal IDictionary<object, object?> PersistentState => _persistentState ??= new Dictionary<object, object?>();

    /// <summary>What applications and middleware asked of this connection; made by the first question.</summary>
    internal ConnectionHooks Hooks =>
        _hooks ?? Interlocked.CompareExchange(ref _hooks, new ConnectionHooks(this), null) ?? _hooks;

    /// <summary>The same, if anybody asked.</summary>
    internal ConnectionHooks? HooksIfAny => Volatile.Read(ref _hooks);

    /// <summary>A link of the registry's list.</summary>
    internal ServerConnection? Previous { get; set; }

    /// <summary>A link of the registry's list.</summary>
    internal ServerConnection? Next { get; set; }

    /// <summary>Starts the connection's run on the calling thread.</summary>
    public void Execute() => Execution = RunAsync();

    /// <summary>Speaks HTTP on the connection as it is now, to its end.</summary>
    internal Task ServeAsync(ConnectionContext transport)
    {
        Transport = transport;
        PipeWriter output = transport.Transport.Output;
        bool isOwn = ReferenceEquals(output, ResponseOutput) || EncryptionOf(transport) is not null;
        ResponseOutput = isOwn ? output : new StagedWriter(output);
        IsSecure = Endpoint.Pipeline is not null && transport.Features.Get<ITlsConnectionFeature>() is not null;
        return ChangeAsync(SpeaksHttp2(transport) ? _registry.Http2(this) : _registry.Http1(this));
    }

    /// <summary>Speaks this from now on, to the connection's end.</summary>
    internal Task ChangeAsync(IConnectionProtocol next)
    {
        Volatile.Write(ref _protocol, next);
        return next.RunAsync();
    }

    private string? HttpVersion =>
        _protocol?.Version ?? (_endReason == ConnectionEndReason.TlsHandshakeFailed ? null : "1.1");

    /// <summary>By what was agreed in a handshake; without one, where nothing else is spoken.</summary>
    private bool SpeaksHttp2(ConnectionContext transport)
    {
        HttpProtocols allowed = Endpoint.Options.Protocols;
        if (!IsSecure) return allowed == HttpProtocols.Http2;
        var agreed = transport.Features.Get<ITlsApplicationProtocolFeature>();
        if (agreed is { ApplicationProtocol: { IsEmpty: false } name }) return name.Span.SequenceEqual("h2"u8);
        if (Encryption is { } ours && ReferenceEquals(agreed, ours.Features)) allowed = ours.AllowedProtocols;
        return allowed == HttpProtocols.Http2;
    }

    /// <summary>Null where middleware has put something between HTTP and the encryption.</summary>
    private Encryption? EncryptionOf(ConnectionContext transport) =>
        ReferenceEquals(transport.Transport.Output, Encryption?.Output) ? Encryption : null;

    /// <summary>A feature of the connection: the transport's or middleware's, or else the server's.</summary>
    internal object? FindFeature(Type key) =>
        Transport.Features[key] ?? (ConnectionHooks.Offers(key) ? Hooks : null);

    internal uint NextRequestNumber() => ++_requests;

    /// <summary>
    /// Objects that applications can have kept from requests of this connection: they serve further requests of this
    /// connection and of no other. Null when there are none, or when none was wanted for a while.
    /// </summary>
    internal object? KeptForRequests
    {
        get => Volatile.Read(ref _keptForRequests);
        set
        {
            _isInUse = true;
            Volatile.Write(ref _keptForRequests, value);
        }
    }

    /// <summary>
    /// Gives up what is kept for requests when none has ended since the last call. Called by the heartbeat. It only
    /// forgets the objects, and whoever has taken them goes on with them: nothing has to be agreed on with a request
    /// that begins meanwhile.
    /// </summary>
    internal void Rest()
    {
        if (_isInUse) _isInUse = false;
        else if (_keptForRequests is not null) Volatile.Write(ref _keptForRequests, null);
    }

    /// <summary>Sets the deadline from now; <see cref="TimeSpan.MaxValue"/>: none.</summary>
    internal void ExpireIn(TimeSpan time) =>
        DeadlineMs = Server.Clock.After(time);

    /// <summary>
    /// Wakes the connection's pending read, so that it looks at its deadline and at the server's state.
    /// </summary>
    internal void Wake() => Transport.Transport.Input.CancelPendingRead();

    /// <summary>Says why the connection ends; what was said first counts.</summary>
    internal void EndsBecause(ConnectionEndReason reason)
    {
        if (_endReason == ConnectionEndReason.Unset) _endReason = reason;
    }

    /// <summary>One request of HTTP/2 more that waits for its start, or less.</summary>
    internal void CountQueued(int change)
    {
        if (_measurement is not null) Server.Metrics.Kestrel!.RequestQueued(_measurement, change);
    }

    /// <summary>Adds to the measurements of the connection, when there are any.</summary>
    internal void Tag(string name, object? value)
    {
        if (_measurement is not null) ((IConnectionMetricsTagsFeature)Hooks).Tags.Add(new(name, value));
    }

    /// <summary>
    /// The application takes the connection over: from now on it counts among those that are upgraded, and among them
    /// alone.
    /// </summary>
    internal void BeginUpgrade()
    {
        _isUpgraded = _isUpgradeCounted = true;
        Endpoint.Admission.LeaveConnection();
        CountUpgrade(1);
    }

    /// <summary>The application has done with it.</summary>
    internal void EndUpgrade()
    {
        // Also where a log has failed in between: it leaves once.
        if (!_isUpgradeCounted) return;
        _isUpgradeCounted = false;
        Endpoint.Admission.LeaveUpgrade();
        CountUpgrade(-1);
    }

    private void CountUpgrade(int change)
    {
        TipiEventSource.Log.CountUpgrade(change);
        if (_measurement is not null) Server.Metrics.Kestrel!.Upgraded(_measurement, change);
    }

    /// <summary>A deadline has passed. Called by the heartbeat.</summary>
    internal void OnExpired(long nowMs)
    {
        if (nowMs <= AbortAtMs)
        {
            Wake();
            return;
        }
        AbortAtMs = long.MaxValue;
        EndsBecause(ConnectionEndReason.MinResponseDataRate);
        Server.Logs.LateRequests.ResponseTooSlow(Id);
        Abort("The client reads the response too slowly.");
    }

    /// <summary>Ends the connection after the request that runs, or at once when it is idle.</summary>
    internal void RequestClose()
    {
        _isCloseRequested = true;
        HooksIfAny?.OnCloseRequested();
        Wake();
    }

    internal void Abort(string reason)
    {
        // The request learns it before its reads and writes fail: afterwards it may have ended.
        OnClosed();
        _accepted.Abort(new ConnectionAbortedException(reason));
    }

    /// <summary>
    /// From now on <see cref="IsClosed"/> follows the transport; nobody pays for it before somebody asks.
    /// </summary>
    internal void WatchForClose()
    {
        if (_watchesClose) return;
        _watchesClose = true;
        _closeWatch = Transport.ConnectionClosed.UnsafeRegister(s_onClosed, this);
    }

    private async Task RunAsync()
    {
        IDisposable? scope = null;
        try
        {
            scope = OnStarted();
            await (Endpoint.Proxy is null ? ServeAcceptedAsync() : ServeProxiedAsync(Endpoint.Proxy));
        }
        catch (Exception error)
        {
            EndsBecause(ConnectionEndReason.OtherError);
            LogFailure(error);
        }
        if (_hooks is not null) await _hooks.CompleteAsync();
        _closeWatch.Unregister();
        try
        {
            AbortAtMs = ResponseDeadline.Of(Server.Clock, Limits, Limits.MinResponseDataRate, bytes: 0);
            await _accepted.DisposeAsync();
        }
        catch (Exception error)
        {
            LogFailure(error);
        }
        try
        {
            ReportEnd();
        }
        catch (Exception error)
        {
            LogFailure(error);
        }
        OnEnded();
        scope?.Dispose();
    }

    /// <returns>The scope of what is logged while the connection is served; null when nobody logs.</returns>
    private IDisposable? OnStarted()
    {
        if (_measurement is not null) Server.Metrics.Kestrel!.ConnectionStarted(_measurement);
        TipiEventSource.Log.ConnectionStarted(_accepted);
        if (!Server.Log.IsEnabled(LogLevel.Critical)) return null;
        if (Server.Logs.Connections.IsEnabled(LogLevel.Debug)) Server.Logs.Connections.ConnectionOpened(Id);
        return Server.Log.BeginScope(new ConnectionScope(Id));
    }

    /// <summary>A fault of ours. Never fails itself.</summary>
    internal void LogFailure(Exception error)
    {
        try
        {
            Server.Log.ConnectionFailed(error, Id);
        }
        catch (Exception)
        {
            // A log that fails must not keep a connection, or a request, among those that are counted.
        }
    }

    /// <summary>A fault of what the application had called. Never fails itself.</summary>
    internal void LogCallbackFailure(Exception error)
    {
        try
        {
            Server.Log.ConnectionCallbackFailed(error, Id);
        }
        catch (Exception)
        {
            // A log that fails must not keep other callbacks from being called, nor the connection from ending.
        }
    }

    private void ReportEnd()
    {
        // The counts first: a log may fail.
        TipiEventSource.Log.ConnectionStopped(_accepted);
        if (_measurement is not null)
            Server.Metrics.Kestrel!.ConnectionEnded(_measurement, _endReason, HttpVersion, _hooks?.Tags);
        if (Server.Logs.Connections.IsEnabled(LogLevel.Debug)) Server.Logs.Connections.ConnectionClosed(Id);
    }

    private void OnEnded()
    {
        if (_peer is not null) Endpoint.Admission.LeavePeer(_peer);
        if (!_isUpgraded) Endpoint.Admission.LeaveConnection();
        _registry.Remove(this);
    }

    private async Task ServeProxiedAsync(Func<ConnectionContext, ValueTask<bool>> proxy)
    {
        try
        {
            _accepted.Features.Set(this);
            if (!await proxy(_accepted)) return;
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            // Load balancers ask so whether somebody listens.
            EndsBecause(
                error is ConnectionResetException
                    ? ConnectionEndReason.TransportCompleted
                    : ConnectionEndReason.IOError);
            Server.Logs.Connections.ConnectionReset(error, Id);
            return;
        }
        await ServeAcceptedAsync();
    }

    private Task ServeAcceptedAsync()
    {
        if (!TryEnterPeer(_accepted)) return Task.CompletedTask;
        return Endpoint.Pipeline is null ? ServeAsync(_accepted) : RunPipelineAsync(Endpoint.Pipeline);
    }

    /// <summary>Counts the connection among those of its peer, or rejects it.</summary>
    private bool TryEnterPeer(ConnectionContext transport)
    {
        if (Endpoint.Admission.TryEnterPeer(transport, out _peer)) return true;
        EndsBecause(ConnectionEndReason.MaxConcurrentConnectionsExceeded);
        Server.Reject(transport, "the limit MaxConnectionsPerIP was reached for its address");
        return false;
    }

    private Task RunPipelineAsync(ConnectionDelegate pipeline)
    {
        _accepted.Features.Set(this);
        Hooks.AddTo(_accepted.Features);
        return pipeline(_accepted);
    }

    private void OnClosed()
    {
        _isClosed = true;
        _protocol?.OnClosed();
    }
}
