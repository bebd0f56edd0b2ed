using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Tipi.Hosting.Configuration;
using Tipi.Hosting.Connections;
using Tipi.Hosting.Diagnostics;
using Tipi.Hosting.Endpoints;
using Tipi.Hosting.Tls;
using Tipi.Protocols.Http;

namespace Tipi.Hosting;

/// <summary>What one endpoint listens on, and what its connections go through before HTTP.</summary>
public sealed class TipiListenOptions : IConnectionBuilder
{
    private readonly List<Func<ConnectionDelegate, ConnectionDelegate>> _middleware = [];
    private readonly List<Action<TipiServerLimits>> _limits = [];
    private HttpStrictness? _strictness;

    internal TipiListenOptions(EndPoint endPoint, TipiServerOptions serverOptions, bool isLocalhost = false)
    {
        EndPoint = endPoint;
        IsLocalhost = isLocalhost;
        ServerOptions = serverOptions;
        serverOptions.ApplyEndpointDefaults(this);
    }

    /// <summary>
    /// The endpoint's name in configuration, or that of a descriptor which systemd hands over; null for others.
    /// </summary>
    public string? Name { get; internal set; }

    /// <summary>Where it listens.</summary>
    public EndPoint EndPoint { get; }

    /// <summary>Address and port; null for a Unix socket and an inherited handle.</summary>
    public IPEndPoint? IPEndPoint => EndPoint as IPEndPoint;

    /// <summary>The path of a Unix socket; null for other endpoints.</summary>
    public string? SocketPath => (EndPoint as UnixDomainSocketEndPoint)?.ToString();

    /// <summary>The name of a pipe; null for other endpoints.</summary>
    public string? PipeName => (EndPoint as NamedPipeEndPoint)?.PipeName;

    /// <summary>The inherited descriptor; 0 for other endpoints.</summary>
    public ulong FileHandle => (EndPoint as FileHandleEndPoint)?.FileHandle ?? 0;

    /// <summary>What is spoken here. Default: <see cref="HttpProtocols.Http1AndHttp2"/>.</summary>
    public HttpProtocols Protocols { get; set; } = HttpProtocols.Http1AndHttp2;

