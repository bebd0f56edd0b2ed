using Microsoft.AspNetCore.Connections;
using Tipi.Hosting;
using Tipi.Hosting.Systemd;

namespace Microsoft.AspNetCore.Hosting;

/// <summary>Listens on sockets from systemd.</summary>
public static class TipiServerOptionsSystemdExtensions
{
    /// <summary>
    /// Listens on all sockets that systemd passes by socket activation. Has no effect if systemd did not start the
    /// process.
    /// </summary>
    public static TipiServerOptions UseSystemd(this TipiServerOptions options) => options.UseSystemd(static _ => { });

    /// <summary>
    /// Listens on all sockets that systemd passes by socket activation. Has no effect if systemd did not start the
    /// process.
    /// </summary>
    /// <param name="options">The server's.</param>
    /// <param name="configure">
    /// Configures each endpoint; <see cref="TipiListenOptions.Name"/> is its <c>FileDescriptorName</c>.
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
