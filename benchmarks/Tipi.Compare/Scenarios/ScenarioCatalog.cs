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
        new WrkScenario("pipelined-64", "Plaintext, slim builder, 16 requests at once, 64 connections",
            Workload.Plaintext, 64) { Batch = 16, Goal = new Goal(Metric.Cpu, 0.62) },
        new WrkScenario("full-plaintext-64", "Plaintext, full builder and routing, 64 connections",
            Workload.FullPlaintext, 64) { Goal = new Goal(Metric.Cpu, 0.68) },
        new WrkScenario("full-json-64", "JSON, full builder and routing, 64 connections",
            Workload.FullJson, 64) { Goal = new Goal(Metric.Cpu, 0.68) },
        new WrkScenario("echo-64", "POST of 1 KiB and the same back, 64 connections", Workload.Echo, 64),
        new WrkScenario("yield-64", "A handler that continues on the thread pool, 64 connections",
            Workload.Yield, 64) { Goal = new Goal(Metric.Cpu, 0.90) },
        new RateScenario("rate-20000", "Plaintext, slim builder, 20,000 requests a second, 64 connections",
            Workload.Plaintext, new RateLoad(20_000, 64, 0)) { Goal = new Goal(Metric.P99, 0.6) },
        Sleepers("sleep-one-endpoint", "2 % of the requests block 100 ms in the handler that serves them all",
            Workload.Sleep),
        Sleepers("sleep-own-endpoint", "2 % of the requests block 100 ms in an endpoint of their own",
            Workload.SleepEndpoint),
        new IdleScenario(1_000),
        new IdleScenario(8_000),
        new StartScenario(),
        new WrkScenario("two-cores-64", "Plaintext, slim builder, 64 connections, all on both CPUs",
            Workload.Plaintext, 64) { Unpinned = true, Goal = new Goal(Metric.Rate, 1.3, AtLeast: true) },
    ];

    // 2,000 a second keep four handlers asleep at any time; the connections are enough for all who wait.
    private static RateScenario Sleepers(string name, string title, Workload workload) =>
        new(name, title + "; the others at 2,000 requests a second", workload, new RateLoad(2_000, 256, 50))
        {
            Goal = new Goal(Metric.P99, 10, IsRatio: false),
        };

    private static WrkScenario Plaintext(int connections, double ratio) =>
        new($"plaintext-{connections}", $"Plaintext, slim builder, connections: {connections}",
            Workload.Plaintext, connections)
        { Goal = new Goal(Metric.Cpu, ratio) };
}
