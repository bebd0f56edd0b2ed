using Tipi.Interop.Tests.Sample;
using Tipi.Interop.Tests.Tools;

namespace Tipi.Interop.Tests.Clients;

/// <summary>
/// Certificates of the server and of clients, as configuration gives them and curl and OpenSSL see them.
/// </summary>
public sealed class CertificateTests
{
    private static readonly SiteCertificates s_certificates = SiteCertificates.Shared;

    private static readonly string[] s_site =
    [
        $"--Kestrel:Endpoints:Site:Sni:localhost:Certificate:Path={s_certificates.SitePath}",
        $"--Kestrel:Endpoints:Site:Sni:localhost:Certificate:KeyPath={s_certificates.SiteKeyPath}",
    ];

    [Theory]
    [MemberData(nameof(SampleFleet.All), MemberType = typeof(SampleFleet))]
    public async Task A_name_without_a_certificate_is_refused(SampleVariant variant)
    {
        await using SampleProcess sample = await StartAsync(variant, s_site);
        Assert.Equal("Healthy", (await CurlAsync(sample, "localhost")).Succeeded().Text);
        Assert.Equal(35, (await CurlAsync(sample, "other.test")).ExitCode); // CURLE_SSL_CONNECT_ERROR
    }

    [Theory]
    [MemberData(nameof(SampleFleet.All), MemberType = typeof(SampleFleet))]
    public async Task A_client_without_a_certificate_is_refused_where_one_is_required(SampleVariant variant)
    {
        string[] settings = [.. s_site, "--Kestrel:Endpoints:Site:ClientCertificateMode=RequireCertificate"];
        await using SampleProcess sample = await StartAsync(variant, settings);
        string[] own = ["--cert", s_certificates.ClientPath, "--key", s_certificates.ClientKeyPath];
        Assert.Equal("Healthy", (await CurlAsync(sample, "localhost", own)).Succeeded().Text);
        Assert.NotEqual(0, (await CurlAsync(sample, "localhost")).ExitCode);
    }

    [Theory]
    [InlineData(SampleVariant.TipiUring, "-tls1_2")]
    [InlineData(SampleVariant.TipiUring, "-tls1_3")]
    [InlineData(SampleVariant.TipiSockets, "-tls1_2")]
    [InlineData(SampleVariant.TipiSockets, "-tls1_3")]
    public async Task A_session_is_resumed(SampleVariant variant, string version)
    {
        await using SampleProcess sample = await StartAsync(variant, s_site);
        string session = Path.GetTempFileName();
        try
        {
            Assert.Contains("\nNew, TLSv1", (await OpenSslAsync(sample, version, "-sess_out", session)).Text);
            Assert.Contains("\nReused, TLSv1", (await OpenSslAsync(sample, version, "-sess_in", session)).Text);
        }
        finally
        {
            File.Delete(session);
        }
    }

    private static Task<SampleProcess> StartAsync(SampleVariant variant, string[] settings) => SampleProcess.StartAsync(
        variant, "http://127.0.0.1:0", ["--Kestrel:Endpoints:Site:Url=https://127.0.0.1:0", .. settings],
        new() { ["SSL_CERT_FILE"] = s_certificates.AuthorityPath });

    private static string[] Resolve(SampleProcess sample, string host) =>
        ["--resolve", $"{host}:{sample.Address.Port}:127.0.0.1"];

    private static Task<ToolRun> CurlAsync(SampleProcess sample, string host, params string[] more) => Tool.RunAsync(
        "curl",
        ["-sS", "--http1.1", "--cacert", s_certificates.AuthorityPath, .. Resolve(sample, host), .. more,
            $"https://{host}:{sample.Address.Port}/health"]);

    private static async Task<ToolRun> OpenSslAsync(SampleProcess sample, params string[] more) =>
        // Its input ends at once; what the server sends until then has the ticket.
        (await Tool.RunAsync(
            "sh", "-c",
            "(printf 'GET /health HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n'; sleep 2) | "
                + $"openssl s_client -ign_eof -connect 127.0.0.1:{sample.Address.Port} -servername localhost "
                + string.Join(' ', more))).Succeeded();
}
