using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Tipi.Hosting;

/// <summary>Limits of the server. Names and defaults are Kestrel's; null means no limit where it is allowed.</summary>
public sealed class TipiServerLimits
{
    private long? _maxRequestBodySize = 30_000_000;
    private long? _maxRequestBufferSize = 1024 * 1024;
    private long? _maxResponseBufferSize = 64 * 1024;
    private int _maxRequestLineSize = 8 * 1024;
    private int _maxRequestHeadersTotalSize = 32 * 1024;
    private int _maxRequestHeaderCount = 100;
    private TimeSpan _keepAliveTimeout = TimeSpan.FromSeconds(130);
    private TimeSpan _requestHeadersTimeout = TimeSpan.FromSeconds(30);
    private TimeSpan _requestDrainTimeout = TimeSpan.FromSeconds(5);
    private long? _maxRequestDrainSize;
    private long? _maxConcurrentConnections;
    private long? _maxConcurrentUpgradedConnections;
    private int? _maxConnectionsPerIP;
    private int? _maxConcurrentRequests;
    private TimeSpan _retryAfter = TimeSpan.FromSeconds(1);

    /// <summary>Bytes of a request's body; a larger body is refused with 413. Default: 30,000,000.</summary>
    public long? MaxRequestBodySize
    {
        get => _maxRequestBodySize;
        set => _maxRequestBodySize = AtLeast(value, 0);
    }

    /// <summary>Received bytes a connection holds unread before it stops receiving. Default: 1 MiB.</summary>
    public long? MaxRequestBufferSize
    {
        get => _maxRequestBufferSize;
        set => _maxRequestBufferSize = AtLeast(value, 1);
    }

    /// <summary>
    /// Written bytes that a connection, or a stream of HTTP/2, holds unsent before a flush waits. Default: 64 KiB.
    /// </summary>
    public long? MaxResponseBufferSize
    {
        get => _maxResponseBufferSize;
        set => _maxResponseBufferSize = AtLeast(value, 0);
    }

    /// <summary>Bytes of the request line; a longer one is refused with 414. Default: 8 KiB.</summary>
    public int MaxRequestLineSize
    {
        get => _maxRequestLineSize;
        set => _maxRequestLineSize = AtLeast(value, 1);
    }

    /// <summary>Bytes of all request header lines together; more is refused with 431. Default: 32 KiB.</summary>
    public int MaxRequestHeadersTotalSize
    {
        get => _maxRequestHeadersTotalSize;
        set => _maxRequestHeadersTotalSize = AtLeast(value, 1);
    }

    /// <summary>Request header lines; more is refused with 431. Default: 100.</summary>
    public int MaxRequestHeaderCount
    {
        get => _maxRequestHeaderCount;
        set => _maxRequestHeaderCount = AtLeast(value, 1);
    }

    /// <summary>How long a connection may wait for its next request. Default: 130 s. Checked once a second.</summary>
    public TimeSpan KeepAliveTimeout
    {
        get => _keepAliveTimeout;
        set => _keepAliveTimeout = Positive(value);
    }

    /// <summary>
    /// How long a request's head may take from its first byte; a slower one is refused with 408. Default: 30 s. Checked
    /// once a second.
    /// </summary>
    public TimeSpan RequestHeadersTimeout
    {
        get => _requestHeadersTimeout;
        set => _requestHeadersTimeout = Positive(value);
    }

    /// <summary>
    /// The least rate at which a request's body must arrive while the application waits for it; a slower one is refused
    /// with 408. Default: 240 bytes a second after a grace period of 5 s. Null: none. Checked once a second. Can be
    /// changed for one request by <c>IHttpMinRequestBodyDataRateFeature</c>.
    /// </summary>
    public MinDataRate? MinRequestBodyDataRate { get; set; } = new(240, TimeSpan.FromSeconds(5));

    /// <summary>
    /// The least rate at which a client must take a response; the connection of a slower one is aborted. A full
    /// <see cref="MaxResponseBufferSize"/> may be queued before. Default: 240 bytes a second after a grace period of
    /// 5 s. Null: none. Checked once a second. Can be changed for one request by
    /// <c>IHttpMinResponseDataRateFeature</c>.
    /// </summary>
    public MinDataRate? MinResponseDataRate { get; set; } = new(240, TimeSpan.FromSeconds(5));

