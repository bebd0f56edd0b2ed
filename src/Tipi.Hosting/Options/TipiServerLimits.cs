using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Tipi.Hosting;

/// <summary>
/// Limits of the server. Names and defaults are the same as Kestrel's; where null is allowed, it means no limit.
/// </summary>
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

    /// <summary>
    /// Maximum size of a request body, in bytes. A larger body is rejected with 413. Default: 30,000,000.
    /// </summary>
    public long? MaxRequestBodySize
    {
        get => _maxRequestBodySize;
        set => _maxRequestBodySize = AtLeast(value, 0);
    }

    /// <summary>Received but unread bytes after which a connection stops receiving. Default: 1 MiB.</summary>
    public long? MaxRequestBufferSize
    {
        get => _maxRequestBufferSize;
        set => _maxRequestBufferSize = AtLeast(value, 1);
    }

    /// <summary>
    /// Written but unsent bytes of a connection, or of an HTTP/2 stream, after which a flush waits. Default: 64 KiB.
    /// </summary>
    public long? MaxResponseBufferSize
    {
        get => _maxResponseBufferSize;
        set => _maxResponseBufferSize = AtLeast(value, 0);
    }

    /// <summary>
    /// Maximum length of a request line, in bytes. A longer one is rejected with 414. Default: 8 KiB.
    /// </summary>
    public int MaxRequestLineSize
    {
        get => _maxRequestLineSize;
        set => _maxRequestLineSize = AtLeast(value, 1);
    }

    /// <summary>
    /// Maximum total size of the request header lines, in bytes. More is rejected with 431. Default: 32 KiB.
    /// </summary>
    public int MaxRequestHeadersTotalSize
    {
        get => _maxRequestHeadersTotalSize;
        set => _maxRequestHeadersTotalSize = AtLeast(value, 1);
    }

    /// <summary>Maximum number of request header lines. More is rejected with 431. Default: 100.</summary>
    public int MaxRequestHeaderCount
    {
        get => _maxRequestHeaderCount;
        set => _maxRequestHeaderCount = AtLeast(value, 1);
    }

    /// <summary>
    /// How long a connection may be idle before its next request; then it is closed. Default: 130 s. Checked once a
    /// second.
    /// </summary>
    public TimeSpan KeepAliveTimeout
    {
        get => _keepAliveTimeout;
        set => _keepAliveTimeout = Positive(value);
    }

    /// <summary>
    /// How long a request's head may take from its first byte. A slower one is rejected with 408. Default: 30 s.
    /// Checked once a second.
    /// </summary>
    public TimeSpan RequestHeadersTimeout
    {
        get => _requestHeadersTimeout;
        set => _requestHeadersTimeout = Positive(value);
    }

    /// <summary>
    /// Minimum rate at which a request body must arrive while the application waits for it. A slower one is rejected
    /// with 408. Default: 240 bytes per second after a grace period of 5 s. Null: no minimum. Checked once a second.
    /// Can be changed for a single request with <c>IHttpMinRequestBodyDataRateFeature</c>.
    /// </summary>
    public MinDataRate? MinRequestBodyDataRate { get; set; } = new(240, TimeSpan.FromSeconds(5));

    /// <summary>
    /// Minimum rate at which a client must read a response. The connection of a slower client is aborted. Up to
    /// <see cref="MaxResponseBufferSize"/> bytes may be queued before that. Default: 240 bytes per second after a grace
    /// period of 5 s. Null: no minimum. Checked once a second. Can be changed for a single request with
    /// <c>IHttpMinResponseDataRateFeature</c>.
    /// </summary>
    public MinDataRate? MinResponseDataRate { get; set; } = new(240, TimeSpan.FromSeconds(5));

    /// <summary>
    /// How long the rest of a body that the application did not read may take to arrive, so that the connection can be
    /// reused. After that, the connection is closed. Default: 5 s. Checked once a second.
    /// </summary>
    public TimeSpan RequestDrainTimeout
    {
        get => _requestDrainTimeout;
        set => _requestDrainTimeout = Positive(value);
    }

    /// <summary>
    /// Bytes of a body that the application did not read which the server reads, so that the connection can be reused.
    /// If there are more, the connection is closed. Many clients and proxies do not read a response before they have
    /// sent the entire body, and lose the response in that case. Default: null, all that arrive within
    /// <see cref="RequestDrainTimeout"/>.
    /// </summary>
    public long? MaxRequestDrainSize
    {
        get => _maxRequestDrainSize;
        set => _maxRequestDrainSize = AtLeast(value, 0);
    }

    /// <summary>
    /// Maximum number of open connections. Further connections are closed immediately. Default: null, no limit.
    /// </summary>
    public long? MaxConcurrentConnections
    {
        get => _maxConcurrentConnections;
        set => _maxConcurrentConnections = AtLeast(value, 1);
    }

    /// <summary>
    /// Maximum number of open upgraded connections (WebSockets). Further upgrades fail. Default: null, no limit.
    /// </summary>
    public long? MaxConcurrentUpgradedConnections
    {
        get => _maxConcurrentUpgradedConnections;
        set => _maxConcurrentUpgradedConnections = AtLeast(value, 0);
    }

    /// <summary>
    /// Maximum number of open connections from one IPv4 address or one IPv6 /64 network. Further connections are closed
    /// immediately. Default: null, no limit. Set it only if there is no proxy in front, or one that sends the PROXY
    /// protocol.
    /// </summary>
    public int? MaxConnectionsPerIP
    {
        get => _maxConnectionsPerIP;
        set => _maxConnectionsPerIP = (int?)AtLeast(value, 1);
    }

    /// <summary>
    /// Maximum number of concurrent requests. Further requests are answered with 503 and <see cref="RetryAfter"/>
    /// without calling the application, and their connections stay open. Upgraded requests do not count. Default: null,
    /// no limit.
    /// </summary>
    public int? MaxConcurrentRequests
    {
        get => _maxConcurrentRequests;
        set => _maxConcurrentRequests = (int?)AtLeast(value, 1);
    }

    /// <summary>
    /// The <c>Retry-After</c> of a 503 caused by <see cref="MaxConcurrentRequests"/>, sent in whole seconds. At least 1
    /// s. Default: 1 s.
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

    /// <summary>Limits of HTTP/2. Names and defaults are the same as Kestrel's.</summary>
    public Http2Limits Http2 { get; private set; } = new();

    /// <summary>What an HTTP/2 client may do before it is treated as an attacker.</summary>
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
