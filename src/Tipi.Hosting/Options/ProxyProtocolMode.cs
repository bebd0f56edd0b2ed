namespace Tipi.Hosting;

/// <summary>Whether connections must start with a PROXY header.</summary>
public enum ProxyProtocolMode
{
    /// <summary>Every connection must start with a header from an allowed source; others are closed.</summary>
    Required,

    /// <summary>
    /// Connections from allowed sources can start with a header: their first bytes decide. Others are served without
    /// one, and a header from them is a malformed request. Use it only while an endpoint is being moved behind a proxy.
    /// </summary>
    Optional,
}
