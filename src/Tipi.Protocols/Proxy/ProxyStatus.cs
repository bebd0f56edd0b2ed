namespace Tipi.Protocols.Proxy;

/// <summary>What the parser says of the bytes that a connection begins with.</summary>
public enum ProxyStatus : byte
{
    /// <summary>The whole header is there and valid.</summary>
    Complete,

    /// <summary>The beginning of a header; call again with the same bytes and more.</summary>
    NeedMore,

    /// <summary>No header: the bytes begin another protocol.</summary>
    Absent,

    /// <summary>The bytes begin as a header and are none.</summary>
    Invalid,
}
