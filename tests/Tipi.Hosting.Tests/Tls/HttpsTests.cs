using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Tipi.Hosting.Tests.Configuration;

namespace Tipi.Hosting.Tests.Tls;

/// <summary>UseHttps and configuration, seen by clients.</summary>
public sealed class HttpsTests : IDisposable
{
    private const string Get = "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n";
    private const string Head = "HEAD / HTTP/1.1\r\nHost: a.example\r\n\r\n";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly TestAuthority _authority = new();
    private readonly TestFolder _folder = new();

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Dispose();
    }

    /// <summary>A client that trusts the root alone: the server has to send the intermediate.</summary>
    private async Task<TlsClient> ConnectAsync(int port, string host, X509Certificate2? own = null) =>
        await TlsClient.ConnectAsync(port, options =>
        {
            options.TargetHost = host;
            options.RemoteCertificateValidationCallback = null;
            options.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
                DisableCertificateDownloads = true,
            };
            options.CertificateChainPolicy.CustomTrustStore.Add(_authority.Root);
            if (own is not null) options.ClientCertificateContext = SslStreamCertificateContext.Create(own, null, true);
        });

    private async Task<string> ThumbprintAsync(int port, string host)
    {
        using TlsClient client = await ConnectAsync(port, host);
        return new X509Certificate2(client.Stream.RemoteCertificate!).Thumbprint;
    }

    private static Task AnswerAsync(HttpContext context, string text)
    {
        context.Response.ContentLength = text.Length;
        return context.Response.WriteAsync(text);
    }

    private static int PortOf(string address) => new Uri(address).Port;

    private static async Task UntilAsync(Func<Task<bool>> isSoAsync)
    {
        using var late = new CancellationTokenSource(s_patience);
        while (!await isSoAsync()) await Task.Delay(50, late.Token);
    }

    private string WritePair(X509Certificate2 certificate, string name = "c")
    {
        _folder.Write($"{name}.key", TestAuthority.KeyOf(certificate));
        return _folder.Write($"{name}.pem", _authority.ToPem(certificate));
    }

    [Theory, OnEachTransport]
    public async Task A_certificate_is_shown_with_its_chain_and_the_address_says_https(TipiTransport transport)
    {
        string path = _folder.Write("a.pfx", _authority.ToPfx(_authority.Issue("a.example"), "pw"));
        await using TestServer secure = await TestServer.StartAsync(
            transport, context => AnswerAsync(context, context.Request.Scheme),
            options => options.Listen(IPAddress.Loopback, 0, endpoint => endpoint.UseHttps(path, "pw")));
        var addresses = secure.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        Assert.Equal(["http", "https"], addresses.Addresses.Select(address => new Uri(address).Scheme));
        using TlsClient client = await ConnectAsync(secure.Ports[1], "a.example");
        RawResponse response = await client.AskAsync(Get);
        Assert.Equal((200, "https"), (response.Status, response.Body));
    }

    [Theory, OnEachTransport]
    public async Task The_name_that_a_client_says_chooses_and_others_are_refused(TipiTransport transport)
    {
        X509Certificate2 one = _authority.Issue("one.example"), below = _authority.Issue("*.site.example");
        WritePair(one, "one");
        WritePair(below, "below");
        await using ConfiguredApp app = await ConfiguredApp.StartAsync(transport, new()
        {
            ["Kestrel:Endpoints:A:Url"] = "https://127.0.0.1:0",
            ["Kestrel:Endpoints:A:Sni:one.example:Certificate:Path"] = _folder.PathOf("one.pem"),
            ["Kestrel:Endpoints:A:Sni:one.example:Certificate:KeyPath"] = _folder.PathOf("one.key"),
            ["Kestrel:Endpoints:A:Sni:*.site.example:Certificate:Path"] = _folder.PathOf("below.pem"),
            ["Kestrel:Endpoints:A:Sni:*.site.example:Certificate:KeyPath"] = _folder.PathOf("below.key"),
        });
        int port = PortOf(Assert.Single(app.Addresses));
        Assert.Equal(one.Thumbprint, await ThumbprintAsync(port, "one.example"));
        Assert.Equal(below.Thumbprint, await ThumbprintAsync(port, "two.site.example"));
        Exception refused = await Assert.ThrowsAnyAsync<Exception>(() => ConnectAsync(port, "one.test"));
        Assert.True(refused is AuthenticationException or IOException, $"{refused}");
        Assert.Equal(one.Thumbprint, await ThumbprintAsync(port, "ONE.example"));
    }

    [Theory, OnEachTransport]
    public async Task Protocols_of_a_name_hold_for_clients_that_offer_none(TipiTransport transport)
    {
        WritePair(_authority.Issue("one.example", "two.example"));
        await using ConfiguredApp app = await ConfiguredApp.StartAsync(transport, new()
        {
            ["Kestrel:Certificates:Default:Path"] = _folder.PathOf("c.pem"),
            ["Kestrel:Certificates:Default:KeyPath"] = _folder.PathOf("c.key"),
            ["Kestrel:Endpoints:A:Url"] = "https://127.0.0.1:0",
            ["Kestrel:Endpoints:A:Sni:one.example:Protocols"] = "Http2",
            ["Kestrel:Endpoints:A:Sni:*:Protocols"] = "Http1AndHttp2",
        });
        int port = PortOf(Assert.Single(app.Addresses));
        using TlsClient one = await ConnectAsync(port, "one.example");
        await one.SendAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u0004\0\0\0\0\0");
        Assert.Equal(4, (await one.ReadExactlyAsync(9))[3]); // SETTINGS
        using TlsClient two = await ConnectAsync(port, "two.example");
        Assert.Equal(200, (await two.AskAsync(Head)).Status);
    }

    [Theory, OnEachTransport]
    public async Task A_changed_file_is_shown_to_new_connections_and_a_broken_one_is_not(TipiTransport transport)
    {
        X509Certificate2 first = _authority.Issue("a.example"), second = _authority.Issue("a.example", "b.example");
        string path = WritePair(first);
        await using ConfiguredApp app = await ConfiguredApp.StartAsync(
            transport,
            new Dictionary<string, string?>
            {
                ["Tipi:Endpoints:A:Url"] = "https://127.0.0.1:0",
                ["Tipi:Certificates:Default:Path"] = path,
                ["Tipi:Certificates:Default:KeyPath"] = _folder.PathOf("c.key"),
            },
            options => options.Listen(IPAddress.Loopback, 0, endpoint => endpoint.UseHttps()));
        int[] ports = [.. app.Addresses.Select(PortOf)];
        using TlsClient kept = await ConnectAsync(ports[0], "a.example");
        Assert.Equal(200, (await kept.AskAsync(Head)).Status);
        _folder.Write("c.pem", "-----BEGIN CERTIFICATE-----\nhalf");
        await UntilAsync(() => Task.FromResult(app.Logs.Any(line => line is
        { Category: "Tipi.Server.Certificates", EventId: 2 })));
        Assert.Equal(first.Thumbprint, await ThumbprintAsync(ports[0], "a.example"));
        WritePair(second);
        foreach (int port in ports)
            await UntilAsync(async () => await ThumbprintAsync(port, "a.example") == second.Thumbprint);
        Assert.Equal(200, (await kept.AskAsync(Head)).Status);
        Assert.DoesNotContain(app.Logs, line => line is { Category: "Tipi.Server", EventId: 52 or 53 });
    }

    [Theory, OnEachTransport]
    public async Task A_changed_configuration_of_certificates_holds_without_a_new_socket(TipiTransport transport)
    {
        X509Certificate2 first = _authority.Issue("a.example"), second = _authority.Issue("a.example", "b.example");
        X509Certificate2 named = _authority.Issue("a.example", "c.example");
        WritePair(first, "first");
        WritePair(second, "second");
        WritePair(named, "named");
        await using ConfiguredApp app = await ConfiguredApp.StartAsync(
            transport,
            new Dictionary<string, string?>
            {
                ["Tipi:Endpoints:A:Url"] = "https://127.0.0.1:0",
                ["Tipi:Certificates:Default:Path"] = _folder.PathOf("first.pem"),
                ["Tipi:Certificates:Default:KeyPath"] = _folder.PathOf("first.key"),
            },
            options => options.Listen(IPAddress.Loopback, 0, endpoint => endpoint.UseHttps()));
        string[] addresses = app.Addresses;
        int[] ports = [.. addresses.Select(PortOf)];
        using TlsClient kept = await ConnectAsync(ports[1], "a.example");
        Assert.Equal(200, (await kept.AskAsync(Head)).Status);

        app.Change(
            ("Tipi:Certificates:Default:Path", _folder.PathOf("second.pem")),
            ("Tipi:Certificates:Default:KeyPath", _folder.PathOf("second.key")));
        foreach (int port in ports)
            await UntilAsync(async () => await ThumbprintAsync(port, "a.example") == second.Thumbprint);

        app.Change(("Tipi:Certificates:Default:KeyPath", _folder.PathOf("first.key"))); // not its key
        await UntilAsync(() => Task.FromResult(app.Logs.Any(line => line is
        { Category: "Tipi.Server", EventId: 53 })));
        foreach (int port in ports) Assert.Equal(second.Thumbprint, await ThumbprintAsync(port, "a.example"));

        app.Change(
            ("Tipi:Certificates:Default:KeyPath", _folder.PathOf("second.key")),
            ("Tipi:Endpoints:A:Sni:a.example:Certificate:Path", _folder.PathOf("named.pem")),
            ("Tipi:Endpoints:A:Sni:a.example:Certificate:KeyPath", _folder.PathOf("named.key")));
        await UntilAsync(async () => await ThumbprintAsync(ports[1], "a.example") == named.Thumbprint);
        Assert.Equal(second.Thumbprint, await ThumbprintAsync(ports[0], "a.example"));
        Assert.Equal(addresses, app.Addresses);
        Assert.Equal(200, (await kept.AskAsync(Head)).Status);
        Assert.DoesNotContain(app.Logs, line => line is { Category: "Tipi.Server", EventId: 52 or 55 });
    }

    [Theory, OnEachTransport]
    public async Task Clients_show_their_certificates(TipiTransport transport)
    {
        using X509Certificate2 mine = _authority.IssueClient("me"), other = _authority.IssueClient("other");
        X509Certificate2 certificate = _authority.Issue("a.example");
        await using TestServer server = await TestServer.StartAsync(
            transport,
            context => AnswerAsync(context, context.Connection.ClientCertificate?.Subject ?? "none"),
            options =>
            {
                foreach (ClientCertificateMode mode in (ClientCertificateMode[])
                    [ClientCertificateMode.RequireCertificate, ClientCertificateMode.AllowCertificate])
                    options.Listen(IPAddress.Loopback, 0, endpoint => endpoint.UseHttps(certificate, https =>
                    {
                        https.ServerCertificateChain = [_authority.Intermediate];
                        https.ClientCertificateMode = mode;
                        https.ClientCertificateValidation = (shown, _, _) => shown.Thumbprint == mine.Thumbprint;
                    }));
            });
        foreach (int port in server.Ports.Skip(1))
        {
            using TlsClient known = await ConnectAsync(port, "a.example", mine);
            Assert.Equal("CN=me", (await known.AskAsync(Get)).Body);
            await AssertRefusedAsync(port, other);
        }
        await AssertRefusedAsync(server.Ports[1], null);
        using TlsClient unknown = await ConnectAsync(server.Ports[2], "a.example");
        Assert.Equal("none", (await unknown.AskAsync(Get)).Body);
    }

    /// <summary>With TLS 1.3 a client's handshake is over before the server has looked.</summary>
    private async Task AssertRefusedAsync(int port, X509Certificate2? own) =>
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            using TlsClient client = await ConnectAsync(port, "a.example", own);
            await client.AskAsync(Get);
        });

    [Theory, OnEachTransport]
    public async Task A_function_chooses_for_each_handshake(TipiTransport transport)
    {
        X509Certificate2 certificate = _authority.Issue("a.example");
        var context = SslStreamCertificateContext.Create(certificate, [_authority.Intermediate], offline: true);
        await using TestServer server = await TestServer.StartAsync(
            transport, request => AnswerAsync(request, "here"),
            options => options.Listen(IPAddress.Loopback, 0, endpoint => endpoint.UseHttps(
                (_, hello, _, _) => hello.ServerName == "a.example"
                    ? new(new SslServerAuthenticationOptions { ServerCertificateContext = context })
                    : throw new AuthenticationException("another name"),
                state: 1)));
        using TlsClient client = await ConnectAsync(server.Ports[1], "a.example");
        Assert.Equal("here", (await client.AskAsync(Get)).Body);
        await Assert.ThrowsAnyAsync<Exception>(() => ConnectAsync(server.Ports[1], "b.example"));
    }

    [Theory, OnEachTransport]
    public async Task An_address_alone_gets_the_default_certificate(TipiTransport transport)
    {
        X509Certificate2 certificate = _authority.Issue("a.example");
        WritePair(certificate);
        await using ConfiguredApp app = await ConfiguredApp.StartAsync(transport, new()
        {
            ["urls"] = "https://127.0.0.1:0;http://127.0.0.1:0",
            ["Kestrel:Certificates:Default:Path"] = _folder.PathOf("c.pem"),
            ["Kestrel:Certificates:Default:KeyPath"] = _folder.PathOf("c.key"),
        });
        Assert.Equal(["https", "http"], app.Addresses.Select(address => new Uri(address).Scheme));
        Assert.Equal(certificate.Thumbprint, await ThumbprintAsync(PortOf(app.Addresses[0]), "a.example"));
    }
}
