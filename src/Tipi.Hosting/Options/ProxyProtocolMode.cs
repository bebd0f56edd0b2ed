namespace Tipi.Hosting;

/// <summary>Whether connections must begin with a PROXY header.</summary>
public enum ProxyProtocolMode
{
    /// <summary>Every connection begins with a header of an allowed source; others are closed.</summary>
    Required,

    /// <summary>
    /// Connections of allowed sources may begin with a header: their first bytes decide. Others are served as they are,
    /// and a header of theirs is a malformed request. Only for an endpoint that is being moved behind a proxy.
    /// </summary>
    Optional,
}
