using Tipi.Compare.Machine;
using Tipi.Compare.Peers;
using Tipi.Compare.Scenarios;

namespace Tipi.Compare.Load;

/// <summary>wrk: HTTP/1.1, each connection sends its next batch when the last one was answered.</summary>
internal sealed record WrkLoad(int Connections) : ILoad
{
    /// <summary>Requests sent at once on a connection.</summary>
    public int Batch { get; init; } = 1;

    public int Threads { get; init; } = 1;

    public ExternalTool? Tool => ExternalTool.Wrk;

    // wrk corrects its latencies by the mean time between answers, which pipelining makes meaningless.
    public IReadOnlyList<Metric> Metrics => Batch == 1 ? [Metric.P50, Metric.P99, Metric.P999] : [];

    public Task<ILoadClient> OpenAsync(RunningServer server, string cpus) =>
        Task.FromResult<ILoadClient>(new WrkClient(this, server, cpus));
}
