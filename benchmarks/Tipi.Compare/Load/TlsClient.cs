using System.Net.Security;
using System.Security.Authentication;
using Tipi.Compare.Peers;

namespace Tipi.Compare.Load;

/// <summary>The client's side of TLS, which insists that all servers choose the same version and cipher.</summary>
internal static class TlsClient
{
    /// <summary>What OpenSSL prefers; AES-128 would be less work for who got it.</summary>
    public const TlsCipherSuite Cipher = TlsCipherSuite.TLS_AES_256_GCM_SHA384;

    /// <summary>How to connect: TLS 1.3, any certificate, no session resumed.</summary>
    public static SslClientAuthenticationOptions Options => new()
    {
        TargetHost = TestCertificate.ServerName,
        EnabledSslProtocols = SslProtocols.Tls13,
        AllowTlsResume = false,
        RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null,
    };

    /// <summary>Makes the handshake on a connection, which belongs to the result.</summary>
    public static SslStream Connect(Stream connection)
    {
        var stream = new SslStream(connection);
        try
        {
            stream.AuthenticateAsClient(Options);
        }
        catch (AuthenticationException refused)
        {
            throw new MeasurementException($"the TLS handshake failed: {refused.Message}", refused);
        }

        RequireSame(stream);
        return stream;
    }

    /// <summary>Throws when the server chose another version or cipher than the others would.</summary>
    public static void RequireSame(SslStream stream)
    {
        if (stream.SslProtocol != SslProtocols.Tls13 || stream.NegotiatedCipherSuite != Cipher)
        {
            throw new MeasurementException(
                $"the server chose {stream.SslProtocol} with {stream.NegotiatedCipherSuite}, not Tls13 with {Cipher}");
        }
    }
}
