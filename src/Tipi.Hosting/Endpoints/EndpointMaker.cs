using Tipi.Hosting.Connections;

namespace Tipi.Hosting.Endpoints;

/// <summary>Makes of an endpoint's options what its connections know of it.</summary>
internal static class EndpointMaker
{
    /// <param name="options">What the endpoint is to be.</param>
    /// <param name="server">The server.</param>
    /// <param name="former">The same endpoint as it was before its limits changed; its counts go on.</param>
    /// <exception cref="InvalidOperationException">The endpoint's options cannot work.</exception>
    internal static ServerEndpoint Make(TipiListenOptions options, ServerContext server, ServerEndpoint? former = null)
    {
        ProxyProtocolGate? gate = null;
        if (options.ProxyProtocol is { } proxy)
        {
            proxy.Validate(options.EndPoint);
            gate = new ProxyProtocolGate(proxy);
        }
        return new ServerEndpoint(options, server, ServerConnection.Serve, former)
        {
            Proxy = gate is null
                ? null
                : connection => gate.PassAsync(connection.Features.Get<ServerConnection>()!),
        };
    }
}
