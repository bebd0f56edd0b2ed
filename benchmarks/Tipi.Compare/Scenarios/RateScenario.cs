using Tipi.Compare.Load;
using Tipi.Compare.Machine;
using Tipi.Compare.Peers;

namespace Tipi.Compare.Scenarios;

/// <summary>Latency while requests arrive at a fixed rate; those that ask for the slow target count apart.</summary>
internal sealed class RateScenario(string name, string title, Workload workload, RateLoad load)
    : IScenario
{
    public string Name => name;

    public string Title => title;

    public Workload Workload => workload;

    public ExternalTool? Tool => null;

    public Goal? Goal { get; init; }

    public IReadOnlyList<Metric> Metrics =>
    [
        Metric.P99, Metric.P50, Metric.P999, Metric.Worst,
        .. load.HasSlow ? [Metric.SlowP50] : (Metric[])[], .. load.SlowLoops > 0 ? [Metric.SlowRate] : (Metric[])[],
        Metric.Cpu, Metric.Rate, Metric.Utilisation, Metric.Others, Metric.WarmUp,
    ];

    public int Rounds(int asked) => asked;

    public async Task<Sample> MeasureAsync(IPeer peer, Bench bench)
    {
        await using var server = bench.Start(peer, workload, bench.Options.ServerCpus);
        server.AwaitReady();
        using var client = new RateClient(server.Launch, load);
        var warmup = await WarmUp.RunAsync(
            server, bench.Options.WarmupSeconds,
            seconds => Task.FromResult((long)client.Run(TimeSpan.FromSeconds(seconds)).Answers));

        var others = new Bystanders();
        var cpuBefore = server.ReadCpu();
        var report = client.Run(TimeSpan.FromSeconds(bench.Options.Seconds));
        var cpuNs = server.ReadCpu().Since(cpuBefore);

        var fast = report.FastMs;
        var values = new Dictionary<Metric, double>
        {
            [Metric.P50] = RateReport.Percentile(fast, 0.5),
            [Metric.P99] = RateReport.Percentile(fast, 0.99),
            [Metric.P999] = RateReport.Percentile(fast, 0.999),
            [Metric.Worst] = fast[^1],
            [Metric.WarmUp] = warmup,
            [Metric.Cpu] = cpuNs / 1e3 / report.Answers,
            [Metric.Rate] = report.Answers / report.Elapsed.TotalSeconds,
            [Metric.Utilisation] = cpuNs / report.Elapsed.TotalNanoseconds / server.Launch.CpuCount,
            [Metric.Others] = others.SecondsSince(cpuNs) / report.Elapsed.TotalSeconds,
        };
        if (report.SlowMs.Length > 0)
            values[Metric.SlowP50] = RateReport.Percentile(report.SlowMs, 0.5);
        if (load.SlowLoops > 0)
            values[Metric.SlowRate] = report.SlowMs.Length / report.Elapsed.TotalSeconds;
        return new Sample(values);
    }
}
