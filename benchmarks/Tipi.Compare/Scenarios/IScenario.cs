using Tipi.Compare.Machine;
using Tipi.Compare.Peers;

namespace Tipi.Compare.Scenarios;

/// <summary>One kind of work, and how a server's cost of it is measured.</summary>
internal interface IScenario
{
    string Name { get; }

    string Title { get; }

    Workload Workload { get; }

    /// <summary>A client's program that must be installed, or null.</summary>
    ExternalTool? Tool { get; }

    /// <summary>The columns; the first is the one that ratios are judged by.</summary>
    IReadOnlyList<Metric> Metrics { get; }

    Goal? Goal { get; }

    /// <summary>How many rounds this scenario takes when so many were asked for.</summary>
    int Rounds(int asked);

    /// <summary>Starts the server, measures one round and stops it.</summary>
    /// <exception cref="MeasurementException">The server erred: its row does not count.</exception>
    Task<Sample> MeasureAsync(IPeer peer, Bench bench);
}
