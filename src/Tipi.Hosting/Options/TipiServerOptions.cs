using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Configuration;
using Tipi.Protocols.Http;
using Tipi.Transport.Uring;

namespace Tipi.Hosting;

/// <summary>Options of the server. Names and defaults are Kestrel's where it has them.</summary>
public sealed class TipiServerOptions
{
    private TimeSpan _drainDelay;

    private static readonly Func<string, Encoding?> s_usualEncoding = static _ => null;

    /// <summary>Adds <c>Server: Tipi</c> to each response. Default: true.</summary>
    public bool AddServerHeader { get; set; } = true;

    /// <summary>
    /// Lets applications read and write bodies synchronously, which blocks a thread. Default: false. Can be changed for
    /// one request by <c>IHttpBodyControlFeature</c>.
    /// </summary>
    public bool AllowSynchronousIO { get; set; }

    /// <summary>
    /// Accepts a scheme that is not the connection's own (HTTP/2's <c>:scheme</c>, a proxy's absolute target). Default:
    /// false.
    /// </summary>
    public bool AllowAlternateSchemes { get; set; }

    /// <summary>
    /// Replaces a <c>Host</c> field that differs from an absolute request target by the target's host, instead of
    /// refusing the request. Default: false.
    /// </summary>
    public bool AllowHostHeaderOverride
    {
        get => Shared.AllowHostHeaderOverride;
        set => Shared.AllowHostHeaderOverride = value;
    }

    /// <summary>
    /// Lets HTTP/2 compress response headers; of no effect on HTTP/1. Turned off, secrets in headers cannot be guessed
    /// from the size of what an attacker sees. Default: true.
    /// </summary>
    public bool AllowResponseHeaderCompression { get; set; } = true;

    /// <summary>
    /// The encoding of a request header's values, by the header's name. Null from the function, as by default:
    /// UTF-8.
    /// </summary>
    public Func<string, Encoding?> RequestHeaderEncodingSelector
    {
        get;
        set => field = value ?? throw new ArgumentNullException(nameof(value));
    } = s_usualEncoding;

    /// <summary>
    /// The encoding of a response header's values, by the header's name. Null from the function, as by default:
    /// ASCII.
    /// </summary>
    public Func<string, Encoding?> ResponseHeaderEncodingSelector
    {
        get;
        set => field = value ?? throw new ArgumentNullException(nameof(value));
    } = s_usualEncoding;

