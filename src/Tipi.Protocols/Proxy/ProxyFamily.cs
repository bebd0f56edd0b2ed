namespace Tipi.Protocols.Proxy;

/// <summary>The kind of addresses in a header.</summary>
public enum ProxyFamily : byte
{
    /// <summary>None, or of an unknown kind: the connection's own addresses apply.</summary>
    Unspecified,

    /// <summary>IPv4 addresses and ports.</summary>
    Ipv4,

    /// <summary>IPv6 addresses and ports.</summary>
    Ipv6,

    /// <summary>Paths of Unix sockets.</summary>
    Unix,
}
