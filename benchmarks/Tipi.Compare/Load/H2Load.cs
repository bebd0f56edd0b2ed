using Tipi.Compare.Machine;
using Tipi.Compare.Peers;
using Tipi.Compare.Scenarios;

namespace Tipi.Compare.Load;

/// <summary>
/// h2load: HTTP/2, each connection keeps so many streams open. Without a rate it gives the mean of the latencies and
/// the worst, because the others would be a line of text for each answer.
/// </summary>
internal sealed record H2Load(int Connections, int Streams) : ILoad
{
    /// <summary>Requests a second on all connections together; null: as many as get answers.</summary>
    public int? PerSecond { get; init; }

    public ExternalTool? Tool => ExternalTool.H2Load;

    public IReadOnlyList<Metric> Metrics => PerSecond is null
        ? [Metric.Mean, Metric.Worst]
        : [Metric.P99, Metric.P50, Metric.P999, Metric.Worst];

    public Task<ILoadClient> OpenAsync(RunningServer server, string cpus) =>
        Task.FromResult<ILoadClient>(new H2LoadClient(this, server, cpus));
}
