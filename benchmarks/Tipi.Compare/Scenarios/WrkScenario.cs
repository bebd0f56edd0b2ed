using System.Diagnostics;
using Tipi.Compare.Load;
using Tipi.Compare.Machine;
using Tipi.Compare.Peers;

namespace Tipi.Compare.Scenarios;

/// <summary>As many requests as a number of connections can bring, each waiting for its answer.</summary>
internal sealed class WrkScenario(string name, string title, Workload workload, int connections) : IScenario
{
    public string Name => name;

    public string Title => title;

    public Workload Workload => workload;

    public Goal? Goal { get; init; }

    /// <summary>Requests sent at once on a connection.</summary>
    public int Batch { get; init; } = 1;

    /// <summary>Client and server on all CPUs, in place of one each.</summary>
    public bool Unpinned { get; init; }

    // wrk corrects its latencies by the mean time between answers, which pipelining makes meaningless.
    public IReadOnlyList<Metric> Metrics =>
    [
        Metric.Cpu, Metric.Rate, .. Batch == 1 ? [Metric.P50, Metric.P99, Metric.P999] : (Metric[])[],
        Metric.Allocated, Metric.PeakRss, Metric.Utilisation, Metric.Others, Metric.AnswerBytes,
    ];

    public int Rounds(int asked) => asked;

    public async Task<Sample> MeasureAsync(IPeer peer, Bench bench)
    {
        var options = bench.Options;
        var both = $"{options.ServerCpus},{options.ClientCpus}";
        var clientCpus = Unpinned ? both : options.ClientCpus;
        await using var server = bench.Start(peer, workload, Unpinned ? both : options.ServerCpus);
        var size = server.AwaitReady();
        var load = new WrkLoad(
            connections, Batch, workload.SendsBody ? workload.Body.Length : 0, Unpinned ? 2 : 1, options.Seconds);
        if (options.WarmupSeconds > 0)
            await WrkClient.RunAsync(load with { Seconds = options.WarmupSeconds }, server.Url, clientCpus);

        var allocatedBefore = await server.ReadAllocatedAsync();
        var others = new Bystanders();
        var clock = Stopwatch.StartNew();
        var cpuBefore = server.ReadCpu();
        var report = await WrkClient.RunAsync(load, server.Url, clientCpus);
        var cpuNs = server.ReadCpu().Since(cpuBefore);
        var elapsed = clock.Elapsed;
        var allocated = await server.ReadAllocatedAsync() - allocatedBefore;

        report.RequireClean();
        RequireSize(report, size);
        var values = new Dictionary<Metric, double>
        {
            [Metric.Cpu] = cpuNs / 1e3 / report.Requests,
            [Metric.Rate] = report.Requests * 1e6 / report.DurationUs,
            [Metric.P50] = report.P50Us / 1e3,
            [Metric.P99] = report.P99Us / 1e3,
            [Metric.P999] = report.P999Us / 1e3,
            [Metric.PeakRss] = server.ReadMemory().PeakRss / 1024.0 / 1024.0,
            [Metric.Utilisation] = cpuNs / elapsed.TotalNanoseconds / server.Launch.CpuCount,
            [Metric.Others] = others.SecondsSince(cpuNs) / elapsed.TotalSeconds,
            [Metric.AnswerBytes] = size,
        };
        if (allocated is { } bytes)
            values[Metric.Allocated] = (double)bytes / report.Requests;
        return new Sample(values);
    }

    // Answers that were under way at the end may have been counted in one of the two and not in the other.
    private static void RequireSize(WrkReport report, int size)
    {
        const double Tolerance = 0.05;
        var mean = (double)report.Bytes / report.Requests;
        if (Math.Abs(mean / size - 1) > Tolerance)
            throw new MeasurementException($"answers of {mean:0.0} bytes on average, not of {size}");
    }
}
