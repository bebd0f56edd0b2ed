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

    /// <summary>For what was sent to have arrived, where no answer says that it has.</summary>
    private static readonly TimeSpan s_arrival = TimeSpan.FromMilliseconds(200);

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
        Plain("TLS: plain HTTP", Get),
        Plain("TLS: nothing comes", "") with
        {
            Settings = static _ => Settings.Tls with
            {
                Https = static https => https.HandshakeTimeout = TimeSpan.FromSeconds(1),
            },
        },
        Plain("TLS: noise", "\u0001\u0002\u0003\u0004\u0005\u0006"),
        Plain("TLS: another message", "\u0016\u0003\u0001\0\u0006\u0002\0\0\u0002\u0003\u0003"),
        Plain("TLS: half a message", "\u0016\u0003\u0001\u0001\0\u0001") with
        {
            Settings = static _ => Settings.Tls with
            {
                Https = static https => https.HandshakeTimeout = TimeSpan.FromSeconds(1),
            },
        },
        Leaves("TLS: client leaves before its handshake", "", isReset: false),
        Leaves("TLS: client leaves in its first message", "\u0016\u0003\u0001", isReset: false),
        Leaves("TLS: client resets before its handshake", "", isReset: true),
        Leaves("TLS: client resets in its first message", "\u0016\u0003\u0001", isReset: true),
        new("TLS: client resets an upgraded connection", static async server =>
        {
            Wire wire = await server.EncryptAsync(Links.Tls());
            await wire.SendAsync("GET /tolerant HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: a\r\n\r\n");
            await wire.ReadAtMostAsync(10);
            wire.Reset();
        })
        {
            Settings = static _ => Settings.Tls,
        },
    ];

    private static Life Leaves(string name, string said, bool isReset) => new(name, async server =>
    {
        using Wire wire = await server.ConnectAsync();
        if (said.Length > 0) await wire.SendAsync(said);
        await Task.Delay(s_arrival);
        if (isReset)
        {
            wire.Reset();
            return;
        }
        wire.EndSending();
        await wire.ReadToEndAsync();
    })
    {
        Settings = static _ => Settings.Tls,
    };

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
