using Tipi.Compare.Load;
using Tipi.Compare.Peers;

namespace Tipi.Compare.Scenarios;

/// <summary>Every scenario, in the order of the report.</summary>
internal static class ScenarioCatalog
{
    public static IReadOnlyList<IScenario> All { get; } =
    [
        Plaintext(1, 0.66),
        Plaintext(8, 0.52),
        Plaintext(64, 0.58),
        Plaintext(512, 0.66),
        new LoadScenario("pipelined-64", "Plaintext, slim builder, 16 requests at once, 64 connections",
            Workload.Plaintext, new WrkLoad(64) { Batch = 16 }) { Goal = new Goal(Metric.Cpu, 0.55) },
        new LoadScenario("full-plaintext-64", "Plaintext, full builder and routing, 64 connections",
            Workload.FullPlaintext, new WrkLoad(64)) { Goal = new Goal(Metric.Cpu, 0.68) },
        new LoadScenario("full-json-64", "JSON, full builder and routing, 64 connections",
            Workload.FullJson, new WrkLoad(64)) { Goal = new Goal(Metric.Cpu, 0.68) },
        new LoadScenario("echo-64", "POST of 1 KiB and the same back, 64 connections",
            Workload.Echo, new WrkLoad(64)),
        new LoadScenario("yield-64", "A handler that continues on the thread pool, 64 connections",
            Workload.Yield, new WrkLoad(64)) { Goal = new Goal(Metric.Cpu, 0.90) },
        new LoadScenario("full-yield-64", "A minimal API that continues on the thread pool, 64 connections",
            Workload.FullYield, new WrkLoad(64)) { Goal = new Goal(Metric.Cpu, 0.70) },
        .. Applications,
        new LoadScenario("connect-16", "Plaintext, slim builder, a connection for each request, 16 at a time",
            Workload.Plaintext, new OwnLoad("connect", 16)) { Goal = CpuGoal(1) },
        .. Encrypted,
        .. Http2(Wire.H2c, "h2c", "HTTP/2 without TLS"),
        .. Http2(Wire.H2, "h2", "HTTP/2 over TLS"),
        Echoing(16),
        Echoing(1_000),
        new RateScenario("rate-20000", "Plaintext, slim builder, 20,000 requests a second, 64 connections",
            Workload.Plaintext, new RateLoad(20_000, 64, 0)) { Goal = new Goal(Metric.P99, 0.6) },
        new RateScenario("yield-rate-10000",
            "A minimal API that continues on the thread pool, 10,000 requests a second, 64 connections",
            Workload.FullYield, new RateLoad(10_000, 64, 0)) { Goal = new Goal(Metric.P99, 1.0) },
        Sleepers("sleep-one-endpoint", "2 % of the requests block 100 ms in the handler that serves them all",
            Workload.Sleep),
        Sleepers("sleep-own-endpoint", "2 % of the requests block 100 ms in an endpoint of their own",
            Workload.SleepEndpoint),
        new RateScenario("durable-commits",
            "3 connections commit to a disk without a pause; the others at 1,000 requests a second",
            Workload.Commit, new RateLoad(1_000, 64, 0) { SlowLoops = 3 }) { Goal = new Goal(Metric.P99, 1.2) },
        Idle("idle", "an idle keep-alive connection", Workload.Plaintext, 1_000, 2),
        Idle("idle", "an idle keep-alive connection", Workload.Plaintext, 8_000, 2),
        Idle("idle-tls", "an idle keep-alive connection over TLS", Workload.Plaintext with { Wire = Wire.Https }, 1_000,
            24),
        Idle("idle-websocket", "an idle WebSocket", Workload.WebSocket, 1_000, null),
        new StartScenario(),
        new LoadScenario("two-cores-64", "Plaintext, slim builder, 64 connections, all on both CPUs",
            Workload.Plaintext, new WrkLoad(64) { Threads = 2 })
        { Unpinned = true, Goal = new Goal(Metric.Rate, 1.3, AtLeast: true) },
    ];

