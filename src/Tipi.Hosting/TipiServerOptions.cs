using System.Net;
using System.Net.Sockets;
using Tipi.Transport.Uring;

namespace Tipi.Hosting;

/// <summary>Options of the server. Names and defaults are Kestrel's where it has them.</summary>
public sealed class TipiServerOptions
{
    /// <summary>Adds <c>Server: Tipi</c> to each response. Default: true.</summary>
    public bool AddServerHeader { get; set; } = true;

    /// <summary>
    /// Lets applications read and write bodies synchronously, which blocks a thread. Default: false. Can be changed for
    /// one request by <c>IHttpBodyControlFeature</c>.
    /// </summary>
    public bool AllowSynchronousIO { get; set; }

    /// <summary>
    /// Makes a new string for each path and header value. Default: false, strings that were seen lately are given out
    /// again, so that repeated requests allocate nothing.
    /// </summary>
    public bool DisableStringReuse { get; set; }

    /// <summary>Limits of the server.</summary>
    public TipiServerLimits Limits { get; } = new();

    /// <summary>
    /// Which transport moves the bytes. Default: <see cref="TipiTransport.Auto"/>. The configuration key is
    /// <c>Tipi:Transport</c>; code wins over configuration.
    /// </summary>
    public TipiTransport Transport { get; set; } = TipiTransport.Auto;

    /// <summary>
    /// Where applications start on the io_uring transport. Default: <see cref="RingScheduling.Inline"/>, on the ring's
    /// thread; a handler that holds the ring past a budget loses it, and its endpoint runs on threads apart
    /// afterwards.
    /// </summary>
    public RingScheduling Scheduling
    {
        get => Uring.Scheduling;
        set => Uring.Scheduling = value;
    }

    /// <summary>Options of the io_uring transport: rings, budget, backlog.</summary>
    public UringTransportOptions Uring { get; } = new();

    internal List<EndPoint> CodeEndPoints { get; } = [];

    /// <summary>Listens on an address and port. Endpoints given in code win over configured addresses.</summary>
    /// <param name="address">A local IP address.</param>
    /// <param name="port">0: the system chooses.</param>
    public void Listen(IPAddress address, int port) => Listen(new IPEndPoint(address, port));

    /// <summary>Listens on an IP or Unix socket endpoint.</summary>
    /// <exception cref="NotSupportedException">The endpoint is of another kind.</exception>
    public void Listen(EndPoint endPoint)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        if (endPoint is not (IPEndPoint or UnixDomainSocketEndPoint))
            throw new NotSupportedException($"Tipi listens on IP and Unix socket endpoints, not on {endPoint}.");
        CodeEndPoints.Add(endPoint);
    }

    /// <summary>Listens on a port of both loopback addresses.</summary>
    /// <param name="port">1 to 65535: two sockets can not share a port that the system chooses.</param>
    public void ListenLocalhost(int port)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(port, 1);
        CodeEndPoints.Add(new IPEndPoint(IPAddress.Loopback, port));
        if (Socket.OSSupportsIPv6) CodeEndPoints.Add(new IPEndPoint(IPAddress.IPv6Loopback, port));
    }

    /// <summary>Listens on a port of every local address, IPv6 and IPv4.</summary>
    public void ListenAnyIP(int port) =>
        CodeEndPoints.Add(new IPEndPoint(Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any, port));

    /// <summary>Listens on a Unix socket.</summary>
    /// <param name="socketPath">An absolute path.</param>
    public void ListenUnixSocket(string socketPath)
    {
        ArgumentException.ThrowIfNullOrEmpty(socketPath);
        if (!Path.IsPathRooted(socketPath))
            throw new ArgumentException("The path of a Unix socket must be absolute.", nameof(socketPath));
        CodeEndPoints.Add(new UnixDomainSocketEndPoint(socketPath));
    }
}
