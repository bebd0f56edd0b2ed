namespace Tipi.Compare.Load;

/// <summary>A client that can load its server again and again; disposing ends it.</summary>
internal interface ILoadClient : IAsyncDisposable
{
    /// <summary>Loads the server for so long.</summary>
    /// <exception cref="MeasurementException">Anything but good answers came.</exception>
    Task<LoadReport> RunAsync(int seconds);
}
