using System.Net;
using Tipi.Protocols.Proxy;

namespace Tipi.Hosting;

/// <summary>
/// How an endpoint reads the PROXY protocol (HAProxy's, versions 1 and 2), with which a proxy passes on the addresses
/// of its clients. A sender can claim any address, so the allowed sources must be set.
/// </summary>
public sealed class ProxyProtocolOptions
{
    /// <summary>
    /// Networks of the proxies that may send a header. IPv4 networks also apply to IPv4 clients of an IPv6 socket.
    /// </summary>
    public IList<IPNetwork> AllowedNetworks { get; } = [];

    /// <summary>
    /// Allows a header from any process that can open the endpoint's Unix socket, as decided by the mode of the socket
    /// file. Default: false.
    /// </summary>
    public bool AllowUnixSocket { get; set; }

    /// <summary>
    /// Whether a connection must start with a header. Default: <see cref="ProxyProtocolMode.Required"/>.
    /// </summary>
    public ProxyProtocolMode Mode { get; set; } = ProxyProtocolMode.Required;

    /// <summary>
    /// Maximum size of the extensions (TLVs) in a header of version 2, in bytes. Connections with more are closed. 0 to
    /// 65,535. Default: 4,096, enough for names, ids and data about certificates.
    /// </summary>
    public int MaxTlvSize { get; set; } = ProxyHeaderParser.DefaultMaxTlvSize;

    /// <exception cref="InvalidOperationException">The options cannot work.</exception>
    internal void Validate(EndPoint endPoint)
    {
        if (AllowedNetworks.Count == 0 && !AllowUnixSocket)
            throw new InvalidOperationException(
                $"The PROXY protocol on {endPoint} has no allowed source. Add the networks of the proxies to "
                + $"{nameof(AllowedNetworks)}, or set {nameof(AllowUnixSocket)} for a Unix socket.");
        if (!Enum.IsDefined(Mode))
            throw new InvalidOperationException(
                $"The PROXY protocol's {nameof(Mode)} on {endPoint} is {Mode}; it must be Required or Optional.");
        if (MaxTlvSize is < 0 or > ushort.MaxValue)
            throw new InvalidOperationException(
                $"The PROXY protocol's {nameof(MaxTlvSize)} on {endPoint} is {MaxTlvSize}; it must be 0 to 65535.");
    }
}
