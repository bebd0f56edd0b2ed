using System.Net;
using Tipi.Hosting;

namespace Tipi.Stack.Tests.Server;

/// <summary>Puts an application on a server.</summary>
internal static class StackServers
{
    internal static bool IsTipi(this StackServer server) => server != StackServer.Kestrel;

    internal static TipiTransport Transport(this StackServer server) =>
        server == StackServer.TipiUring ? TipiTransport.Uring : TipiTransport.Sockets;

    /// <summary>The line that a team changes in its application, and the transport that the test wants.</summary>
    internal static IWebHostBuilder UseStackServer(this IWebHostBuilder builder, StackServer server) =>
        server.IsTipi() ? builder.UseTipi(options => options.Transport = server.Transport()) : builder;

    /// <summary>The same at a free port of the loopback that speaks as the test wants.</summary>
    internal static IWebHostBuilder UseStackServer(this IWebHostBuilder builder, StackServer server, StackWire wire)
    {
        if (wire == StackWire.Http1) return builder.UseUrls("http://127.0.0.1:0").UseStackServer(server);
        return server.IsTipi()
            ? builder.UseTipi(options =>
            {
                options.Transport = server.Transport();
                options.Listen(IPAddress.Loopback, 0, endpoint =>
                {
                    endpoint.Protocols = wire.Protocols();
                    if (wire.HasTls()) endpoint.UseHttps(SiteCertificates.Shared.Site);
                });
            })
            : builder.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0, endpoint =>
            {
                endpoint.Protocols = wire.Protocols();
                if (wire.HasTls()) endpoint.UseHttps(SiteCertificates.Shared.Site);
            }));
    }
}
