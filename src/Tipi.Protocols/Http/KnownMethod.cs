namespace Tipi.Protocols.Http;

/// <summary>A request method of RFC 9110 §9.3 or RFC 5789.</summary>
public enum KnownMethod : byte
{
    /// <summary>Any other token; read it from the request line.</summary>
    Custom,

    /// <summary><c>GET</c></summary>
    Get,

    /// <summary><c>HEAD</c></summary>
    Head,

    /// <summary><c>POST</c></summary>
    Post,

    /// <summary><c>PUT</c></summary>
    Put,

    /// <summary><c>DELETE</c></summary>
    Delete,

    /// <summary><c>CONNECT</c></summary>
    Connect,

    /// <summary><c>OPTIONS</c></summary>
    Options,

    /// <summary><c>TRACE</c></summary>
    Trace,

    /// <summary><c>PATCH</c></summary>
    Patch,
}
