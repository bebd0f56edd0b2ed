using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Tipi.Hosting.Tests.Server;
using Tipi.Hosting.Tests.Tls;

namespace Tipi.Hosting.Tests.Kestrel;

/// <summary>A protection that Kestrel was told of holds, wherever it was told.</summary>
public sealed class KestrelHttpsTests
{
    private static readonly X509Certificate2 s_known = TestPolicy.MakeCertificate("known");
    private static readonly X509Certificate2 s_other = TestPolicy.MakeCertificate("other");

    private static readonly TipiTransport[] s_transports = [TipiTransport.Sockets, TipiTransport.Uring];

    /// <summary>One of each kind: the transport does not see who said what.</summary>
    private static readonly HttpsShape[] s_onRings =
        [HttpsShape.DefaultsForUrls, HttpsShape.Listen, HttpsShape.Callback];

    public static TheoryData<TipiTransport, HttpsShape> Shapes => ToData(Enum.GetValues<HttpsShape>());

    /// <summary>Those that have a mode which asks later.</summary>
    public static TheoryData<TipiTransport, HttpsShape> DelayingShapes =>
        ToData([.. Enum.GetValues<HttpsShape>().Where(shape => shape != HttpsShape.Selection)]);

    [Theory, MemberData(nameof(Shapes))]
    public async Task Nobody_comes_in_without_the_certificate_that_is_required(
        TipiTransport transport, HttpsShape shape)
    {
        await using ToldApp app = await HttpsTelling.StartAsync(transport, shape, Ask(
            ClientCertificateMode.RequireCertificate));
        foreach (Version version in (Version[])[HttpVersion.Version11, HttpVersion.Version20])
        {
            string spoken = version.Major == 1 ? "HTTP/1.1" : "HTTP/2";
            Assert.Equal($"{spoken} CN=known", await AskAsync(app, version, s_known));
            await Assert.ThrowsAsync<HttpRequestException>(() => AskAsync(app, version, own: null));
            await Assert.ThrowsAsync<HttpRequestException>(() => AskAsync(app, version, s_other));
        }
    }

    [Theory, MemberData(nameof(Shapes))]
    public async Task A_certificate_that_is_allowed_is_still_validated(TipiTransport transport, HttpsShape shape)
    {
        await using ToldApp app = await HttpsTelling.StartAsync(transport, shape, Ask(
            ClientCertificateMode.AllowCertificate));
        Assert.EndsWith(" CN=known", await AskAsync(app, HttpVersion.Version11, s_known));
        Assert.EndsWith(" nobody", await AskAsync(app, HttpVersion.Version11, own: null));
        await Assert.ThrowsAsync<HttpRequestException>(() => AskAsync(app, HttpVersion.Version11, s_other));
    }

    [Theory, MemberData(nameof(DelayingShapes))]
    public async Task A_certificate_can_be_asked_for_later(TipiTransport transport, HttpsShape shape)
    {
        await using ToldApp app = await HttpsTelling.StartAsync(
            transport, shape, Ask(ClientCertificateMode.DelayCertificate),
            static async context =>
            {
                string before = context.Connection.ClientCertificate?.Subject ?? "nobody";
                string after = (await context.Connection.GetClientCertificateAsync())?.Subject ?? "nobody";
                await context.Response.WriteAsync($"{before} {after}");
            });
        Assert.Equal("nobody CN=known", await AskAsync(app, HttpVersion.Version11, s_known, SslProtocols.Tls12));
        Assert.Equal("nobody nobody", await AskAsync(app, HttpVersion.Version11, null, SslProtocols.Tls12));
    }

    [Theory, MemberData(nameof(Shapes))]
    public async Task Versions_of_TLS_hold(TipiTransport transport, HttpsShape shape)
    {
        await using ToldApp app = await HttpsTelling.StartAsync(
            transport, shape, options => options.SslProtocols = SslProtocols.Tls13);
        Assert.EndsWith(" nobody", await AskAsync(app, HttpVersion.Version11, null, SslProtocols.Tls13));
        await Assert.ThrowsAsync<HttpRequestException>(
            () => AskAsync(app, HttpVersion.Version11, null, SslProtocols.Tls12));
    }

