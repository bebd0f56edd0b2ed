namespace Tipi.Parity.Report;

/// <summary>Options and addresses that differ.</summary>
internal static class SettingDifferences
{
    private const string Newer = "HTTP/3 comes later";

    internal static IReadOnlyList<Difference> All { get; } = [.. Options(), .. Addresses(), .. Told()];

    private static IEnumerable<Difference> Options() =>
    [
        new("Options", Newer, "server: EnableAltSvc", "limits: Http3", "endpoint: DisableAltSvcHeader"),
        new("Options", "never null", "server: ApplicationServices", "endpoint: ApplicationServices"),
        new("Options", "made by `Configure` only", "server: ConfigurationLoader"),
        new("Options", "named after its server; Tipi's are not public", "endpoint: KestrelServerOptions"),
        new("Options", "rings instead of queues: `Uring.RingCount`, `Scheduling`; buffers are the kernel's",
            "transport: IOQueueCount", "transport: WaitForDataBeforeAllocatingBuffer",
            "transport: UnsafePreferInlineScheduling"),
        new("Options", "null: the transport opens its own",
            "transport: CreateBoundListenSocket"),
        new("Options", "always on", "IWebHostBuilder: UseHttpsConfiguration()"),
        new("Options", "`UseTipi` is the one door; the transport is an option, `Transport` and `Uring`",
            "IWebHostBuilder: UseSockets()", "IWebHostBuilder: UseSockets(Action<TransportOptions>)",
            "IWebHostBuilder: UseCore()", "IWebHostBuilder: Configure(Action<ServerOptions>)",
            "IWebHostBuilder: Configure(Action<WebHostBuilderContext, ServerOptions>)"),
    ];

    private static IEnumerable<Difference> Addresses() =>
    [
        new("Addresses", "the error names the key, the value and what it may be", "--urls 127.0.0.1:A",
            "--urls nonsense", "Kestrel:Endpoints nonsense"),
        new("Addresses", "a wrong value is an error, not the default", "Kestrel:Endpoints with an unknown protocol"),
        new("Addresses", "Kestrel takes it for a name and listens on every address",
            "Unix socket with a relative path"),
    ];

    private static IEnumerable<Difference> Told() =>
    [
        new("What code told Kestrel", "limits have keys, in Kestrel's section too; a line at the start says so",
            "Kestrel:Limits:MaxRequestBodySize = 3, which nobody binds"),
    ];
}
