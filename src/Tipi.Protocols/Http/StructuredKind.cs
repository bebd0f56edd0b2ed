namespace Tipi.Protocols.Http;

/// <summary>The type of a value of structured fields (RFC 8941 §3).</summary>
internal enum StructuredKind : byte
{
    /// <summary>A decimal, string, token, byte sequence, date or inner list: it was checked and is not kept.</summary>
    Other,
    Integer,
    Boolean,
}
