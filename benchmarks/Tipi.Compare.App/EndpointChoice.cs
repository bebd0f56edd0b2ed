using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Tipi.Hosting;

namespace Tipi.Compare.App;

/// <summary>What the port speaks, alike on every server.</summary>
internal static class EndpointChoice
{
    public static IReadOnlyList<string> Names { get; } = ["http", "https", "h2c"];

    /// <summary>Listens on loopback.</summary>
    /// <param name="name">
    /// <c>http</c>: the server's defaults. <c>https</c>: those over TLS, where the client chooses HTTP/1.1 or 2.
    /// <c>h2c</c>: HTTP/2 without TLS and nothing else, because Kestrel takes it no other way.
    /// </param>
    /// <param name="certificateFile">A PEM file of the certificate and its key, for <c>https</c>.</param>
    public static void Apply(IWebHostBuilder web, string name, int port, string? certificateFile)
    {
        switch (name)
        {
            case "http":
                web.UseUrls($"http://127.0.0.1:{port}");
                break;
            case "https" when certificateFile is not null:
                ListenEncrypted(web, port, X509Certificate2.CreateFromPemFile(certificateFile));
                break;
            case "h2c":
                web.ConfigureServices(services => services
                    .Configure<TipiServerOptions>(options => options.Listen(
                        IPAddress.Loopback, port, endpoint => endpoint.Protocols = HttpProtocols.Http2))
                    .Configure<KestrelServerOptions>(options => options.Listen(
                        IPAddress.Loopback, port, endpoint => endpoint.Protocols = HttpProtocols.Http2)));
                break;
            default:
                throw new ArgumentException($"Unknown endpoint '{name}', or no certificate for it.", nameof(name));
        }
    }

    private static void ListenEncrypted(IWebHostBuilder web, int port, X509Certificate2 certificate) =>
        web.ConfigureServices(services => services
            .Configure<TipiServerOptions>(options => options.Listen(
                IPAddress.Loopback, port, endpoint => endpoint.UseHttps(certificate)))
            .Configure<KestrelServerOptions>(options => options.Listen(
                IPAddress.Loopback, port, endpoint => endpoint.UseHttps(certificate))));
}