    [Theory, OnEachTransport]
    public async Task Functions_of_the_defaults_are_called(TipiTransport transport)
    {
        var selected = new List<string?>();
        int authenticated = 0;
        await using ToldApp app = await HttpsTelling.StartAsync(
            transport, HttpsShape.DefaultsForUrls, options =>
            {
                options.ServerCertificateSelector = (_, name) =>
                {
                    selected.Add(name);
                    return TestPolicy.Certificate;
                };
                options.OnAuthenticate = (_, offer) =>
                {
                    Interlocked.Increment(ref authenticated);
                    offer.ClientCertificateRequired = true;
                    offer.RemoteCertificateValidationCallback = static (_, certificate, _, _) =>
                        certificate?.Equals(s_known) == true;
                };
            });
        Assert.EndsWith(" CN=known", await AskAsync(app, HttpVersion.Version11, s_known));
        Assert.Equal(["localhost"], selected);
        Assert.Equal(1, authenticated);
        await Assert.ThrowsAsync<HttpRequestException>(() => AskAsync(app, HttpVersion.Version11, s_other));
        await Assert.ThrowsAsync<HttpRequestException>(() => AskAsync(app, HttpVersion.Version11, own: null));
    }

    [Fact]
    public async Task What_code_tells_Tipi_of_all_endpoints_comes_after_it()
    {
        await using ToldApp app = await ToldApp.StartAsync(
            TipiTransport.Sockets,
            told => told.ConfigureHttpsDefaults(Ask(ClientCertificateMode.RequireCertificate)),
            tipi: options =>
            {
                options.ConfigureHttpsDefaults(
                    https => https.ClientCertificateMode = ClientCertificateMode.AllowCertificate);
                options.Listen(IPAddress.Loopback, 0, endpoint => endpoint.UseHttps(TestPolicy.Certificate));
            });
        Assert.EndsWith(" nobody", await AskAsync(app, HttpVersion.Version11, own: null));
        await Assert.ThrowsAsync<HttpRequestException>(() => AskAsync(app, HttpVersion.Version11, s_other));
        Assert.Contains("ConfigureHttpsDefaults", app.TakenOverText);
    }

    [Fact]
    public async Task UseHttps_twice_stops_the_start()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => ToldApp.StartAsync(
            TipiTransport.Sockets,
            told =>
            {
                told.ConfigureEndpointDefaults(endpoint => endpoint.UseHttps(s_known));
                told.Listen(IPAddress.Loopback, 0, endpoint => endpoint.UseHttps(TestPolicy.Certificate));
            }));
        Assert.Contains(
            "UseHttps was called for Kestrel more than once, by Tipi.Hosting.Tests.Kestrel.KestrelHttpsTests "
            + "(Tipi.Hosting.Tests)", error.Message);
        Assert.Contains("UseTipi", error.Message);
    }

    private static Action<HttpsConnectionAdapterOptions> Ask(ClientCertificateMode mode) => options =>
    {
        options.ClientCertificateMode = mode;
        options.ClientCertificateValidation = static (certificate, _, _) => certificate.Equals(s_known);
    };

    private static async Task<string> AskAsync(
        ToldApp app, Version version, X509Certificate2? own, SslProtocols protocols = SslProtocols.None)
    {
        using var handler = new SocketsHttpHandler();
        handler.SslOptions = new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            EnabledSslProtocols = protocols,
            AllowTlsResume = false,
            AllowRenegotiation = true,
            ClientCertificates = own is null ? null : [own],
            LocalCertificateSelectionCallback = own is null ? null : (_, _, _, _, _) => own,
            RemoteCertificateValidationCallback = static (_, certificate, _, _) =>
                certificate?.Equals(TestPolicy.Certificate) == true,
        };
        using var client = new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(60) };
        using var request = new HttpRequestMessage(HttpMethod.Get, $"https://127.0.0.1:{app.Port}/");
        request.Headers.Host = "localhost"; // the name that the client says
        request.Version = version;
        request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
        using HttpResponseMessage answer = await client.SendAsync(request);
        return await answer.Content.ReadAsStringAsync();
    }

    private static TheoryData<TipiTransport, HttpsShape> ToData(HttpsShape[] shapes)
    {
        var data = new TheoryData<TipiTransport, HttpsShape>();
        foreach (TipiTransport transport in s_transports)
            foreach (HttpsShape shape in shapes)
                if (transport == TipiTransport.Sockets || s_onRings.Contains(shape)) data.Add(transport, shape);
        return data;
    }
}
