using System.Net.Security;
using Microsoft.AspNetCore.Connections;
using Tipi.Hosting.Tls;

namespace Tipi.Hosting;

/// <summary>One TLS handshake, to be decided about.</summary>
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

    /// <summary>The stream whose handshake it is.</summary>
    public SslStream SslStream { get; }

    /// <summary>The host that the client names, and the versions of TLS that it offers.</summary>
    public SslClientHelloInfo ClientHelloInfo { get; }

    /// <summary>The <see cref="TipiTlsHandshakeCallbackOptions.OnConnectionState"/>.</summary>
    public object? State { get; }

    /// <summary>Ends with the handshake's time and with the connection.</summary>
    public CancellationToken CancellationToken { get; }

    /// <summary>
    /// Lets the application ask for the client's certificate later, by <c>GetClientCertificateAsync</c>. Default:
    /// false.
    /// </summary>
    public bool AllowDelayedClientCertificateNegotation { get; set; }
}
