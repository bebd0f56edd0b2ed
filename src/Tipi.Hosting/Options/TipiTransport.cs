namespace Tipi.Hosting;

/// <summary>Which transport moves the bytes.</summary>
public enum TipiTransport
{
    /// <summary>
    /// io_uring where the kernel offers it. Otherwise the framework's sockets, after one warning on Linux that names
    /// the cause and the remedy.
    /// </summary>
    Auto,

    /// <summary>io_uring. The start fails with cause and remedy where it is missing.</summary>
    Uring,

    /// <summary>The framework's sockets.</summary>
    Sockets,
}
