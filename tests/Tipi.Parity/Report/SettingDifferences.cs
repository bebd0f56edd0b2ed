namespace Tipi.Parity.Report;

/// <summary>Options and addresses that differ.</summary>
internal static class SettingDifferences
{
    private const string Newer = "HTTP/3 is not supported";

    internal static IReadOnlyList<Difference> All { get; } = [.. Options(), .. Addresses(), .. Told()];

    private static IEnumerable<Difference> Options() =>
    [
        new("Options", Newer, "server: EnableAltSvc", "limits: Http3", "endpoint: DisableAltSvcHeader"),
        new("Options", "never null", "server: ApplicationServices", "endpoint: ApplicationServices"),
        new("Options", "created only by `Configure`", "server: ConfigurationLoader"),
        new("Options", "named after the server; Tipi's are not public", "endpoint: KestrelServerOptions"),
        new("Options", "rings instead of queues: `Uring.RingCount`, `Scheduling`; the kernel selects buffers",
            "transport: IOQueueCount", "transport: WaitForDataBeforeAllocatingBuffer",
            "transport: UnsafePreferInlineScheduling"),
        new("Options", "null: the transport creates the socket",
            "transport: CreateBoundListenSocket"),
        new("Options", "always on", "IWebHostBuilder: UseHttpsConfiguration()"),
        new("Options", "`UseTipi` is the only entry point; the transport is set by options, `Transport` and `Uring`",
            "IWebHostBuilder: UseSockets()", "IWebHostBuilder: UseSockets(Action<TransportOptions>)",
            "IWebHostBuilder: UseCore()", "IWebHostBuilder: Configure(Action<ServerOptions>)",
            "IWebHostBuilder: Configure(Action<WebHostBuilderContext, ServerOptions>)"),
    ];

    private static IEnumerable<Difference> Addresses() =>
    [
        new("Addresses", "the error names the key, the value and the valid values", "--urls 127.0.0.1:A",
            "--urls nonsense", "Kestrel:Endpoints nonsense"),
        new("Addresses", "an invalid value is an error and not replaced by the default",
            "Kestrel:Endpoints with an unknown protocol"),
        new("Addresses", "Kestrel treats it as a host name and listens on every address",
            "Unix socket with a relative path"),
    ];

    private static IEnumerable<Difference> Told() =>
    [
        new("Options set for Kestrel in code",
            "limits can be configured, also in Kestrel's section; a log line at startup says so",
            "Kestrel:Limits:MaxRequestBodySize = 3, which nobody binds"),
    ];
}
