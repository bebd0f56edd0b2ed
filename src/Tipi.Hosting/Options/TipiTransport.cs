namespace Tipi.Hosting;

/// <summary>The transport of the server.</summary>
public enum TipiTransport
{
    /// <summary>
    /// io_uring if it is available; otherwise the framework's sockets, with one warning on Linux that names the cause
    /// and the remedy.
    /// </summary>
    Auto,

    /// <summary>io_uring. If it is not available, startup fails with the cause and the remedy.</summary>
    Uring,

    /// <summary>The framework's sockets.</summary>
    Sockets,
}
