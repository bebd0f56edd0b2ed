namespace Tipi.Protocols.Http;

/// <summary>How the end of a message's body is found (RFC 9112 §6.3).</summary>
public enum BodyKind : byte
{
    /// <summary>There is no body, or its declared length is 0.</summary>
    None,

    /// <summary>The body has a declared length.</summary>
    Length,

    /// <summary>The body is chunked.</summary>
    Chunked,

    /// <summary>The body ends with the connection. Responses only.</summary>
    UntilClose,
}
