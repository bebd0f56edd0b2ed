using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Tipi.Parity.Frames;
using Tipi.Parity.Servers;

namespace Tipi.Parity.Areas;

/// <summary>What connections agree on, and what applications see of it.</summary>
internal sealed class TlsArea : IArea
{
    private static readonly SslApplicationProtocol s_other = new("other");

    public string Name => "TLS";

    public string Meaning =>
        "The features of a request over TLS, and what a client gets: the negotiated HTTP version, or how its handshake "
        + "failed.";

    public async Task<IReadOnlyDictionary<string, string>> AskAsync(Subject subject)
    {
        var values = new SortedDictionary<string, string>(StringComparer.Ordinal);
        await AskFeaturesAsync(subject, values);
        await AskProtocolsAsync(subject, values);
        await AskHandshakesAsync(subject, values);
        await AskCertificatesAsync(subject, values);
        return values;
    }

    // ---- features ----

    private static async Task AskFeaturesAsync(Subject subject, SortedDictionary<string, string> values)
    {
        string version = "";
        await using SubjectServer server = await SubjectServer.StartAsync(subject, Settings.Tls, http =>
        {
            foreach (var (name, value) in Read(http)) values[$"{version}: {name}"] = value;
            return Task.CompletedTask;
        });
        foreach (SslProtocols protocol in (SslProtocols[])[SslProtocols.Tls12, SslProtocols.Tls13])
        {
            version = $"{protocol}, HTTP/1.1";
            SslClientAuthenticationOptions options = Links.Tls(SslApplicationProtocol.Http11);
            options.EnabledSslProtocols = protocol;
            using Wire wire = await server.EncryptAsync(options);
            await wire.SendAsync("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
            await wire.ReadToEndAsync();
        }
        version = "HTTP/2";
        using FrameWire frames = await FrameWire.ConnectAsync(server.Port, isEncrypted: true);
        await frames.SendAsync(Say.Headers(1, Say.SecureGet));
        await frames.SeeEndAsync(1);
    }

    private static IEnumerable<(string Name, string Value)> Read(HttpContext http)
    {
        var handshake = http.Features.Get<ITlsHandshakeFeature>()!;
        yield return ("IsHttps, Scheme, Protocol",
            $"{http.Request.IsHttps}, {http.Request.Scheme}, {http.Request.Protocol}");
        yield return ("handshake: Protocol", $"{handshake.Protocol}");
        yield return ("handshake: NegotiatedCipherSuite", $"{handshake.NegotiatedCipherSuite}");
        yield return ("handshake: HostName", handshake.HostName);
#pragma warning disable SYSLIB0058 // The feature has them.
        yield return ("handshake: algorithms",
            $"{handshake.CipherAlgorithm} {handshake.CipherStrength}, {handshake.HashAlgorithm} "
            + $"{handshake.HashStrength}, {handshake.KeyExchangeAlgorithm} {handshake.KeyExchangeStrength}");
#pragma warning restore SYSLIB0058
        var protocol = http.Features.Get<ITlsApplicationProtocolFeature>()!;
        yield return ("application protocol", Encoding.ASCII.GetString(protocol.ApplicationProtocol.Span));
        var stream = http.Features.Get<ISslStreamFeature>()!.SslStream;
        yield return ("SslStream: is server, is encrypted, is mutual",
            $"{stream.IsServer}, {stream.IsEncrypted}, {stream.IsMutuallyAuthenticated}");
        yield return ("client certificate", $"{http.Connection.ClientCertificate?.Subject ?? "none"}");
        yield return ("one object for the features",
            $"{ReferenceEquals(handshake, http.Features.Get<ITlsConnectionFeature>())}");
    }

    // ---- what is agreed on ----

    private static async Task AskProtocolsAsync(Subject subject, SortedDictionary<string, string> values)
    {
        foreach (HttpProtocols protocols in
            (HttpProtocols[])[HttpProtocols.Http1, HttpProtocols.Http2, HttpProtocols.Http1AndHttp2])
        {
            Settings settings = Settings.Tls with { Protocols = protocols };
            await using SubjectServer server = await SubjectServer.StartAsync(
                subject, settings, static http => http.Response.WriteAsync("hello"));
            foreach (var (name, offered) in Offers())
                values[$"{protocols}, client offers {name}"] = await AgreeAsync(server, Links.Tls(offered));
        }
    }

    private static IEnumerable<(string Name, SslApplicationProtocol[] Offered)> Offers() =>
    [
        ("nothing", []),
        ("http/1.1", [SslApplicationProtocol.Http11]),
        ("h2", [SslApplicationProtocol.Http2]),
        ("h2, http/1.1", [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11]),
        ("http/1.1, h2", [SslApplicationProtocol.Http11, SslApplicationProtocol.Http2]),
        ("another", [s_other]),
        ("another, http/1.1", [s_other, SslApplicationProtocol.Http11]),
    ];

    private static async Task<string> AgreeAsync(SubjectServer server, SslClientAuthenticationOptions options)
    {
        Socket socket = await Links.ConnectAsync(server.Port);
        try
        {
            await using SslStream stream = await Links.EncryptAsync(socket, options);
            string protocol = stream.NegotiatedApplicationProtocol.ToString();
            using var wire = new Wire(socket, stream);
            string said = protocol == "h2" ? "" : await AskHttp1Async(wire);
            return $"{(protocol.Length > 0 ? protocol : "nothing")}{said}";
        }
        catch (Exception error) when (error is AuthenticationException or IOException)
        {
            return "handshake fails";
        }
    }

    private static async Task<string> AskHttp1Async(Wire wire)
    {
        await wire.SendAsync("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        string said = await wire.ReadToEndAsync();
        return said.StartsWith("HTTP/1.1 ", StringComparison.Ordinal) ? $", HTTP/1.1 {said[9..12]}"
            : said.Length == 0 ? ", closed" : ", frames";
    }

    // ---- handshakes ----

    private static async Task AskHandshakesAsync(Subject subject, SortedDictionary<string, string> values)
    {
        await using SubjectServer server = await SubjectServer.StartAsync(subject, Settings.Tls, NothingAsync);
        values["handshake: without a name"] = await AgreeAsync(server, With(static one => one.TargetHost = ""));
        values["handshake: another name"] = await AgreeAsync(server, With(static one => one.TargetHost = "b.test"));
#pragma warning disable SYSLIB0039, CA5397, CA5398 // The server's answer to an old version is asked for.
        values["handshake: TLS 1.1"] =
            await AgreeAsync(server, With(static one => one.EnabledSslProtocols = SslProtocols.Tls11));
#pragma warning restore SYSLIB0039, CA5397, CA5398
        using (Wire wire = await server.ConnectAsync())
        {
            await wire.SendAsync("GET /a?b HTTP/1.1\r\nHost: a\r\n\r\n");
            values["handshake: plain HTTP instead"] = Text(await wire.ReadToEndAsync());
        }
        using (Wire wire = await server.ConnectAsync())
        {
            await wire.SendAsync("\u0016\u0003\u0001\0\u0005hello");
            await wire.ReadToEndAsync();
            values["handshake: garbage"] = wire.End is WireEnd.Closed or WireEnd.Reset ? "ends" : "silent";
        }
        await AskTimeoutAsync(subject, values);
    }

    private static async Task AskTimeoutAsync(Subject subject, SortedDictionary<string, string> values)
    {
        Settings settings = Settings.Tls with
        {
            Https = static https => https.HandshakeTimeout = TimeSpan.FromSeconds(1),
        };
        await using SubjectServer server = await SubjectServer.StartAsync(subject, settings, NothingAsync);
        using Wire wire = await server.ConnectAsync();
        await wire.ReadToEndAsync();
        values["handshake: nothing comes"] = wire.End is WireEnd.Closed or WireEnd.Reset ? "ends" : "silent";
    }

    private static string Text(string said) => said.StartsWith("HTTP/1.1 ", StringComparison.Ordinal)
        ? $"HTTP/1.1 {said[9..12]}"
        : said.Length > 0 ? "an alert" : "closed";

    // ---- clients' certificates ----

    private static async Task AskCertificatesAsync(Subject subject, SortedDictionary<string, string> values)
    {
        foreach (ClientCertificateMode mode in Enum.GetValues<ClientCertificateMode>())
        {
            await AskModeAsync(subject, mode, isAccepted: true, values);
            if (mode != ClientCertificateMode.NoCertificate)
                await AskModeAsync(subject, mode, isAccepted: false, values);
        }
    }

    private static async Task AskModeAsync(
        Subject subject, ClientCertificateMode mode, bool isAccepted, SortedDictionary<string, string> values)
    {
        Settings settings = Settings.Tls with
        {
            Https = https =>
            {
                https.ClientCertificateMode = mode;
                if (isAccepted) https.AllowAnyClientCertificate();
            },
        };
        await using SubjectServer server = await SubjectServer.StartAsync(subject, settings, async http =>
        {
            string first = http.Connection.ClientCertificate?.Subject ?? "none";
            X509Certificate2? later = await http.Connection.GetClientCertificateAsync();
            await http.Response.WriteAsync($"{first}, asked: {later?.Subject ?? "none"}");
        });
        string name = $"{mode}{(isAccepted ? "" : ", trusted issuers only")}";
        values[$"client certificate: {name}, none sent"] = await ShowCertificateAsync(server, null);
        values[$"client certificate: {name}, one sent"] = await ShowCertificateAsync(server, TestCertificate.Own);
    }

    private static async Task<string> ShowCertificateAsync(SubjectServer server, X509Certificate2? certificate)
    {
        // With TLS 1.3 a client learns only after its handshake that it is not let in.
        SslClientAuthenticationOptions options = With(one =>
        {
            one.EnabledSslProtocols = SslProtocols.Tls12;
            one.AllowTlsResume = false;
            if (certificate is not null) one.LocalCertificateSelectionCallback = (_, _, _, _, _) => certificate;
        });
        try
        {
            using Wire wire = await server.EncryptAsync(options);
            await wire.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            return (await wire.ReadAsync()) is { } answer ? $"{answer.Status} {answer.Body}" : "closed";
        }
        catch (Exception error) when (error is AuthenticationException or IOException)
        {
            return "handshake fails";
        }
    }

    private static SslClientAuthenticationOptions With(Action<SslClientAuthenticationOptions> change)
    {
        SslClientAuthenticationOptions options = Links.Tls();
        change(options);
        return options;
    }

    private static Task NothingAsync(HttpContext http) => Task.CompletedTask;
}