    /// <summary>How invalid requests are judged here. Default: the server's.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is none of the enumeration.</exception>
    public HttpStrictness Strictness
    {
        get => _strictness ?? ServerOptions.Strictness;
        set => _strictness = Enum.IsDefined(value)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "Strictness can be Strict or Lenient.");
    }

    /// <summary>
    /// What a request in clear gets where connections are to be encrypted. Default:
    /// <see cref="PlainRequestAnswer.Redirect"/>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is none of the enumeration.</exception>
    public PlainRequestAnswer PlainRequests
    {
        get;
        set => field = Enum.IsDefined(value)
            ? value
            : throw new ArgumentOutOfRangeException(
                nameof(value), value, "PlainRequests can be Redirect or BadRequest.");
    }

    /// <summary>
    /// Permissions of a Unix socket's file. Default: null, what the umask leaves. In place before anybody can connect.
    /// </summary>
    public UnixFileMode? UnixSocketMode { get; set; }

    /// <summary>
    /// The user, by name or number, that a Unix socket's file is given to; only root may. Default: null, the
    /// process's.
    /// </summary>
    public string? UnixSocketUser { get; set; }

    /// <summary>
    /// The group, by name or number, that a Unix socket's file is given to. Default: null, the process's.
    /// </summary>
    public string? UnixSocketGroup { get; set; }

    /// <summary>The application's services, for middleware.</summary>
    public IServiceProvider ApplicationServices => ServerOptions.ApplicationServices;

    internal TipiServerOptions ServerOptions { get; }

    /// <summary>How the PROXY protocol is read here; null when it is not.</summary>
    internal ProxyProtocolOptions? ProxyProtocol { get; private set; }

    /// <summary>What encrypts the connections; null where nothing does.</summary>
    internal TlsGate? Tls { get; private set; }

    /// <summary>True for both loopback addresses of a port.</summary>
    internal bool IsLocalhost { get; }

    /// <summary>Where it comes from, when that is configuration.</summary>
    internal ConfiguredEndpoint? Configured { get; set; }

    internal bool HasMiddleware => _middleware.Count > 0;

    /// <summary>
    /// Changes limits for the connections of this endpoint. Starts from the server's limits, whatever is set first.
    /// </summary>
    public TipiListenOptions ConfigureLimits(Action<TipiServerLimits> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        _limits.Add(configure);
        return this;
    }

    /// <summary>
    /// Expects the PROXY protocol: connections show the addresses of the clients that a proxy relays. It is read before
    /// middleware. Several calls configure the same options.
    /// </summary>
    /// <param name="configure">Names the proxies, at least.</param>
    public TipiListenOptions UseProxyProtocol(Action<ProxyProtocolOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        configure(ProxyProtocol ??= new ProxyProtocolOptions());
        return this;
    }

    /// <summary>
    /// Logs the bytes of each connection, both directions, at Debug, in the category
    /// <c>Tipi.Server.ConnectionLogging</c>. They are what the peer sent and gets: mind secrets.
    /// </summary>
    public TipiListenOptions UseConnectionLogging() => UseConnectionLogging(ConnectionBytesLog.Category);

    /// <summary>Logs the bytes of each connection, both directions, at Debug.</summary>
    /// <param name="loggerName">The category.</param>
    public TipiListenOptions UseConnectionLogging(string loggerName)
    {
        ArgumentException.ThrowIfNullOrEmpty(loggerName);
        var logs = (ILoggerFactory?)ApplicationServices.GetService(typeof(ILoggerFactory));
        ILogger log = (logs ?? NullLoggerFactory.Instance).CreateLogger(loggerName);
        Use(next => LoggedPipe.Wrap(next, log));
        return this;
    }

    /// <summary>
    /// Adds a step that each connection goes through before HTTP. The first one added is the first to run; it may
    /// replace the connection's transport.
    /// </summary>
    public IConnectionBuilder Use(Func<ConnectionDelegate, ConnectionDelegate> middleware)
    {
        ArgumentNullException.ThrowIfNull(middleware);
        _middleware.Add(middleware);
        return this;
    }

    /// <summary>
    /// Encrypts the connections from this step on. Every <c>UseHttps</c> ends here; an endpoint has it once.
    /// </summary>
    /// <exception cref="InvalidOperationException">The endpoint has TLS already.</exception>
    internal TipiListenOptions UseTls(TlsPolicy policy)
    {
        if (Tls is not null)
            throw new InvalidOperationException($"UseHttps was called twice for {this}. Call it once.");
        Tls = new TlsGate(policy, this);
        OpenSslMemory.Install();
        Use(next => connection => Tls.RunAsync(connection, next));
        return this;
    }

    /// <summary>Puts the steps together; after the last one the connection is closed.</summary>
    public ConnectionDelegate Build() => Build(static _ => Task.CompletedTask);

    internal ConnectionDelegate Build(ConnectionDelegate last)
    {
        ConnectionDelegate pipeline = last;
        for (int i = _middleware.Count - 1; i >= 0; i--) pipeline = _middleware[i](pipeline);
        return pipeline;
    }

    /// <summary>The address, as <c>http://127.0.0.1:5000</c>.</summary>
    public override string ToString() =>
        IsLocalhost
            ? $"{AddressText.Scheme(Tls is not null)}://localhost:{IPEndPoint!.Port}"
            : AddressText.Of(EndPoint, Tls is not null);

    /// <summary>The limits that hold here.</summary>
    internal TipiServerLimits MakeLimits()
    {
        if (_limits.Count == 0) return ServerOptions.Limits;
        TipiServerLimits limits = ServerOptions.Limits.Copy();
        foreach (Action<TipiServerLimits> configure in _limits) configure(limits);
        return limits;
    }
}