    private static IEnumerable<IScenario> Applications =>
    [
        new LoadScenario("app-fortunes-64", "Fortunes: 12 rows of PostgreSQL as a page, 64 connections",
            Workload.Fortunes, new WrkLoad(64)) { Goal = CpuGoal(0.80) },
        new LoadScenario("app-upstream-64", "An answer that HttpClient fetches from another server, 64 connections",
            Workload.Upstream, new WrkLoad(64)),
        new LoadScenario("app-razor-64", "A Razor page with a list, 64 connections",
            Workload.Razor, new WrkLoad(64)),
        new LoadScenario("app-grpc-8x100", "gRPC: a unary call, 8 connections of 100 streams",
            Workload.Grpc, new H2Load(8, 100)),
        new LoadScenario("app-events-1000", "Server-sent events, 10 a second to each of 1,000 clients",
            Workload.Events, new OwnLoad("events", 1_000)),
        new RateScenario("app-sqlite",
            "3 connections that commit to SQLite without a pause; the others at 1,000 requests a second",
            Workload.Sqlite, new RateLoad(1_000, 64, 0) { SlowLoops = 3 }) { Goal = new Goal(Metric.P99, 1.2) },
    ];

    private static IEnumerable<IScenario> Encrypted =>
    [
        Tls("plaintext", "Plaintext, slim builder", Workload.Plaintext, 64, 0.80),
        Tls("64k", "Answers of 64 KiB", Workload.Sized(64 * 1024), 64, 0.80),
        Tls("1m", "Answers of 1 MiB", Workload.Sized(1024 * 1024), 16, 0.85),
        Tls("16m", "Answers of 16 MiB", Workload.Sized(16 * 1024 * 1024), 4, null),
        Handshakes("full", "handshake", "in full"),
        Handshakes("resumed", "resumption", "each resuming the session of the one before"),
    ];

    private static LoadScenario Tls(string name, string title, Workload workload, int connections, double? ratio) =>
        new($"tls-{name}-{connections}", $"{title}, over TLS 1.3, {connections} connections",
            workload with { Wire = Wire.Https }, new WrkLoad(connections))
        { Goal = CpuGoal(ratio) };

    private static LoadScenario Handshakes(string name, string driver, string how) =>
        new($"handshake-{name}-16",
            $"A TLS 1.3 handshake {how}, one small request and the end, 16 at a time",
            Workload.Plaintext with { Wire = Wire.Https }, new OwnLoad(driver, 16));

    private static IEnumerable<IScenario> Http2(Wire wire, string name, string title)
    {
        yield return Streams("plaintext", "plaintext, slim builder", Workload.Plaintext, 100, 0.55);
        yield return Streams("json", "JSON, full builder and routing", Workload.FullJson, 100, null);
        yield return Streams("64k", "answers of 64 KiB", Workload.Sized(64 * 1024), 100, 0.60);
        yield return Streams("upload", "POST of 64 KiB", Workload.Upload, 100, null);
        yield return Streams("plaintext", "plaintext, slim builder", Workload.Plaintext, 1, 0.66);
        yield return new LoadScenario(
            $"{name}-rate-20000", $"{title}: plaintext, slim builder, 20,000 requests a second, 8 connections",
            Workload.Plaintext with { Wire = wire }, new H2Load(8, 100) { PerSecond = 20_000 });

        LoadScenario Streams(string work, string what, Workload workload, int streams, double? ratio) =>
            new($"{name}-{work}-8x{streams}", $"{title}: {what}, 8 connections of {streams} streams",
                workload with { Wire = wire }, new H2Load(8, streams))
            { Goal = CpuGoal(ratio) };
    }

    // 2,000 a second keep four handlers asleep at any time; the connections are enough for all who wait.
    private static RateScenario Sleepers(string name, string title, Workload workload) =>
        new(name, title + "; the others at 2,000 requests a second", workload, new RateLoad(2_000, 256, 50))
        {
            Goal = new Goal(Metric.P99, 10, IsRatio: false),
        };

    private static LoadScenario Plaintext(int connections, double ratio) =>
        new($"plaintext-{connections}", $"Plaintext, slim builder, connections: {connections}",
            Workload.Plaintext, new WrkLoad(connections))
        { Goal = CpuGoal(ratio) };

    private static LoadScenario Echoing(int connections) =>
        new($"websocket-{connections}",
            $"WebSocket, messages of 32 bytes that come back, {connections:#,0} connections",
            Workload.WebSocket, new OwnLoad("echo", connections))
        { Goal = CpuGoal(0.66) };

    private static IdleScenario Idle(string name, string what, Workload workload, int connections, double? limitKiB) =>
        new($"{name}-{connections}", $"Memory of {what}, {connections:#,0} of them", workload, connections)
        {
            Goal = limitKiB is { } limit ? new Goal(IdleScenario.Asked, limit, IsRatio: false) : null,
        };

    private static Goal? CpuGoal(double? ratio) => ratio is { } limit ? new Goal(Metric.Cpu, limit) : null;
}
