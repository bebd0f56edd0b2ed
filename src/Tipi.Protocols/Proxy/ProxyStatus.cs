namespace Tipi.Protocols.Proxy;

/// <summary>The result of parsing the first bytes of a connection.</summary>
public enum ProxyStatus : byte
{
    /// <summary>The header is complete and valid.</summary>
    Complete,

    /// <summary>An incomplete header; call again with the same bytes and more.</summary>
    NeedMore,

    /// <summary>No header: the bytes are of another protocol.</summary>
    Absent,

    /// <summary>The bytes start like a header, but are not a valid one.</summary>
    Invalid,
}
