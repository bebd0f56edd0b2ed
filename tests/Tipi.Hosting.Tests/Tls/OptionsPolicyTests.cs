using System.Buffers;
using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Tipi.Hosting.Tls;
using Tipi.Hosting.Tls.Certificates;

namespace Tipi.Hosting.Tests.Tls;

public sealed class OptionsPolicyTests : IDisposable
{
    private readonly TestAuthority _authority = new();
    private readonly TestFolder _folder = new();
    private readonly LogRecorder _logs = new();
    private readonly TipiServerOptions _server = new();
    private readonly X509Certificate2 _certificate;

    public OptionsPolicyTests() => _certificate = _authority.Issue("a.example");

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Dispose();
    }

    private TipiListenOptions Listen(Action<TipiListenOptions> configure)
    {
        TipiListenOptions? found = null;
        _server.Listen(IPAddress.Loopback, 1, endpoint => configure(found = endpoint));
        return found!;
    }

    private TlsPolicy Prepare(Action<TipiListenOptions> configure)
    {
        TipiListenOptions endpoint = Listen(configure);
        var gate = Assert.IsType<TlsGate>(endpoint.Tls);
        gate.Prepare(_logs.CreateLogger("x"));
        return gate.Policy;
    }

    private static async Task<SslServerAuthenticationOptions> SelectAsync(
        TlsPolicy policy, string? host = "a.example") =>
        await policy.SelectAsync(FakeHello.Handshake(host), CancellationToken.None);

    private static string ThumbprintOf(SslServerAuthenticationOptions offer) =>
        offer.ServerCertificateContext!.TargetCertificate.Thumbprint;

    [Fact]
    public async Task A_certificate_can_be_given_in_each_way()
    {
        string pfx = _folder.Write("a.pfx", _authority.ToPfx(_certificate, "pw"));
        string plain = _folder.Write("b.pfx", _authority.ToPfx(_certificate, null));
        string pem = _folder.Write("c.pem", _authority.ToPem(_certificate) + TestAuthority.KeyOf(_certificate));
        Action<TipiListenOptions>[] ways =
        [
            endpoint => endpoint.UseHttps(_certificate),
            endpoint => endpoint.UseHttps(_certificate, _ => { }),
            endpoint => endpoint.UseHttps(options => options.ServerCertificate = _certificate),
            endpoint => endpoint.UseHttps(new HttpsConnectionAdapterOptions { ServerCertificate = _certificate }),
            endpoint => endpoint.UseHttps(options => options.ServerCertificateSelector = (_, _) => _certificate),
            endpoint => endpoint.UseHttps(pfx, "pw"),
            endpoint => endpoint.UseHttps(pfx, "pw", _ => { }),
            endpoint => endpoint.UseHttps(plain),
            endpoint => endpoint.UseHttps(pem),
        ];
        foreach (Action<TipiListenOptions> way in ways)
            Assert.Equal(_certificate.Thumbprint, ThumbprintOf(await SelectAsync(Prepare(way))));
    }

    [Fact]
    public async Task The_framework_s_options_are_kept_to()
    {
        bool wasAsked = false;
        List<string> seen = [];
        TlsPolicy policy = Prepare(endpoint => endpoint.UseHttps(_certificate, options =>
        {
            options.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
            options.ClientCertificateValidation = (_, _, _) => wasAsked = true;
            options.CheckCertificateRevocation = true;
            options.SslProtocols = SslProtocols.Tls13;
            options.HandshakeTimeout = TimeSpan.FromSeconds(3);
            options.TlsClientHelloBytesCallback = (_, bytes) => seen.Add($"{bytes.ToArray()[0]}");
            options.OnAuthenticate = (connection, offer) =>
            {
                seen.Add($"{connection is not null} {offer.EnabledSslProtocols}");
                Assert.NotEmpty(offer.ApplicationProtocols!);
                offer.ApplicationProtocols!.Clear(); // what is offered elsewhere must not change
                offer.AllowTlsResume = false;
            };
        }));
        SslServerAuthenticationOptions offer = await SelectAsync(policy);
        Assert.Equal(TimeSpan.FromSeconds(3), policy.HandshakeTimeout);
        Assert.True(offer.ClientCertificateRequired);
        Assert.False(offer.AllowRenegotiation);
        Assert.False(offer.AllowTlsResume);
        Assert.Equal(X509RevocationMode.Online, offer.CertificateRevocationCheckMode);
        Assert.Equal(SslProtocols.Tls13, offer.EnabledSslProtocols);
        Assert.Equal(["22", "True Tls13"], seen);
        Assert.NotEmpty(AlpnList.Of(HttpProtocols.Http1AndHttp2));
        RemoteCertificateValidationCallback validate = offer.RemoteCertificateValidationCallback!;
        Assert.True(validate(this, _certificate, null, SslPolicyErrors.RemoteCertificateChainErrors));
        Assert.True(wasAsked);
        Assert.False(validate(this, null, null, SslPolicyErrors.RemoteCertificateNotAvailable));
    }

    [Theory]
    [InlineData(ClientCertificateMode.NoCertificate, false, false, null)]
    [InlineData(ClientCertificateMode.AllowCertificate, true, false, true)]
    [InlineData(ClientCertificateMode.RequireCertificate, true, false, false)]
    [InlineData(ClientCertificateMode.DelayCertificate, false, true, true)]
    public async Task Clients_are_asked_for_certificates_as_the_mode_says(
        ClientCertificateMode mode, bool isRequired, bool isDelayed, bool? acceptsNone)
    {
        TlsPolicy policy = Prepare(
            endpoint => endpoint.UseHttps(_certificate, options => options.ClientCertificateMode = mode));
        TlsHandshakeContext handshake = FakeHello.Handshake("a.example");
        SslServerAuthenticationOptions offer = await policy.SelectAsync(handshake, CancellationToken.None);
        Assert.Equal(isRequired, offer.ClientCertificateRequired);
        Assert.Equal(isDelayed, handshake.AllowsDelayedClientCertificate);
        RemoteCertificateValidationCallback? validate = offer.RemoteCertificateValidationCallback;
        Assert.Equal(acceptsNone, validate?.Invoke(this, null, null, SslPolicyErrors.RemoteCertificateNotAvailable));
        if (validate is null) return;
        Assert.False(validate(this, _certificate, null, SslPolicyErrors.RemoteCertificateChainErrors));
        Assert.True(validate(this, _certificate, null, SslPolicyErrors.None));
    }

    [Fact]
    public async Task Any_client_certificate_may_be_allowed()
    {
        TlsPolicy policy = Prepare(endpoint => endpoint.UseHttps(_certificate, options =>
        {
            options.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
            options.AllowAnyClientCertificate();
        }));
        RemoteCertificateValidationCallback validate = (await SelectAsync(policy)).RemoteCertificateValidationCallback!;
        Assert.True(validate(this, _certificate, null, SslPolicyErrors.RemoteCertificateChainErrors));
    }

    [Fact]
    public async Task Sessions_are_resumed_because_what_is_made_of_a_certificate_is_made_once()
    {
        TlsPolicy fixedOne = Prepare(endpoint => endpoint.UseHttps(_certificate));
        Assert.Same(
            (await SelectAsync(fixedOne)).ServerCertificateContext,
            (await SelectAsync(fixedOne)).ServerCertificateContext);
        TlsPolicy selected = Prepare(
            endpoint => endpoint.UseHttps(options => options.ServerCertificateSelector = (_, _) => _certificate));
        Assert.Same(
            (await SelectAsync(selected)).ServerCertificateContext,
            (await SelectAsync(selected)).ServerCertificateContext);
    }

    [Fact]
    public async Task A_selector_wins_over_a_certificate_and_may_have_none_or_a_bad_one()
    {
        using X509Certificate2 client = _authority.IssueClient("c");
        TlsPolicy policy = Prepare(endpoint => endpoint.UseHttps(_authority.Issue("b.example"), options =>
            options.ServerCertificateSelector = (_, host) =>
                host == "a.example" ? _certificate : host == "c.example" ? client : null));
        Assert.Equal(_certificate.Thumbprint, ThumbprintOf(await SelectAsync(policy)));
        var none = await Assert.ThrowsAsync<AuthenticationException>(() => SelectAsync(policy, "b.example"));
        Assert.Contains("b.example", none.Message);
        for (int i = 0; i < 3; i++)
            await Assert.ThrowsAsync<AuthenticationException>(() => SelectAsync(policy, "c.example"));
        Assert.Equal([7], _logs.Records.Select(record => record.EventId)); // once, not for each handshake
    }

    [Fact]
    public void Defaults_come_first_and_not_to_whole_options()
    {
        _server.ConfigureHttpsDefaults(options => options.HandshakeTimeout = TimeSpan.FromSeconds(2));
        Assert.Equal(2, Prepare(endpoint => endpoint.UseHttps(_certificate)).HandshakeTimeout.TotalSeconds);
        var whole = new HttpsConnectionAdapterOptions { ServerCertificate = _certificate };
        Assert.Equal(10, Prepare(endpoint => endpoint.UseHttps(whole)).HandshakeTimeout.TotalSeconds);
    }

    [Fact]
    public void Options_that_can_not_be_say_so()
    {
        string Fails(Action<TipiListenOptions> configure) =>
            Assert.Throws<InvalidOperationException>(() => Prepare(configure)).Message;

        using X509Certificate2 bare = X509CertificateLoader.LoadCertificate(_certificate.RawData);
        Assert.Contains("has no private key", Fails(endpoint => endpoint.UseHttps(bare)));
        Assert.Contains("is not for servers", Fails(endpoint => endpoint.UseHttps(_authority.IssueClient("c"))));
        Assert.Contains(
            "Set ServerCertificate or ServerCertificateSelector",
            Fails(endpoint => endpoint.UseHttps(new HttpsConnectionAdapterOptions())));
        Assert.Contains("missing.pfx does not exist. Correct the fileName of UseHttps",
            Fails(endpoint => endpoint.UseHttps("missing.pfx", "pw")));
        Assert.Contains("has no valid server certificate",
            Fails(endpoint => endpoint.UseHttps(StoreName.My, "nobody has this one")));
        Assert.Contains("twice", Fails(endpoint => endpoint.UseHttps(_certificate).UseHttps()));
        Assert.Contains("Use Tls12 and Tls13", Fails(
            endpoint => endpoint.UseHttps(
                _certificate, options => options.SslProtocols = Enum.Parse<SslProtocols>("Ssl2"))));
        Assert.Contains("HTTP/2 requires Tls12", Fails(endpoint =>
        {
            endpoint.Protocols = HttpProtocols.Http2;
#pragma warning disable CA5397, SYSLIB0039 // Old versions are what is tested.
            endpoint.UseHttps(_certificate, options => options.SslProtocols = SslProtocols.Tls11);
#pragma warning restore CA5397, SYSLIB0039
        }));
    }

    [Fact]
    public async Task HTTP_2_is_not_offered_over_old_versions()
    {
        TlsPolicy policy = Prepare(endpoint =>
        {
#pragma warning disable CA5397, SYSLIB0039 // Old versions are what is tested.
            endpoint.UseHttps(_certificate, options => options.SslProtocols = SslProtocols.Tls11);
#pragma warning restore CA5397, SYSLIB0039
        });
        TlsHandshakeContext handshake = FakeHello.Handshake("a.example");
        await policy.SelectAsync(handshake, CancellationToken.None);
        Assert.Equal(HttpProtocols.Http1, handshake.Protocols);
    }

    [Fact]
    public async Task A_changed_file_is_shown_and_a_certificate_that_code_puts_in_its_place_is_not_replaced()
    {
        X509Certificate2 second = _authority.Issue("a.example", "b.example"), other = _authority.Issue("c.example");
        string path = _folder.Write("a.pfx", _authority.ToPfx(_certificate, null));
        TlsPolicy followed = Prepare(endpoint => endpoint.UseHttps(path));
        TlsPolicy replaced = Prepare(
            endpoint => endpoint.UseHttps(path, null, options => options.ServerCertificate = other));
        _folder.Write("a.pfx", _authority.ToPfx(second, null));
        _server.Shared.Part<CertificateBook>().Refresh(_logs.CreateLogger("x"));
        Assert.Equal(second.Thumbprint, ThumbprintOf(await SelectAsync(followed)));
        Assert.Equal(other.Thumbprint, ThumbprintOf(await SelectAsync(replaced)));
    }
}
