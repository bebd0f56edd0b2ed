namespace Tipi.Protocols.Tls;

/// <summary>What the parser says of the bytes that a connection begins with.</summary>
public enum ClientHelloStatus : byte
{
    /// <summary>The whole message is there and well formed.</summary>
    Complete,

    /// <summary>The beginning of a message, or nothing; call again with the same bytes and more.</summary>
    NeedMore,

    /// <summary>The bytes begin another protocol.</summary>
    Absent,

    /// <summary>The bytes begin as TLS, and are no first message of a client within the limits.</summary>
    Invalid,

    /// <summary>The bytes begin as TLS, with a message that a client does not begin with.</summary>
    Unexpected,
}
