using System.Net.Security;

namespace Tipi.Hosting;

/// <summary>
/// The first message of a TLS client. A feature of the connection from before the handshake until its end.
/// </summary>
public interface ITlsClientHelloFeature
{
    /// <summary>The name that the client wants to reach, without a port; null when it names none.</summary>
    string? ServerName { get; }

    /// <summary>The protocols that the client offers, the preferred one first; empty when it offers none.</summary>
    IReadOnlyList<SslApplicationProtocol> ApplicationProtocols { get; }

    /// <summary>The TLS records of the message as they came. Valid until the handshake ends.</summary>
    ReadOnlyMemory<byte> Bytes { get; }
}
