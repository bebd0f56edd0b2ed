using System.Net;
using Microsoft.AspNetCore.Connections;

namespace Tipi.Hosting.Connections;

/// <summary>
/// A peer whose address the system does not say, though it should have one. It is nobody that anything is allowed to,
/// and all of them together are one peer.
/// </summary>
internal static class UnknownPeer
{
    /// <summary>What such peers are counted as; no peer has this address.</summary>
    internal static IPAddress Address => IPAddress.IPv6Any;

    /// <summary>
    /// True where no address is known, and nothing says that the connection has none: a Unix socket's own end does.
    /// </summary>
    internal static bool Is(EndPoint? remote, EndPoint? local) => remote is null && local is null or IPEndPoint;

    internal static bool Is(ConnectionContext connection) =>
        connection.RemoteEndPoint is null && Is(null, connection.LocalEndPoint);
}