    /// <summary>
    /// How long the rest of a body that the application did not read may take to arrive, so that the connection can go
    /// on; then it is closed. Default: 5 s. Checked once a second.
    /// </summary>
    public TimeSpan RequestDrainTimeout
    {
        get => _requestDrainTimeout;
        set => _requestDrainTimeout = Positive(value);
    }

    /// <summary>
    /// Bytes of a body that the application did not read which are read in its place, so that the connection can go on;
    /// with more, it is closed. Many clients and proxies read no answer before they have sent the whole body, and lose
    /// it then. Default: null, as many as arrive within <see cref="RequestDrainTimeout"/>.
    /// </summary>
    public long? MaxRequestDrainSize
    {
        get => _maxRequestDrainSize;
        set => _maxRequestDrainSize = AtLeast(value, 0);
    }

    /// <summary>Connections open at once; more are closed at once. Default: null, no limit.</summary>
    public long? MaxConcurrentConnections
    {
        get => _maxConcurrentConnections;
        set => _maxConcurrentConnections = AtLeast(value, 1);
    }

    /// <summary>Upgraded connections (WebSockets) open at once. Default: null, no limit.</summary>
    public long? MaxConcurrentUpgradedConnections
    {
        get => _maxConcurrentUpgradedConnections;
        set => _maxConcurrentUpgradedConnections = AtLeast(value, 0);
    }

    /// <summary>
    /// Connections of one IPv4 address, or of one IPv6 network of 64 bits, open at once; more are closed at once.
    /// Default: null, no limit. Set it where no proxy stands in front, or one that speaks the PROXY protocol.
    /// </summary>
    public int? MaxConnectionsPerIP
    {
        get => _maxConnectionsPerIP;
        set => _maxConnectionsPerIP = (int?)AtLeast(value, 1);
    }

    /// <summary>
    /// Requests that run at once; more are answered with 503 and <see cref="RetryAfter"/> before the application sees
    /// them, and their connections go on. Upgraded ones do not count. Default: null, no limit.
    /// </summary>
    public int? MaxConcurrentRequests
    {
        get => _maxConcurrentRequests;
        set => _maxConcurrentRequests = (int?)AtLeast(value, 1);
    }

    /// <summary>
    /// What a client is asked to wait after a 503 by <see cref="MaxConcurrentRequests"/>; whole seconds are sent.
    /// Default: 1 s.
    /// </summary>
    public TimeSpan RetryAfter
    {
        get => _retryAfter;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.FromSeconds(1));
            _retryAfter = value;
        }
    }

    /// <summary>Limits of HTTP/2. Names and defaults are Kestrel's.</summary>
    public Http2Limits Http2 { get; private set; } = new();

    /// <summary>What a client of HTTP/2 may do before it is taken for an attacker.</summary>
    public Http2Allowances Http2Allowances { get; private set; } = new();

    /// <summary>The same limits, to be changed apart.</summary>
    internal TipiServerLimits Copy()
    {
        var copy = (TipiServerLimits)MemberwiseClone();
        copy.Http2 = new Http2Limits
        {
            MaxStreamsPerConnection = Http2.MaxStreamsPerConnection,
            HeaderTableSize = Http2.HeaderTableSize,
            MaxFrameSize = Http2.MaxFrameSize,
            MaxRequestHeaderFieldSize = Http2.MaxRequestHeaderFieldSize,
            InitialConnectionWindowSize = Http2.InitialConnectionWindowSize,
            InitialStreamWindowSize = Http2.InitialStreamWindowSize,
            KeepAlivePingDelay = Http2.KeepAlivePingDelay,
            KeepAlivePingTimeout = Http2.KeepAlivePingTimeout,
        };
        copy.Http2Allowances = Http2Allowances.Copy();
        return copy;
    }

    private static long? AtLeast(long? value, long least)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value ?? least, least, nameof(value));
        return value;
    }

    private static int AtLeast(int value, int least)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, least);
        return value;
    }

    private static TimeSpan Positive(TimeSpan value)
    {
        if (value != Timeout.InfiniteTimeSpan) ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero);
        return value == Timeout.InfiniteTimeSpan ? TimeSpan.MaxValue : value;
    }
}
