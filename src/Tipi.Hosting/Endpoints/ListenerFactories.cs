using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;

namespace Tipi.Hosting.Endpoints;

/// <summary>
/// Who binds what: the server's transport binds IP and Unix socket end points and inherited handles; for others the
/// latest registered factory that says it can.
/// </summary>
internal sealed class ListenerFactories(IConnectionListenerFactory transport, IServiceProvider services)
{
    /// <exception cref="InvalidOperationException">Nobody binds such an end point.</exception>
    internal IConnectionListenerFactory For(EndPoint endPoint)
    {
        if (endPoint is IPEndPoint or UnixDomainSocketEndPoint or FileHandleEndPoint) return transport;
        return services.GetServices<IConnectionListenerFactory>().Reverse().FirstOrDefault(CanBind)
            ?? throw new InvalidOperationException(
                $"Cannot listen on {AddressText.Of(endPoint)}: Tipi listens on IP and Unix socket endpoints and on "
                + $"inherited handles, and no registered IConnectionListenerFactory binds a {endPoint.GetType().Name}."
                + (endPoint is NamedPipeEndPoint ? " Named pipes need Windows and UseNamedPipes()." : ""));

        bool CanBind(IConnectionListenerFactory factory) =>
            factory is IConnectionListenerFactorySelector selector && selector.CanBind(endPoint);
    }
}
