namespace Tipi.Protocols.Proxy;

/// <summary>Why a proxy opened the connection (PROXY protocol §2.2).</summary>
public enum ProxyCommand : byte
{
    /// <summary>For itself, as with a health check: the connection's own addresses apply.</summary>
    Local,

    /// <summary>For a client, whose addresses are in the header.</summary>
    Proxy,
}
