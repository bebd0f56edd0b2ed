using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Configuration;
using Tipi.Protocols.Http;
using Tipi.Transport.Uring;

namespace Tipi.Hosting;

/// <summary>Options of the server. Names and defaults are the same as Kestrel's where Kestrel has them.</summary>
public sealed class TipiServerOptions
{
    private TimeSpan _drainDelay;

    private static readonly Func<string, Encoding?> s_usualEncoding = static _ => null;

    /// <summary>Adds <c>Server: Tipi</c> to each response. Default: true.</summary>
    public bool AddServerHeader { get; set; } = true;

    /// <summary>
    /// Allows applications to read and write bodies synchronously, which blocks a thread. Default: false. Can be
    /// changed for a single request with <c>IHttpBodyControlFeature</c>.
    /// </summary>
    public bool AllowSynchronousIO { get; set; }

    /// <summary>
    /// Accepts a scheme that does not match the connection (HTTP/2's <c>:scheme</c>, a proxy's absolute target).
    /// Default: false.
    /// </summary>
    public bool AllowAlternateSchemes { get; set; }

    /// <summary>
    /// If <c>Host</c> differs from an absolute request target, uses the target's host instead of rejecting the request.
    /// Default: false.
    /// </summary>
    public bool AllowHostHeaderOverride
    {
        get => Shared.AllowHostHeaderOverride;
        set => Shared.AllowHostHeaderOverride = value;
    }

    /// <summary>
    /// Compresses response headers on HTTP/2; no effect on HTTP/1. Turn it off if an attacker could otherwise guess
    /// secrets in headers from the compressed size. Default: true.
    /// </summary>
    public bool AllowResponseHeaderCompression { get; set; } = true;

    /// <summary>
    /// Selects the encoding of a request header's values by the header's name. If the function returns null, as it does
    /// by default, UTF-8 is used.
    /// </summary>
    public Func<string, Encoding?> RequestHeaderEncodingSelector
    {
        get;
        set => field = value ?? throw new ArgumentNullException(nameof(value));
    } = s_usualEncoding;

    /// <summary>
    /// Selects the encoding of a response header's values by the header's name. If the function returns null, as it
    /// does by default, ASCII is used.
    /// </summary>
    public Func<string, Encoding?> ResponseHeaderEncodingSelector
    {
        get;
        set => field = value ?? throw new ArgumentNullException(nameof(value));
    } = s_usualEncoding;

