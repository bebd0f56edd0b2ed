using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Tipi.Protocols.Http;

namespace Tipi.Hosting;

/// <summary>What one endpoint listens on, and what its connections go through before HTTP.</summary>
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
    /// The endpoint's name in configuration, or that of a descriptor which systemd hands over; null for others.
    /// </summary>
    public string? Name { get; internal set; }

    /// <summary>Where it listens; after the start with the port that the system chose.</summary>
    public EndPoint EndPoint { get; private set; }

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
        get => _strictness ?? Shared.Strictness;
        set => _strictness = Enum.IsDefined(value)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "Strictness must be Strict or Lenient.");
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
                nameof(value), value, "PlainRequests must be Redirect or BadRequest.");
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
    /// Adds a step that each connection goes through before HTTP. The first one added is the first to run; it may
    /// replace the connection's transport.
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
        if (_limits.Count == 0) return Shared.Limits;
        TipiServerLimits limits = Shared.Limits.Copy();
        foreach (Action<TipiServerLimits> configure in _limits) configure(limits);
        return limits;
    }
}
