using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace Tipi.Hosting.Endpoints;

/// <summary>Why an address can not be listened on, with what to do about it.</summary>
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
                "no network interface of this machine has the address. Use one that it has, or * for all of them.",
            SocketException { SocketErrorCode: SocketError.AddressNotAvailable } =>
                "the folder of the socket is not there. Create it first.",
            UnauthorizedAccessException or ArgumentException => error.Message,
            _ => null,
        };
        return reason is null ? null : new IOException($"Can not listen on {address}: {reason}", error);
    }

    private static string InUse(EndPoint endPoint) => endPoint is UnixDomainSocketEndPoint
        ? "the address is in use: another process listens there, or the path is not a socket's. Stop the other "
            + "process or choose another path."
        : "the address is in use. Stop the other process or choose another port, for instance with --urls.";

    private static string Denied(EndPoint endPoint) => endPoint is IPEndPoint { Port: < 1024 }
        ? "permission denied. Ports below 1024 are for root: choose a higher one, or allow it with AmbientCapabilities="
            + "CAP_NET_BIND_SERVICE in the systemd unit, setcap cap_net_bind_service=+ep on the executable, or the "
            + "sysctl net.ipv4.ip_unprivileged_port_start."
        : "permission denied. The process may not write to the folder of the socket or open the port.";
}
