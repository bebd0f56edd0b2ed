namespace Tipi.Hosting.Http1;

/// <summary>How a response's body is framed.</summary>
internal enum Http1BodyMode : byte
{
    /// <summary>No body: its bytes are dropped.</summary>
    None,

    /// <summary>Bytes as they are: a declared length, until close, framed by the application, or upgraded.</summary>
    Plain,

    /// <summary>In chunks (RFC 9112 §7.1).</summary>
    Chunked,
}
