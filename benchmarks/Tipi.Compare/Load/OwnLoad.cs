using Tipi.Compare.Machine;
using Tipi.Compare.Peers;
using Tipi.Compare.Scenarios;

namespace Tipi.Compare.Load;

/// <summary>
/// A client of this program's own, in a process of its own, so that it has its CPU for itself and tells what it used of
/// it: each connection asks again when it got its answer.
/// </summary>
internal sealed record OwnLoad(string Driver, int Connections) : ILoad
{
    public ExternalTool? Tool => null;

    public IReadOnlyList<Metric> Metrics => [Metric.P50, Metric.P99, Metric.P999, Metric.ClientCpu];

    public async Task<ILoadClient> OpenAsync(RunningServer server, string cpus) =>
        await OwnClient.StartAsync(this, server, cpus);
}
