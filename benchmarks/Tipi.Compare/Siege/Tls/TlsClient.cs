using System.Net.Security;

namespace Tipi.Compare.Siege.Tls;

/// <summary>A client's side of TLS; the server's certificate is not looked at.</summary>
internal static class TlsClient
{
    public static readonly SslApplicationProtocol Http1 = SslApplicationProtocol.Http11;
    public static readonly SslApplicationProtocol Http2 = SslApplicationProtocol.Http2;

    /// <summary>A full handshake, never a resumed one.</summary>
    public static async Task<SslStream> ShakeAsync(Stream below, SslApplicationProtocol protocol, CancellationToken end)
    {
        var stream = new SslStream(below);
        await stream.AuthenticateAsClientAsync(Options(protocol), end);
        return stream;
    }

    public static SslClientAuthenticationOptions Options(SslApplicationProtocol protocol) => new()
    {
        TargetHost = "localhost",
        ApplicationProtocols = [protocol],
        AllowTlsResume = false,
        RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null,
    };
}
