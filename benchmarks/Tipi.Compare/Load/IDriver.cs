namespace Tipi.Compare.Load;

/// <summary>Drives a server from inside a client's process; disposing closes the connections.</summary>
internal interface IDriver : IDisposable
{
    /// <summary>Asks for so long; gives the latency of each answer in milliseconds.</summary>
    /// <exception cref="MeasurementException">An answer was not the wanted one.</exception>
    IReadOnlyList<double> Run(TimeSpan duration);
}