    /// <summary>
    /// How invalid requests are judged. Default: <see cref="HttpStrictness.Strict"/>, they are refused;
    /// <see cref="HttpStrictness.Lenient"/> serves those that Kestrel serves and that are no danger.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is none of the enumeration.</exception>
    public HttpStrictness Strictness
    {
        get => Shared.Strictness;
        set => Shared.Strictness = Enum.IsDefined(value)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "Strictness must be Strict or Lenient.");
    }

    /// <summary>
    /// Makes a new string for each path and header value. Default: false, strings that were seen lately are given out
    /// again, so that repeated requests allocate nothing.
    /// </summary>
    public bool DisableStringReuse { get; set; }

    /// <summary>The selector; null when all values have the usual encoding.</summary>
    internal Func<string, Encoding?>? RequestEncodings =>
        RequestHeaderEncodingSelector == s_usualEncoding ? null : RequestHeaderEncodingSelector;

    /// <summary>The selector; null when all values have the usual encoding.</summary>
    internal Func<string, Encoding?>? ResponseEncodings =>
        ResponseHeaderEncodingSelector == s_usualEncoding ? null : ResponseHeaderEncodingSelector;

    /// <summary>
    /// How long the server goes on accepting after it was asked to stop, so that load balancers notice: readiness is
    /// gone at once and each answer carries <c>Connection: close</c>. Part of the host's <c>ShutdownTimeout</c>, and
    /// must be shorter. Default: zero.
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
    /// Emits the instruments of Kestrel's meter, <c>Microsoft.AspNetCore.Server.Kestrel</c>, beside those of
    /// <c>Tipi.Server</c>, so that dashboards made for Kestrel go on. Default: true.
    /// </summary>
    public bool EmitKestrelMetrics { get; set; } = true;

    /// <summary>The log of requests that the server itself writes. Default: none.</summary>
    public AccessLogOptions AccessLog { get; } = new();

    /// <summary>Limits of the server.</summary>
    public TipiServerLimits Limits => Shared.Limits;

    /// <summary>
    /// Which transport moves the bytes. Default: <see cref="TipiTransport.Auto"/>. The configuration key is
    /// <c>Tipi:Transport</c>; code wins over configuration.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is none of the enumeration.</exception>
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
    /// thread; a handler that holds the ring past a budget loses it, and its endpoint runs on threads apart
    /// afterwards.
    /// </summary>
    public RingScheduling Scheduling
    {
        get => Uring.Scheduling;
        set => Uring.Scheduling = value;
    }

    /// <summary>Options of the io_uring transport: rings, budget, backlog.</summary>
    public UringTransportOptions Uring { get; } = new();

    /// <summary>The services of the application, for connection middleware. The host sets them first.</summary>
    public IServiceProvider ApplicationServices
    {
        get => Shared.ApplicationServices;
        set => Shared.ApplicationServices = value;
    }

    /// <summary>
    /// Brings endpoints from configuration. Default: from the host's sections <c>Tipi</c> and <c>Kestrel</c>, and again
    /// when they change.
    /// </summary>
    public TipiConfigurationLoader? ConfigurationLoader { get; private set; }

    /// <summary>What endpoints have of these options.</summary>
    internal SharedOptions Shared { get; } = new();

    /// <summary>Endpoints given in code.</summary>
    internal List<TipiListenOptions> CodeEndpoints { get; } = [];

    /// <summary>Reads configuration into these options; null where they are not a host's.</summary>
    internal Func<TipiConfigurationLoader, IOptionsSource>? ReadConfiguration { get; set; }

    /// <summary>Takes no endpoints from configuration but those that the result is told of.</summary>
    public TipiConfigurationLoader Configure() => Configure(new ConfigurationBuilder().Build());

    /// <summary>
    /// Takes endpoints, limits and options from a section like <c>Tipi</c>, and no endpoints from anywhere else.
    /// </summary>
    public TipiConfigurationLoader Configure(IConfiguration config) => Configure(config, reloadOnChange: false);

    /// <summary>
    /// Takes endpoints, limits and options from a section like <c>Tipi</c>, and no endpoints from anywhere else.
    /// </summary>
    /// <param name="config">The section.</param>
    /// <param name="reloadOnChange">
    /// Follows changes of endpoints and limits. Connections of endpoints that did not change live on.
    /// </param>
    /// <exception cref="InvalidOperationException">A value is wrong; the message names its key.</exception>
    public TipiConfigurationLoader Configure(IConfiguration config, bool reloadOnChange)
    {
        ArgumentNullException.ThrowIfNull(config);
        return Configure([config], reloadOnChange);
    }

    /// <summary>Sets what holds for every endpoint given after this call, in code or in configuration.</summary>
    public void ConfigureEndpointDefaults(Action<TipiListenOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        Shared.EndpointDefaults = configure;
    }

    /// <summary>
    /// Sets what every endpoint with HTTPS starts from, in code or in configuration; not those whose options are given
    /// whole or whose handshakes a function decides about.
    /// </summary>
    public void ConfigureHttpsDefaults(Action<HttpsConnectionAdapterOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        Shared.HttpsDefaults = configure;
    }

    /// <summary>Listens on an address and port. Endpoints given in code win over configured addresses.</summary>
    /// <param name="address">A local IP address.</param>
    /// <param name="port">0: the system chooses.</param>
    public void Listen(IPAddress address, int port) => Listen(address, port, static _ => { });

    /// <summary>Listens on an address and port.</summary>
    /// <param name="address">A local IP address.</param>
    /// <param name="port">0: the system chooses.</param>
    /// <param name="configure">Sets what holds for this endpoint.</param>
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
    /// Listens on an IP or Unix socket endpoint, on an inherited handle, or on what a registered
    /// <c>IConnectionListenerFactory</c> says it can bind.
    /// </summary>
    public void Listen(EndPoint endPoint) => Listen(endPoint, static _ => { });

    /// <summary>
    /// Listens on an IP or Unix socket endpoint, on an inherited handle, or on what a registered
    /// <c>IConnectionListenerFactory</c> says it can bind.
    /// </summary>
    public void Listen(EndPoint endPoint, Action<TipiListenOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        ArgumentNullException.ThrowIfNull(configure);
        Add(new TipiListenOptions(endPoint, Shared), configure);
    }

    /// <summary>Listens on a port of both loopback addresses.</summary>
    /// <param name="port">1 to 65535: two sockets cannot share a port that the system chooses.</param>
    public void ListenLocalhost(int port) => ListenLocalhost(port, static _ => { });

    /// <summary>Listens on a port of both loopback addresses.</summary>
    /// <param name="port">1 to 65535: two sockets cannot share a port that the system chooses.</param>
    /// <param name="configure">Sets what holds for this endpoint.</param>
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

    /// <summary>Listens on a Unix socket. A file that nobody listens on any more is replaced.</summary>
    /// <param name="socketPath">An absolute path, or @ and a name in the abstract namespace.</param>
    public void ListenUnixSocket(string socketPath) => ListenUnixSocket(socketPath, static _ => { });

    /// <summary>Listens on a Unix socket. A file that nobody listens on any more is replaced.</summary>
    /// <param name="socketPath">An absolute path, or @ and a name in the abstract namespace.</param>
    /// <param name="configure">Sets what holds for this endpoint.</param>
    public void ListenUnixSocket(string socketPath, Action<TipiListenOptions> configure)
    {
        ArgumentException.ThrowIfNullOrEmpty(socketPath);
        if (!Path.IsPathRooted(socketPath) && socketPath[0] is not ('@' or '\0'))
            throw new ArgumentException("The path of a Unix socket must be absolute.", nameof(socketPath));
        Listen(ListenAddress.UnixEndPoint(socketPath), configure);
    }

    /// <summary>Listens on an open descriptor that the process was started with.</summary>
    public void ListenHandle(ulong handle) => ListenHandle(handle, static _ => { });

    /// <summary>Listens on an open descriptor that the process was started with.</summary>
    public void ListenHandle(ulong handle, Action<TipiListenOptions> configure) =>
        Listen(new FileHandleEndPoint(handle, FileHandleType.Auto), configure);

    /// <summary>
    /// Listens on a named pipe. Tipi's transports have none: on Windows, <c>UseNamedPipes</c> registers one that has.
    /// </summary>
    public void ListenNamedPipe(string pipeName) => ListenNamedPipe(pipeName, static _ => { });

    /// <summary>
    /// Listens on a named pipe. Tipi's transports have none: on Windows, <c>UseNamedPipes</c> registers one that has.
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
