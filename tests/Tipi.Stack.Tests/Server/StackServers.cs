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
}
