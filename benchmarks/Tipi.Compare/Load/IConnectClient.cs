namespace Tipi.Compare.Load;

/// <summary>Opens connections one after the other, each for one request.</summary>
internal interface IConnectClient : IDisposable
{
    /// <summary>Connects, asks, waits until the server closes.</summary>
    /// <exception cref="MeasurementException">The answer, or the connection, is not the wanted one.</exception>
    void Connect();
}
