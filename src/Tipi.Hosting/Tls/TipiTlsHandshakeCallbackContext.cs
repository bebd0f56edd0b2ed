using System.Net.Security;
using Microsoft.AspNetCore.Connections;
using Tipi.Hosting.Tls;

namespace Tipi.Hosting;

/// <summary>The context of a TLS handshake whose options are selected.</summary>
public sealed class TipiTlsHandshakeCallbackContext
{
    internal TipiTlsHandshakeCallbackContext(
        TlsHandshakeContext handshake, object? state, CancellationToken cancellation)
    {
        Connection = handshake.Connection;
        SslStream = handshake.Stream;
        ClientHelloInfo = handshake.Info;
        State = state;
        CancellationToken = cancellation;
    }

    /// <summary>The connection, not yet encrypted.</summary>
    public ConnectionContext Connection { get; }

    /// <summary>The stream of the handshake.</summary>
    public SslStream SslStream { get; }

    /// <summary>The host name that the client sent, and the TLS versions that it offers.</summary>
    public SslClientHelloInfo ClientHelloInfo { get; }

    /// <summary>The <see cref="TipiTlsHandshakeCallbackOptions.OnConnectionState"/>.</summary>
    public object? State { get; }

    /// <summary>Canceled when the handshake times out or the connection ends.</summary>
    public CancellationToken CancellationToken { get; }

    /// <summary>
    /// Allows the application to request the client certificate later, with <c>GetClientCertificateAsync</c>. Default:
    /// false.
    /// </summary>
    public bool AllowDelayedClientCertificateNegotation { get; set; }
}
