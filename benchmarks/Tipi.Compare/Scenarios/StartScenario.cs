using System.Diagnostics;
using Tipi.Compare.Machine;
using Tipi.Compare.Peers;

namespace Tipi.Compare.Scenarios;

/// <summary>From the start of the process to its first answer.</summary>
internal sealed class StartScenario : IScenario
{
    private const int LeastRounds = 10;

    public string Name => "start";

    public string Title => "Start of the process to the first answer";

    public Workload Workload => Workload.Plaintext;

    public ExternalTool? Tool => null;

    public IReadOnlyList<Metric> Metrics => [Metric.Start, Metric.StartCpu, Metric.PeakRss];

    public Goal? Goal { get; } = new(Metric.Start, 1.0);

    public int Rounds(int asked) => Math.Max(asked, LeastRounds);

    public async Task<Sample> MeasureAsync(IPeer peer, Bench bench)
    {
        var clock = Stopwatch.StartNew();
        await using var server = bench.Start(peer, Workload, bench.Options.ServerCpus);
        server.AwaitAnswer();
        var elapsed = clock.Elapsed;
        var cpuNs = server.ReadCpu().Since(CpuClock.Zero);
        server.AwaitReady();
        return new Sample(new Dictionary<Metric, double>
        {
            [Metric.Start] = elapsed.TotalMilliseconds,
            [Metric.StartCpu] = cpuNs / 1e6,
            [Metric.PeakRss] = server.ReadMemory().PeakRss / 1024.0 / 1024.0,
        });
    }
}
