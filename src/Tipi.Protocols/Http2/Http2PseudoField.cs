namespace Tipi.Protocols.Http2;

/// <summary>The pseudo-header fields of requests (RFC 9113 §8.3.1, RFC 8441 §4), as bits of a set.</summary>
[Flags]
internal enum Http2PseudoField : byte
{
    /// <summary>A regular field.</summary>
    None = 0,
    Method = 1,
    Scheme = 2,
    Authority = 4,
    Path = 8,
    Protocol = 16,

    /// <summary>A name with a colon that no request has, <c>:status</c> among them.</summary>
    Unknown = 32,
}
