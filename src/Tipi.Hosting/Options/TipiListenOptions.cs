using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Tipi.Protocols.Http;

namespace Tipi.Hosting;

/// <summary>Options of one endpoint: its address, its protocols, and the middleware of its connections.</summary>
public sealed class TipiListenOptions : IConnectionBuilder
{
    private readonly List<Func<ConnectionDelegate, ConnectionDelegate>> _middleware = [];
    private readonly List<Action<TipiServerLimits>> _limits = [];
    private HttpStrictness? _strictness;

    internal TipiListenOptions(EndPoint endPoint, SharedOptions shared, bool isLocalhost = false)
    {
        EndPoint = endPoint;
        IsLocalhost = isLocalhost;
        Shared = shared;
        shared.ApplyTo(this);
    }

    /// <summary>An endpoint that Kestrel was told to listen on.</summary>
    internal TipiListenOptions(ListenOptions told, SharedOptions shared)
    {
        EndPoint = told.EndPoint;
        // A port of both loopback addresses is the one endpoint that Kestrel shows by a name.
        IsLocalhost = told.IPEndPoint is { } ip && IPAddress.IsLoopback(ip.Address)
            && !$"{told}".EndsWith(ip.ToString(), StringComparison.Ordinal);
        Shared = shared;
        Told = told;
        shared.ApplyTo(this);
    }

    /// <summary>
    /// The endpoint's name in configuration, or the name of a socket passed by systemd; null for other endpoints.
    /// </summary>
    public string? Name { get; internal set; }

    /// <summary>The address to listen on; after startup, with the port that the system chose.</summary>
    public EndPoint EndPoint { get; private set; }

    /// <summary>Address and port; null for other endpoints.</summary>
    public IPEndPoint? IPEndPoint => EndPoint as IPEndPoint;

    /// <summary>The path of a Unix socket; null for other endpoints.</summary>
    public string? SocketPath => (EndPoint as UnixDomainSocketEndPoint)?.ToString();

    /// <summary>The name of a pipe; null for other endpoints.</summary>
    public string? PipeName => (EndPoint as NamedPipeEndPoint)?.PipeName;

    /// <summary>The inherited file descriptor; 0 for other endpoints.</summary>
    public ulong FileHandle => (EndPoint as FileHandleEndPoint)?.FileHandle ?? 0;

    /// <summary>The HTTP versions of the endpoint. Default: <see cref="HttpProtocols.Http1AndHttp2"/>.</summary>
    public HttpProtocols Protocols { get; set; } = HttpProtocols.Http1AndHttp2;

    /// <summary>How invalid requests are handled on this endpoint. Default: the server's setting.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not defined in the enumeration.</exception>
    public HttpStrictness Strictness
    {
        get => _strictness ?? Shared.Strictness;
        set => _strictness = Enum.IsDefined(value)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "Strictness must be Strict or Lenient.");
    }

    /// <summary>
    /// How an endpoint with TLS answers plain HTTP requests. Default: <see cref="PlainRequestAnswer.Redirect"/>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not defined in the enumeration.</exception>
    public PlainRequestAnswer PlainRequests
    {
        get;
        set => field = Enum.IsDefined(value)
            ? value
            : throw new ArgumentOutOfRangeException(
                nameof(value), value, "PlainRequests must be Redirect or BadRequest.");
    }

    /// <summary>
    /// Permissions of the Unix socket's file, set before any client can connect. Default: null, as given by the umask.
    /// </summary>
    public UnixFileMode? UnixSocketMode { get; set; }

    /// <summary>
    /// Owner of the Unix socket's file, by name or number; only root can set it. Default: null, the user of the
    /// process.
    /// </summary>
    public string? UnixSocketUser { get; set; }

    /// <summary>Group of the Unix socket's file, by name or number. Default: null, the group of the process.</summary>
    public string? UnixSocketGroup { get; set; }

    /// <summary>The application's services, for middleware.</summary>
    public IServiceProvider ApplicationServices => Shared.ApplicationServices;

    /// <summary>What it has of the server's options.</summary>
    internal SharedOptions Shared { get; }

    /// <summary>How the PROXY protocol is read here; null when it is not.</summary>
    internal ProxyProtocolOptions? ProxyProtocol { get; private set; }

    /// <summary>What encrypts the connections; null where nothing does.</summary>
    internal EndpointSecurity? Tls { get; private set; }

    /// <summary>True for both loopback addresses of a port.</summary>
    internal bool IsLocalhost { get; }

    /// <summary>Where it comes from, when that is configuration: what was read of it.</summary>
    internal object? Configured { get; set; }

    /// <summary>The same in Kestrel's words, where code has told Kestrel something of it.</summary>
    internal ListenOptions? Told { get; set; }

    /// <summary>Told of the real address, once the endpoint is bound.</summary>
    internal Action<EndPoint>? OnBound { get; set; }

    internal bool HasMiddleware => _middleware.Count > 0;

    /// <summary>
    /// Changes limits for the connections of this endpoint. They start from the server's limits, regardless of the
    /// order of the calls.
    /// </summary>
    public TipiListenOptions ConfigureLimits(Action<TipiServerLimits> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        _limits.Add(configure);
        return this;
    }

    /// <summary>
    /// Reads the PROXY protocol before any middleware: connections show the addresses of the clients instead of the
    /// proxy's. Several calls configure the same options.
    /// </summary>
    /// <param name="configure">Configures the options; must at least set the allowed proxies.</param>
    public TipiListenOptions UseProxyProtocol(Action<ProxyProtocolOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        configure(ProxyProtocol ??= new ProxyProtocolOptions());
        return this;
    }

    /// <summary>
    /// Adds middleware that runs for each connection before HTTP. The first one added runs first; it can replace the
    /// connection's transport.
    /// </summary>
    public IConnectionBuilder Use(Func<ConnectionDelegate, ConnectionDelegate> middleware)
    {
        ArgumentNullException.ThrowIfNull(middleware);
        _middleware.Add(middleware);
        return this;
    }

    /// <summary>Says what encrypts the connections.</summary>
    /// <exception cref="InvalidOperationException">The endpoint has TLS already.</exception>
    internal void SetTls(EndpointSecurity security)
    {
        if (Tls is not null)
            throw new InvalidOperationException($"UseHttps was called twice for {this}. Call it once.");
        Tls = security;
    }

    /// <summary>The endpoint is bound: from now on it shows its real port.</summary>
    internal void SetBound(EndPoint bound)
    {
        EndPoint = bound;
        OnBound?.Invoke(bound);
    }

    /// <summary>Builds the middleware pipeline; after the last middleware, the connection is closed.</summary>
    public ConnectionDelegate Build() => Build(static _ => Task.CompletedTask);

    internal ConnectionDelegate Build(ConnectionDelegate last)
    {
        ConnectionDelegate pipeline = last;
        for (int i = _middleware.Count - 1; i >= 0; i--) pipeline = _middleware[i](pipeline);
        return pipeline;
    }

    /// <summary>The address, such as <c>http://127.0.0.1:5000</c>.</summary>
    public override string ToString() =>
        IsLocalhost
            ? $"{AddressText.Scheme(Tls is not null)}://localhost:{IPEndPoint!.Port}"
            : AddressText.Of(EndPoint, Tls is not null);

    /// <summary>The limits that hold here.</summary>
    internal TipiServerLimits MakeLimits()
    {
        if (_limits.Count == 0) return Shared.Limits;
        TipiServerLimits limits = Shared.Limits.Copy();
        foreach (Action<TipiServerLimits> configure in _limits) configure(limits);
        return limits;
    }
}
