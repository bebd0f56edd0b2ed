using Tipi.Compare.Peers;
using Tipi.Compare.Scenarios;

namespace Tipi.Compare.Load;

/// <summary>As much work as some connections can bring, and who brings it.</summary>
internal interface ILoad
{
    /// <summary>The program that must be installed for it, or null.</summary>
    Machine.ExternalTool? Tool { get; }

    /// <summary>What its reports say besides the number of answers.</summary>
    IReadOnlyList<Metric> Metrics { get; }

    /// <summary>A client for a server that is ready.</summary>
    Task<ILoadClient> OpenAsync(RunningServer server, string cpus);
}
