namespace Tipi.Protocols.Proxy;

/// <summary>What kind of addresses a header tells.</summary>
public enum ProxyFamily : byte
{
    /// <summary>None, or of no known kind: the connection's own addresses hold.</summary>
    Unspecified,

    /// <summary>IPv4 addresses and ports.</summary>
    Ipv4,

    /// <summary>IPv6 addresses and ports.</summary>
    Ipv6,

    /// <summary>Paths of Unix sockets.</summary>
    Unix,
}
