namespace Tipi.Protocols.Tls;

/// <summary>
/// The parts of a client's first message that a server needs before it answers (RFC 8446 §4.1.2, RFC 5246 §7.4.1.2).
/// </summary>
public sealed class ClientHello
{
    /// <summary>
    /// The host name that the client sent (RFC 6066 §3), as received: letters, digits, '-', '_', '.', ':'; at most 255.
    /// Null if there is none, or if it is not a host name.
    /// </summary>
    public string? ServerName { get; internal set; }

    /// <summary>
    /// The offered application protocols, the preferred one first (RFC 7301 §3.1); none is empty. At most 32.
    /// </summary>
    public IReadOnlyList<byte[]> ApplicationProtocols { get; internal set; } = [];

    /// <summary>
    /// The offered versions, as on the wire (0x0304 is TLS 1.3), the preferred one first. They include values that are
    /// not in any standard: clients send such values on purpose (RFC 8701).
    /// </summary>
    public IReadOnlyList<ushort> Versions { get; internal set; } = [];

    /// <summary>Records that the message came in; more than one where it is large or the client cuts it.</summary>
    public int Records { get; internal set; }

    /// <summary>Bytes of those records, with their headers. Bytes after them do not belong to the message.</summary>
    public int Length { get; internal set; }
}
