using Microsoft.AspNetCore.Connections;
using Tipi.Hosting;
using Tipi.Hosting.Systemd;

namespace Microsoft.AspNetCore.Hosting;

/// <summary>Listens on what systemd hands over.</summary>
public static class TipiServerOptionsSystemdExtensions
{
    /// <summary>
    /// Listens on all sockets that systemd's socket activation hands over; does nothing in a process it did not start.
    /// </summary>
    public static TipiServerOptions UseSystemd(this TipiServerOptions options) => options.UseSystemd(static _ => { });

    /// <summary>
    /// Listens on all sockets that systemd's socket activation hands over; does nothing in a process it did not start.
    /// </summary>
    /// <param name="options">The server's.</param>
    /// <param name="configure">
    /// Sets what holds for each; <see cref="TipiListenOptions.Name"/> is its <c>FileDescriptorName</c>.
    /// </param>
    public static TipiServerOptions UseSystemd(this TipiServerOptions options, Action<TipiListenOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(configure);
        foreach (InheritedSocket socket in SocketActivation.Take())
        {
            options.Listen(new FileHandleEndPoint(socket.Descriptor, FileHandleType.Auto), endpoint =>
            {
                endpoint.Name = socket.Name;
                configure(endpoint);
            });
        }
        return options;
    }
}
