namespace Tipi.Protocols.Tls;

/// <summary>The result of parsing the first bytes of a connection.</summary>
public enum ClientHelloStatus : byte
{
    /// <summary>The message is complete and well-formed.</summary>
    Complete,

    /// <summary>An incomplete message, or nothing; call again with the same bytes and more.</summary>
    NeedMore,

    /// <summary>The bytes are of another protocol.</summary>
    Absent,

    /// <summary>The bytes start like TLS, but are not a ClientHello within the limits.</summary>
    Invalid,

    /// <summary>The bytes start with a TLS message that is not a ClientHello.</summary>
    Unexpected,
}
