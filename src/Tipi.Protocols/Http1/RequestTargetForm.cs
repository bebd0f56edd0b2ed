namespace Tipi.Protocols.Http1;

/// <summary>The four forms of a request target (RFC 9112 §3.2).</summary>
public enum RequestTargetForm : byte
{
    /// <summary><c>/path?query</c></summary>
    Origin,

    /// <summary><c>http://host/path?query</c></summary>
    Absolute,

    /// <summary><c>host:port</c>, for CONNECT.</summary>
    Authority,

    /// <summary><c>*</c>, for OPTIONS.</summary>
    Asterisk,
}
