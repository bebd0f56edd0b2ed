namespace Tipi.Protocols.Tls;

/// <summary>
/// What a server wants to know of a client's first message before it answers (RFC 8446 §4.1.2, RFC 5246 §7.4.1.2).
/// </summary>
public sealed class ClientHello
{
    /// <summary>
    /// The host that the client wants to reach (RFC 6066 §3), as it was sent: letters, digits, '-', '_', '.', ':'; at
    /// most 255. Null when there is none, or one that is no host's name.
    /// </summary>
    public string? ServerName { get; internal set; }

    /// <summary>
    /// The application protocols on offer, the preferred one first (RFC 7301 §3.1); none is empty. No more than 32.
    /// </summary>
    public IReadOnlyList<byte[]> ApplicationProtocols { get; internal set; } = [];

    /// <summary>
    /// The versions on offer, as on the wire (0x0304 is TLS 1.3), the preferred one first. Values that no standard
    /// knows are among them: clients send such on purpose (RFC 8701).
    /// </summary>
    public IReadOnlyList<ushort> Versions { get; internal set; } = [];

    /// <summary>Records that the message came in; more than one where it is large or the client cuts it.</summary>
    public int Records { get; internal set; }

    /// <summary>Bytes of those records, with their headers. What follows belongs to something else.</summary>
    public int Length { get; internal set; }
}
