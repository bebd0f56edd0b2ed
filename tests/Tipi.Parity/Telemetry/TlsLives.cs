using System.Net.Security;
using System.Security.Authentication;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Tipi.Parity.Frames;
using Tipi.Parity.Servers;

namespace Tipi.Parity.Telemetry;

/// <summary>The ways in which connections over TLS come and end.</summary>
internal static class TlsLives
{
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    internal static IReadOnlyList<Life> All { get; } = [.. InOrder(), .. Failed()];

    private static IEnumerable<Life> InOrder() =>
    [
        Over("TLS: opened and closed", static _ => { }, ""),
        Over("TLS: request", static _ => { }, Get),
        Over("TLS: request with TLS 1.2", static one => one.EnabledSslProtocols = SslProtocols.Tls12, Get),
        Over("TLS: HTTP/1.1 agreed on", static one => one.ApplicationProtocols = [SslApplicationProtocol.Http11], Get),
        Over("TLS: bad request", static _ => { }, "GET /\r\nHost: a\r\n\r\n"),
        new("TLS: HTTP/2", static async server =>
        {
            using FrameWire wire = await FrameWire.ConnectAsync(server.Port, isEncrypted: true);
            await wire.SendAsync(Say.Headers(1, Say.SecureGet));
            await wire.SeeEndAsync(1);
        })
        {
            Settings = static _ => Settings.Tls,
        },
    ];

    private static IEnumerable<Life> Failed() =>
    [
        Over("TLS: no protocol in common", static one => one.ApplicationProtocols = [new("other")], Get),
        Over("TLS: client's certificate is missing", static _ => { }, Get) with
        {
            Settings = static _ => Settings.Tls with
            {
                Https = static https => https.ClientCertificateMode = ClientCertificateMode.RequireCertificate,
            },
        },
        Plain("TLS: garbage", "\u0016\u0003\u0001\0\u0005hello"),
        Plain("TLS: HTTP in the clear", Get),
        Plain("TLS: nothing comes", "") with
        {
            Settings = static _ => Settings.Tls with
            {
                Https = static https => https.HandshakeTimeout = TimeSpan.FromSeconds(1),
            },
        },
        new("TLS: client leaves before its handshake", static async server =>
        {
            using Wire wire = await server.ConnectAsync();
            wire.EndSending();
            await wire.ReadToEndAsync();
        })
        {
            Settings = static _ => Settings.Tls,
        },
    ];

    private static Life Plain(string name, string said) => new(name, async server =>
    {
        using Wire wire = await server.ConnectAsync();
        await wire.SendAsync(said);
        await wire.ReadToEndAsync();
    })
    {
        Settings = static _ => Settings.Tls,
    };

    private static Life Over(string name, Action<SslClientAuthenticationOptions> change, string request) =>
        new(name, async server =>
        {
            SslClientAuthenticationOptions options = Links.Tls();
            change(options);
            try
            {
                using Wire wire = await server.EncryptAsync(options);
                if (request.Length == 0) return;
                await wire.SendAsync(request);
                await wire.ReadAsync();
            }
            catch (Exception error) when (error is AuthenticationException or IOException)
            {
                // It is the server's view of it that counts.
            }
        })
        {
            Settings = static _ => Settings.Tls,
        };
}
