using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Tipi.Hosting;

namespace Tipi.Compare.App;

/// <summary>
/// The endpoint that is attacked, a port above the one that the harness asks: HTTP/2 alone, without TLS
/// (<c>siege-h2</c>), or both versions over TLS (<c>siege-tls</c>).
/// </summary>
internal static class SiegeEndpoints
{
    private static readonly TimeSpan Handshake = TimeSpan.FromSeconds(5);

    public static void Apply(IServiceCollection services, string application, int port)
    {
        if (application.StartsWith("siege-h2", StringComparison.Ordinal))
            ListenHttp2(services, port);
        else if (application.StartsWith("siege-tls", StringComparison.Ordinal))
            ListenTls(services, port, SelfSigned());
    }

    private static void ListenHttp2(IServiceCollection services, int port)
    {
        services.Configure<TipiServerOptions>(options =>
        {
            options.Listen(IPAddress.Loopback, port);
            options.Listen(IPAddress.Loopback, port + 1, endpoint => endpoint.Protocols = HttpProtocols.Http2);
        });
        services.Configure<KestrelServerOptions>(options =>
        {
            options.Listen(IPAddress.Loopback, port);
            options.Listen(IPAddress.Loopback, port + 1, endpoint => endpoint.Protocols = HttpProtocols.Http2);
        });
    }

    private static void ListenTls(IServiceCollection services, int port, X509Certificate2 certificate)
    {
        services.Configure<TipiServerOptions>(options =>
        {
            options.Listen(IPAddress.Loopback, port);
            options.Listen(IPAddress.Loopback, port + 1, endpoint => endpoint.UseHttps(certificate, https =>
                https.HandshakeTimeout = Handshake));
        });
        services.Configure<KestrelServerOptions>(options =>
        {
            options.Listen(IPAddress.Loopback, port);
            options.Listen(IPAddress.Loopback, port + 1, endpoint => endpoint.UseHttps(certificate, https =>
                https.HandshakeTimeout = Handshake));
        });
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var now = DateTimeOffset.UtcNow;
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }
}
