using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace Tipi.Hosting.Endpoints;

/// <summary>Why an address cannot be listened on, with what to do about it.</summary>
internal static class BindFailure
{
    /// <summary>The failure with a remedy; null where there is nothing to add.</summary>
    internal static IOException? Explain(Exception error, EndPoint endPoint, string address)
    {
        string? reason = error switch
        {
            AddressInUseException => InUse(endPoint),
            SocketException { SocketErrorCode: SocketError.AccessDenied } => Denied(endPoint),
            SocketException { SocketErrorCode: SocketError.AddressNotAvailable } when endPoint is IPEndPoint =>
                "no network interface of this machine has this address. Use one that it has, or * for all addresses.",
            SocketException { SocketErrorCode: SocketError.AddressNotAvailable } =>
                "the directory of the socket does not exist. Create it first.",
            UnauthorizedAccessException or ArgumentException => error.Message,
            _ => null,
        };
        return reason is null ? null : new IOException($"Cannot listen on {address}: {reason}", error);
    }

    private static string InUse(EndPoint endPoint) => endPoint is UnixDomainSocketEndPoint
        ? "the address is in use: another process listens on it, or the path is a file that is not a socket. Stop the "
            + "other process or choose another path."
        : "the address is in use. Stop the other process or choose another port, for example with --urls.";

    private static string Denied(EndPoint endPoint) => endPoint is IPEndPoint { Port: < 1024 }
        ? "permission denied. Ports below 1024 are reserved for root. Choose a higher port, or allow this one with "
            + "AmbientCapabilities=CAP_NET_BIND_SERVICE in the systemd unit, setcap cap_net_bind_service=+ep on the "
            + "executable, or the sysctl net.ipv4.ip_unprivileged_port_start."
        : "permission denied. The process is not allowed to write to the directory of the socket, or to open the "
            + "port.";
}
