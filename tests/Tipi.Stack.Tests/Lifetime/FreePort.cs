using System.Net;
using System.Net.Sockets;

namespace Tipi.Stack.Tests.Lifetime;

/// <summary>A port of the loopback that nobody listened on a moment ago.</summary>
internal static class FreePort
{
    internal static int Find()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
