using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Configuration;
using Tipi.Hosting.Configuration;
using Tipi.Hosting.Tests.Tls;
using Tipi.Hosting.Tls;

namespace Tipi.Hosting.Tests.Configuration;

public sealed class TlsSettingsTests : IDisposable
{
    private readonly TestAuthority _authority = new();
    private readonly TestFolder _folder = new();
    private readonly LogRecorder _logs = new();

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Dispose();
    }

    private static Dictionary<string, string?> Endpoint(params (string Key, string? Value)[] settings)
    {
        var all = new Dictionary<string, string?> { ["Endpoints:A:Url"] = "https://127.0.0.1:0" };
        foreach ((string key, string? value) in settings) all[key] = value;
        return all;
    }

    private static TipiConfigurationLoader Load(
        Dictionary<string, string?> settings, TipiServerOptions? options = null)
    {
        options ??= new TipiServerOptions();
        options.ReadConfiguration = ConfigurationReading.Read;
        return options.Configure(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
    }

    private static IReadOnlyList<TipiListenOptions> Endpoints(TipiConfigurationLoader loader) =>
        ConfigurationReading.Of(loader.Options)!.MakeEndpoints();

    private TlsPolicy Prepare(Dictionary<string, string?> settings, TipiServerOptions? options = null)
    {
        TipiListenOptions endpoint = Assert.Single(Endpoints(Load(settings, options)));
        Assert.StartsWith("https://", $"{endpoint}");
        var gate = Assert.IsType<TlsGate>(endpoint.Tls);
        gate.Prepare(_logs.CreateLogger("x"));
        return gate.Policy;
    }

    private (X509Certificate2 Certificate, string Path) Write(string host)
    {
        X509Certificate2 certificate = _authority.Issue(host);
        return (certificate, _folder.Write($"{host.Replace('*', '_')}.pfx", _authority.ToPfx(certificate, "pw")));
    }

    private static async Task<(string Thumbprint, TlsHandshakeContext Handshake, SslServerAuthenticationOptions Offer)>
        SelectAsync(TlsPolicy policy, string? host)
    {
        TlsHandshakeContext handshake = FakeHello.Handshake(host);
        SslServerAuthenticationOptions offer = await policy.SelectAsync(handshake, CancellationToken.None);
        return (offer.ServerCertificateContext!.TargetCertificate.Thumbprint, handshake, offer);
    }

    [Fact]
    public async Task An_endpoint_has_a_certificate_versions_and_a_mode()
    {
        (X509Certificate2 certificate, string path) = Write("a.example");
        TlsPolicy policy = Prepare(Endpoint(
            ("Endpoints:A:Certificate:Path", path), ("Endpoints:A:Certificate:Password", "pw"),
            ("Endpoints:A:SslProtocols:0", "Tls12"), ("Endpoints:A:SslProtocols:1", "tls13"),
            ("Endpoints:A:ClientCertificateMode", "RequireCertificate"),
            ("EndpointDefaults:ClientCertificateMode", "AllowCertificate")));
        var (thumbprint, _, offer) = await SelectAsync(policy, null);
        Assert.Equal(certificate.Thumbprint, thumbprint);
        Assert.Equal(SslProtocols.Tls12 | SslProtocols.Tls13, offer.EnabledSslProtocols);
        Assert.False(offer.RemoteCertificateValidationCallback!(this, null, null, SslPolicyErrors.None));
    }

    [Fact]
    public async Task Defaults_of_configuration_come_before_those_of_code()
    {
        (_, string path) = Write("a.example");
        var settings = Endpoint(
            ("Certificates:Default:Path", path), ("Certificates:Default:Password", "pw"),
            ("EndpointDefaults:SslProtocols:0", "Tls13"),
            ("EndpointDefaults:ClientCertificateMode", "DelayCertificate"));
        var options = new TipiServerOptions();
        options.ConfigureHttpsDefaults(https =>
        {
            Assert.Equal(SslProtocols.Tls13, https.SslProtocols);
            https.HandshakeTimeout = TimeSpan.FromSeconds(7);
        });
        TlsPolicy policy = Prepare(settings, options);
        Assert.Equal(7, policy.HandshakeTimeout.TotalSeconds);
        var (_, handshake, offer) = await SelectAsync(policy, null);
        Assert.Equal(SslProtocols.Tls13, offer.EnabledSslProtocols);
        Assert.True(handshake.AllowsDelayedClientCertificate);
    }

    [Fact]
    public async Task Host_names_have_certificates_protocols_versions_and_modes_of_their_own()
    {
        (X509Certificate2 exact, string exactPath) = Write("www.example.com");
        (X509Certificate2 below, string belowPath) = Write("*.example.com");
        (X509Certificate2 other, string otherPath) = Write("other.example");
        TlsPolicy policy = Prepare(Endpoint(
            ("Endpoints:A:Certificate:Path", otherPath), ("Endpoints:A:Certificate:Password", "pw"),
            ("Endpoints:A:Sni:www.example.com:Certificate:Path", exactPath),
            ("Endpoints:A:Sni:www.example.com:Certificate:Password", "pw"),
            ("Endpoints:A:Sni:www.example.com:Protocols", "Http1"),
            ("Endpoints:A:Sni:www.example.com:SslProtocols:0", "Tls13"),
            ("Endpoints:A:Sni:*.example.com:Certificate:Path", belowPath),
            ("Endpoints:A:Sni:*.example.com:Certificate:Password", "pw"),
            ("Endpoints:A:Sni:*.example.com:ClientCertificateMode", "RequireCertificate"),
            ("Endpoints:A:Sni:*.example.com:Protocols", "Http2"),
            ("Endpoints:A:Sni:plain.example:SslProtocols", "Tls12")));
        var (thumbprint, handshake, offer) = await SelectAsync(policy, "WWW.example.com");
        Assert.Equal(exact.Thumbprint, thumbprint);
        Assert.Equal(HttpProtocols.Http1, handshake.Protocols);
        Assert.Equal(SslProtocols.Tls13, offer.EnabledSslProtocols);
        Assert.False(offer.ClientCertificateRequired);
        (thumbprint, handshake, offer) = await SelectAsync(policy, "a.b.example.com");
        Assert.Equal(below.Thumbprint, thumbprint);
        Assert.Equal(HttpProtocols.Http2, handshake.Protocols);
        Assert.True(offer.ClientCertificateRequired);
        (thumbprint, handshake, offer) = await SelectAsync(policy, "plain.example");
        Assert.Equal(other.Thumbprint, thumbprint);
        Assert.Equal(HttpProtocols.Http1AndHttp2, handshake.Protocols);
        Assert.Equal(SslProtocols.Tls12, offer.EnabledSslProtocols);
        var unknown = await Assert.ThrowsAsync<AuthenticationException>(() => SelectAsync(policy, "b.example"));
        Assert.Contains("no entry for \"b.example\"", unknown.Message);
        var none = await Assert.ThrowsAsync<AuthenticationException>(() => SelectAsync(policy, null));
        Assert.Contains("sent no host name", none.Message);
    }

    [Fact]
    public async Task A_name_s_own_certificate_goes_before_a_selector_and_that_before_the_endpoint_s()
    {
        (X509Certificate2 own, string path) = Write("own.example");
        X509Certificate2 selected = _authority.Issue("selected.example");
        var options = new TipiServerOptions();
        options.ConfigureHttpsDefaults(https => https.ServerCertificateSelector = (_, _) => selected);
        TlsPolicy policy = Prepare(
            Endpoint(
                ("Endpoints:A:Certificate:Path", path), ("Endpoints:A:Certificate:Password", "pw"),
                ("Endpoints:A:Sni:own.example:Certificate:Path", path),
                ("Endpoints:A:Sni:own.example:Certificate:Password", "pw"),
                ("Endpoints:A:Sni:*:Protocols", "Http1")),
            options);
        Assert.Equal(own.Thumbprint, (await SelectAsync(policy, "own.example")).Thumbprint);
        Assert.Equal(selected.Thumbprint, (await SelectAsync(policy, "selected.example")).Thumbprint);
    }

    [Fact]
    public async Task Code_sees_what_configuration_says_and_has_the_last_word()
    {
        (X509Certificate2 configured, string path) = Write("a.example");
        X509Certificate2 coded = _authority.Issue("b.example");
        var settings = Endpoint(
            ("Endpoints:A:Certificate:Path", path), ("Endpoints:A:Certificate:Password", "pw"),
            ("Endpoints:B:Url", "http://127.0.0.1:0"));
        TipiConfigurationLoader loader = Load(settings)
            .Endpoint("a", endpoint =>
            {
                Assert.True(endpoint.IsHttps);
                Assert.Equal(configured.Thumbprint, endpoint.HttpsOptions.ServerCertificate!.Thumbprint);
                endpoint.HttpsOptions.ServerCertificate = coded;
                endpoint.HttpsOptions.ClientCertificateMode = ClientCertificateMode.DelayCertificate;
            })
            .Endpoint("b", endpoint => Assert.False(endpoint.IsHttps));
        IReadOnlyList<TipiListenOptions> endpoints = Endpoints(loader);
        Assert.Null(endpoints[1].Tls);
        endpoints[0].Tls!.Prepare(_logs.CreateLogger("x"));
        var (thumbprint, handshake, _) = await SelectAsync(((TlsGate)endpoints[0].Tls!).Policy, null);
        Assert.Equal(coded.Thumbprint, thumbprint);
        Assert.True(handshake.AllowsDelayedClientCertificate);
    }

    [Fact]
    public void UseHttps_in_code_or_in_the_defaults_goes_before_configuration()
    {
        X509Certificate2 coded = _authority.Issue("b.example");
        var options = new TipiServerOptions();
        options.ConfigureEndpointDefaults(endpoint => endpoint.UseHttps(coded));
        TipiListenOptions made = Assert.Single(Endpoints(Load(Endpoint(), options)));
        made.Tls!.Prepare(_logs.CreateLogger("x"));
    }

    [Theory]
    [InlineData("Endpoints:A:SslProtocols:0", "Tls14", "Endpoints:A:SslProtocols:0 is \"Tls14\"; it must be")]
    [InlineData("Endpoints:A:SslProtocols:0", "Ssl3", "it must be a list of Tls12 and Tls13")]
    [InlineData("EndpointDefaults:SslProtocols", "12", "EndpointDefaults:SslProtocols is \"12\"")]
    [InlineData("Endpoints:A:ClientCertificateMode", "Perhaps", "it must be one of NoCertificate, AllowCertificate")]
    [InlineData("Endpoints:A:Certificate:Path", "missing.pfx", "not exist. Correct Endpoints:A:Certificate:Path")]
    [InlineData("Endpoints:A:Certificate:Subject", "a.example", "A:Certificate has both a Path and a Subject")]
    [InlineData("Endpoints:A:Certificate:Password", "wrong", "is wrong. Correct Endpoints:A:Certificate:Password")]
    [InlineData("Endpoints:A:Certificate:Password", null, "requires a password. Set Endpoints:A:Certificate:Password")]
    [InlineData("Endpoints:A:Sni:a.example:Certificate:KeyPath", "k", "neither a Path nor a Subject")]
    [InlineData("Endpoints:A:Sni:a.example:Certificate:Path", "nope", "Endpoints:A:Sni:a.example:Certificate:Path")]
    [InlineData("Endpoints:A:Sni:a.*.example:Protocols", "Http1", "Sni:a.*.example: \"a.*.example\" must be")]
    [InlineData("Endpoints:A:Sni:a.example:Protocols", "Http9", "it must be one or more of None, Http1")]
    [InlineData("Endpoints:A:Sni:a.example:Protocols", "None", "no protocol can be used")]
    [InlineData("Certificates:Default:Path", "missing.pfx", "does not exist. Correct Certificates:Default:Path")]
    [InlineData("Certificates:Default:Subject", "nobody", "Certificates:Default: The store CurrentUser/My has")]
    public void A_wrong_value_names_its_key_and_what_to_do(string key, string? value, string reason)
    {
        (_, string path) = Write("a.example");
        Dictionary<string, string?> settings = Endpoint(
            ("Endpoints:A:Certificate:Path", path), ("Endpoints:A:Certificate:Password", "pw"), (key, value));
        var error = Assert.Throws<InvalidOperationException>(() => Prepare(settings));
        Assert.Contains(reason, error.Message);
    }
}
