using System.Net;
using Tipi.Protocols.Proxy;

namespace Tipi.Hosting;

/// <summary>
/// How an endpoint reads the PROXY protocol (HAProxy's, versions 1 and 2), by which a proxy tells whose connection it
/// relays. Whoever may send it can give itself any address, so that the sources have to be named.
/// </summary>
public sealed class ProxyProtocolOptions
{
    /// <summary>
    /// The proxies: networks whose addresses may send a header. IPv4 networks hold for IPv4 clients of an IPv6 socket
    /// too.
    /// </summary>
    public IList<IPNetwork> AllowedNetworks { get; } = [];

    /// <summary>
    /// Whoever can open the endpoint's Unix socket may send a header. Default: false. The socket's file mode decides
    /// who that is.
    /// </summary>
    public bool AllowUnixSocket { get; set; }

    /// <summary>Whether a connection must begin with a header. Default: it must.</summary>
    public ProxyProtocolMode Mode { get; set; } = ProxyProtocolMode.Required;

    /// <summary>
    /// Bytes of extensions (TLVs) a header of version 2 may carry. Default: 4,096, for names, ids and facts about
    /// certificates.
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