    /// <summary>
    /// How invalid requests are handled. Default: <see cref="HttpStrictness.Strict"/>, which rejects them;
    /// <see cref="HttpStrictness.Lenient"/> accepts those that Kestrel accepts and that are harmless.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not defined in the enumeration.</exception>
    public HttpStrictness Strictness
    {
        get => Shared.Strictness;
        set => Shared.Strictness = Enum.IsDefined(value)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "Strictness must be Strict or Lenient.");
    }

    /// <summary>
    /// Creates a new string for each path and header value. Default: false, recently seen strings are reused, so that
    /// repeated requests allocate nothing.
    /// </summary>
    public bool DisableStringReuse { get; set; }

    /// <summary>The selector; null when all values have the usual encoding.</summary>
    internal Func<string, Encoding?>? RequestEncodings =>
        RequestHeaderEncodingSelector == s_usualEncoding ? null : RequestHeaderEncodingSelector;

    /// <summary>The selector; null when all values have the usual encoding.</summary>
    internal Func<string, Encoding?>? ResponseEncodings =>
        ResponseHeaderEncodingSelector == s_usualEncoding ? null : ResponseHeaderEncodingSelector;

    /// <summary>
    /// How long the server continues to accept connections after it is asked to stop, so that load balancers notice:
    /// the readiness check fails immediately and each response carries <c>Connection: close</c>. It is part of the
    /// host's <c>ShutdownTimeout</c>, and must be shorter. At most 1 day. Default: zero.
    /// </summary>
    public TimeSpan DrainDelay
    {
        get => _drainDelay;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, TimeSpan.FromDays(1)); // a timer knows 49 of them
            _drainDelay = value;
        }
    }

    /// <summary>
    /// Publishes the instruments of Kestrel's meter, <c>Microsoft.AspNetCore.Server.Kestrel</c>, in addition to those
    /// of <c>Tipi.Server</c>, so that dashboards made for Kestrel continue to work. Default: true.
    /// </summary>
    public bool EmitKestrelMetrics { get; set; } = true;

    /// <summary>The access log, which the server writes itself. Default: none.</summary>
    public AccessLogOptions AccessLog { get; } = new();

    /// <summary>Limits of the server.</summary>
    public TipiServerLimits Limits => Shared.Limits;

    /// <summary>
    /// The transport to use. Default: <see cref="TipiTransport.Auto"/>. The configuration key is <c>Tipi:Transport</c>;
    /// code takes precedence over configuration.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not defined in the enumeration.</exception>
    public TipiTransport Transport
    {
        get;
        set => field = Enum.IsDefined(value)
            ? value
            : throw new ArgumentOutOfRangeException(
                nameof(value), value, "Transport must be Auto, Uring or Sockets.");
    } = TipiTransport.Auto;

    /// <summary>
    /// Where applications start on the io_uring transport. Default: <see cref="RingScheduling.Inline"/>, on the ring's
    /// I/O thread. A handler that holds the ring longer than <see cref="UringTransportOptions.HandOffBudget"/> loses
    /// it; if that happens repeatedly, its endpoint runs on dedicated threads.
    /// </summary>
    public RingScheduling Scheduling
    {
        get => Uring.Scheduling;
        set => Uring.Scheduling = value;
    }

    /// <summary>Options of the io_uring transport: rings, budget, backlog.</summary>
    public UringTransportOptions Uring { get; } = new();

    /// <summary>The application's services, for connection middleware. Set by the host.</summary>
    public IServiceProvider ApplicationServices
    {
        get => Shared.ApplicationServices;
        set => Shared.ApplicationServices = value;
    }

    /// <summary>
    /// Loads endpoints from configuration. Default: from the host's sections <c>Tipi</c> and <c>Kestrel</c>, with
    /// reload when they change.
    /// </summary>
    public TipiConfigurationLoader? ConfigurationLoader { get; private set; }

    /// <summary>What endpoints have of these options.</summary>
    internal SharedOptions Shared { get; } = new();

    /// <summary>Endpoints given in code.</summary>
    internal List<TipiListenOptions> CodeEndpoints { get; } = [];

    /// <summary>Reads configuration into these options; null where they are not a host's.</summary>
    internal Func<TipiConfigurationLoader, IOptionsSource>? ReadConfiguration { get; set; }

    /// <summary>
    /// Reads no endpoints from configuration, except those that are configured on the returned loader.
    /// </summary>
    public TipiConfigurationLoader Configure() => Configure(new ConfigurationBuilder().Build());

    /// <summary>
    /// Reads endpoints, limits and options from a section like <c>Tipi</c>, and no endpoints from other configuration.
    /// </summary>
    public TipiConfigurationLoader Configure(IConfiguration config) => Configure(config, reloadOnChange: false);

    /// <summary>
    /// Reads endpoints, limits and options from a section like <c>Tipi</c>, and no endpoints from other configuration.
    /// </summary>
    /// <param name="config">The section.</param>
    /// <param name="reloadOnChange">
    /// Whether changes to endpoints and limits are applied. Connections of unchanged endpoints stay open.
    /// </param>
    /// <exception cref="InvalidOperationException">A value is invalid; the message names its key.</exception>
    public TipiConfigurationLoader Configure(IConfiguration config, bool reloadOnChange)
    {
        ArgumentNullException.ThrowIfNull(config);
        return Configure([config], reloadOnChange);
    }

    /// <summary>Configures every endpoint that is added after this call, in code or in configuration.</summary>
    public void ConfigureEndpointDefaults(Action<TipiListenOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        Shared.EndpointDefaults = configure;
    }

    /// <summary>
    /// Configures the HTTPS defaults of every endpoint, in code or in configuration. They do not apply to endpoints
    /// with a complete options object or with a callback for each handshake.
    /// </summary>
    public void ConfigureHttpsDefaults(Action<HttpsConnectionAdapterOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        Shared.HttpsDefaults = configure;
    }

    /// <summary>
    /// Listens on an address and port. Endpoints given in code take precedence over configured addresses.
    /// </summary>
    /// <param name="address">A local IP address.</param>
    /// <param name="port">The port; with 0, the system chooses one.</param>
    public void Listen(IPAddress address, int port) => Listen(address, port, static _ => { });

    /// <summary>Listens on an address and port.</summary>
    /// <param name="address">A local IP address.</param>
    /// <param name="port">The port; with 0, the system chooses one.</param>
    /// <param name="configure">Configures this endpoint.</param>
    public void Listen(IPAddress address, int port, Action<TipiListenOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(address);
        Listen(new IPEndPoint(address, port), configure);
    }

    /// <summary>Listens on an address and port.</summary>
    public void Listen(IPEndPoint endPoint) => Listen((EndPoint)endPoint);

    /// <summary>Listens on an address and port.</summary>
    public void Listen(IPEndPoint endPoint, Action<TipiListenOptions> configure) =>
        Listen((EndPoint)endPoint, configure);

    /// <summary>
    /// Listens on an IP or Unix socket endpoint, on an inherited handle, or on an endpoint that a registered
    /// <c>IConnectionListenerFactory</c> can bind.
    /// </summary>
    public void Listen(EndPoint endPoint) => Listen(endPoint, static _ => { });

    /// <summary>
    /// Listens on an IP or Unix socket endpoint, on an inherited handle, or on an endpoint that a registered
    /// <c>IConnectionListenerFactory</c> can bind.
    /// </summary>
    public void Listen(EndPoint endPoint, Action<TipiListenOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        ArgumentNullException.ThrowIfNull(configure);
        Add(new TipiListenOptions(endPoint, Shared), configure);
    }

    /// <summary>Listens on a port of both loopback addresses.</summary>
    /// <param name="port">1 to 65535. 0 is not allowed: the two addresses would get different ports.</param>
    public void ListenLocalhost(int port) => ListenLocalhost(port, static _ => { });

    /// <summary>Listens on a port of both loopback addresses.</summary>
    /// <param name="port">1 to 65535. 0 is not allowed: the two addresses would get different ports.</param>
    /// <param name="configure">Configures this endpoint.</param>
    public void ListenLocalhost(int port, Action<TipiListenOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        if (port == 0)
            throw new InvalidOperationException(
                "With port 0, the two loopback addresses would get different ports. Use "
                + "Listen(IPAddress.Loopback, 0) or Listen(IPAddress.IPv6Loopback, 0).");
        Add(new TipiListenOptions(new IPEndPoint(IPAddress.Loopback, port), Shared, isLocalhost: true), configure);
    }

    /// <summary>Listens on a port of every local address, IPv6 and IPv4.</summary>
    public void ListenAnyIP(int port) => ListenAnyIP(port, static _ => { });

    /// <summary>Listens on a port of every local address, IPv6 and IPv4.</summary>
    public void ListenAnyIP(int port, Action<TipiListenOptions> configure) =>
        Listen(new IPEndPoint(Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any, port), configure);

    /// <summary>Listens on a Unix socket. A socket file on which no process listens any more is replaced.</summary>
    /// <param name="socketPath">An absolute path, or @ followed by a name in the abstract namespace.</param>
    public void ListenUnixSocket(string socketPath) => ListenUnixSocket(socketPath, static _ => { });

    /// <summary>Listens on a Unix socket. A socket file on which no process listens any more is replaced.</summary>
    /// <param name="socketPath">An absolute path, or @ followed by a name in the abstract namespace.</param>
    /// <param name="configure">Configures this endpoint.</param>
    public void ListenUnixSocket(string socketPath, Action<TipiListenOptions> configure)
    {
        ArgumentException.ThrowIfNullOrEmpty(socketPath);
        if (!Path.IsPathRooted(socketPath) && socketPath[0] is not ('@' or '\0'))
            throw new ArgumentException("The path of a Unix socket must be absolute.", nameof(socketPath));
        Listen(ListenAddress.UnixEndPoint(socketPath), configure);
    }

    /// <summary>Listens on an open file descriptor that the process inherited.</summary>
    public void ListenHandle(ulong handle) => ListenHandle(handle, static _ => { });

    /// <summary>Listens on an open file descriptor that the process inherited.</summary>
    public void ListenHandle(ulong handle, Action<TipiListenOptions> configure) =>
        Listen(new FileHandleEndPoint(handle, FileHandleType.Auto), configure);

    /// <summary>
    /// Listens on a named pipe. Tipi's transports do not support named pipes: on Windows, <c>UseNamedPipes</c>
    /// registers a transport that does.
    /// </summary>
    public void ListenNamedPipe(string pipeName) => ListenNamedPipe(pipeName, static _ => { });

    /// <summary>
    /// Listens on a named pipe. Tipi's transports do not support named pipes: on Windows, <c>UseNamedPipes</c>
    /// registers a transport that does.
    /// </summary>
    public void ListenNamedPipe(string pipeName, Action<TipiListenOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(pipeName);
        Listen(new NamedPipeEndPoint(pipeName), configure);
    }

    internal TipiConfigurationLoader Configure(IConfiguration[] sections, bool reloadOnChange)
    {
        if (ReadConfiguration is not { } read)
            throw new InvalidOperationException(
                "These options do not belong to a host, so they cannot read configuration. Call Configure in "
                + "UseTipi(options => ...).");
        ConfigurationLoader = new TipiConfigurationLoader(this, sections, reloadOnChange);
        Shared.Configured = null;
        Shared.Configured = read(ConfigurationLoader);
        return ConfigurationLoader;
    }

    /// <summary>True where code given to these options listens at the address of another one's endpoint.</summary>
    internal bool ListensAt(TipiListenOptions other) =>
        other.IPEndPoint?.Port != 0 && CodeEndpoints.Any(own => own.EndPoint.Equals(other.EndPoint));

    /// <summary>Other limits, for connections that come from now on.</summary>
    internal void ReplaceLimits(TipiServerLimits limits) => Shared.Limits = limits;

    private void Add(TipiListenOptions options, Action<TipiListenOptions> configure)
    {
        configure(options);
        CodeEndpoints.Add(options);
    }
}
