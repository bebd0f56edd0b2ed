using Tipi.Compare.Machine;

namespace Tipi.Compare.Peers;

/// <summary>A server that takes part.</summary>
internal interface IPeer
{
    /// <summary>The name on the command line and in the table.</summary>
    string Name { get; }

    /// <summary>A program that must be installed, or null.</summary>
    ExternalTool? Tool { get; }

    /// <summary>Whether this server can answer such requests.</summary>
    bool Serves(Workload workload);

    /// <summary>Starts the server's process; it is not ready yet when this returns.</summary>
    RunningServer Start(Launch launch);
}
