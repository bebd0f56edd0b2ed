using System.Diagnostics;
using Tipi.Compare.Load;
using Tipi.Compare.Machine;
using Tipi.Compare.Peers;

namespace Tipi.Compare.Scenarios;

/// <summary>What requests cost while a load runs: the server's CPU time divided by the answers.</summary>
internal sealed class LoadScenario(string name, string title, Workload workload, ILoad load) : IScenario
{
    public string Name => name;

    public string Title => title;

    public Workload Workload => workload;

    public ExternalTool? Tool =>
        workload.Companion is Companion.Database && !ExternalTool.Postgres.IsInstalled
            ? ExternalTool.Postgres
            : load.Tool;

    public Goal? Goal { get; init; }

    /// <summary>Client and server on all CPUs, in place of one each.</summary>
    public bool Unpinned { get; init; }

    public IReadOnlyList<Metric> Metrics =>
    [
        Metric.Cpu, Metric.Rate, .. load.Metrics,
        Metric.Allocated, Metric.PeakRss, Metric.Utilisation, Metric.Others, Metric.AnswerBytes, Metric.WarmUp,
    ];

    public int Rounds(int asked) => asked;

    public async Task<Sample> MeasureAsync(IPeer peer, Bench bench)
    {
        var options = bench.Options;
        var both = $"{options.ServerCpus},{options.ClientCpus}";
        await using var server = bench.Start(peer, workload, Unpinned ? both : options.ServerCpus);
        var size = server.AwaitReady();
        await using var client = await load.OpenAsync(server, Unpinned ? both : options.ClientCpus);
        var warmup = await WarmUp.RunAsync(
            server, options.WarmupSeconds, async seconds => (await client.RunAsync(seconds)).Answers);

        var allocatedBefore = await server.ReadAllocatedAsync();
        var others = new Bystanders();
        var clock = Stopwatch.StartNew();
        var cpuBefore = server.ReadCpu();
        var report = await client.RunAsync(options.Seconds);
        var cpuNs = server.ReadCpu().Since(cpuBefore);
        var elapsed = clock.Elapsed;
        var allocated = await server.ReadAllocatedAsync() - allocatedBefore;

        var values = new Dictionary<Metric, double>(report.Figures)
        {
            [Metric.Cpu] = cpuNs / 1e3 / report.Answers,
            [Metric.Rate] = report.Answers / report.Duration.TotalSeconds,
            [Metric.WarmUp] = warmup,
            [Metric.PeakRss] = server.ReadMemory().PeakRss / 1024.0 / 1024.0,
            [Metric.Utilisation] = cpuNs / elapsed.TotalNanoseconds / server.Launch.CpuCount,
            [Metric.Others] =
                others.SecondsSince(cpuNs + (long)report.ClientCpu.TotalNanoseconds) / elapsed.TotalSeconds,
        };
        if (AnswerBytes(report, size) is { } answerBytes)
            values[Metric.AnswerBytes] = answerBytes;
        if (allocated is { } bytes)
            values[Metric.Allocated] = (double)bytes / report.Answers;
        return new Sample(values);
    }

    // The probe's size is exact; the client's mean is not, with the bytes of answers that were under way at the end.
    private static double? AnswerBytes(LoadReport report, int? size)
    {
        const double Tolerance = 0.05;
        if (report.AnswerBytes is not { } mean)
            return size;
        if (size is not { } exact)
            return mean;
        return Math.Abs((mean / exact) - 1) <= Tolerance + ((double)report.UnderWay / report.Answers)
            ? exact
            : throw new MeasurementException($"answers of {mean:0.0} bytes on average, not of {exact}");
    }
}
