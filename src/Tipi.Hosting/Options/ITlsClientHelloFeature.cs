using System.Net.Security;

namespace Tipi.Hosting;

/// <summary>The first message of a TLS client. A feature of the connection, available before the handshake.</summary>
public interface ITlsClientHelloFeature
{
    /// <summary>The host name that the client sent, without a port; null if it sent none.</summary>
    string? ServerName { get; }

    /// <summary>The protocols that the client offers, the preferred one first; empty if it offers none.</summary>
    IReadOnlyList<SslApplicationProtocol> ApplicationProtocols { get; }

    /// <summary>The TLS records of the message as received. Valid until the handshake ends.</summary>
    ReadOnlyMemory<byte> Bytes { get; }
}
