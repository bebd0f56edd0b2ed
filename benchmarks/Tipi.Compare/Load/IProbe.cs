using System.Net.Sockets;

namespace Tipi.Compare.Load;

/// <summary>An open connection on which the workload's request is asked, and its answer checked.</summary>
internal interface IProbe : IDisposable
{
    /// <summary>The connection itself, which the probe owns.</summary>
    Socket Socket { get; }

    /// <summary>Asks once; gives the answer's size in bytes, or null where it cannot be told.</summary>
    /// <exception cref="MeasurementException">The answer is not the workload's.</exception>
    int? Ask();
}
