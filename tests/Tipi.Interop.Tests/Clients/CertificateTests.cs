using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
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

    /// <summary>As <c>dotnet dev-certs</c> leaves it, in a home of its own.</summary>
    [Theory]
    [MemberData(nameof(SampleFleet.All), MemberType = typeof(SampleFleet))]
    public async Task The_development_certificate_is_found(SampleVariant variant)
    {
        using var home = new DevelopmentHome();
        await using SampleProcess sample = await SampleProcess.StartAsync(
            variant, "https://127.0.0.1:0", [], new() { ["HOME"] = home.Path });
        string shown = (await Tool.RunAsync(
            "curl", ["-sS", "--cacert", home.CertificatePath, .. Resolve(sample, "localhost"),
                $"https://localhost:{sample.Address.Port}/health"])).Succeeded().Text;
        Assert.Equal("Healthy", shown);
    }

    [Theory]
    [MemberData(nameof(SampleFleet.All), MemberType = typeof(SampleFleet))]
    public async Task Without_any_certificate_the_start_says_how_to_make_one(SampleVariant variant)
    {
        using var home = new DevelopmentHome(isEmpty: true);
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => SampleProcess.StartAsync(
            variant, "https://127.0.0.1:0", [], new() { ["HOME"] = home.Path }));
        Assert.Contains("'dotnet dev-certs https'", error.Message);
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

    private sealed class DevelopmentHome : IDisposable
    {
        private const string Mark = "1.3.6.1.4.1.311.84.1.1";

        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tipi-home-");

        internal DevelopmentHome(bool isEmpty = false)
        {
            if (isEmpty) return;
            using var key = RSA.Create(2048);
            var request = new CertificateRequest(
                "CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName("localhost");
            request.CertificateExtensions.Add(names.Build());
            request.CertificateExtensions.Add(
                new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: true));
            request.CertificateExtensions.Add(new X509Extension(Mark, [4], critical: false));
            using X509Certificate2 made =
                request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
            string store = System.IO.Path.Combine(Path, ".dotnet/corefx/cryptography/x509stores/my");
            Directory.CreateDirectory(store);
            string file = System.IO.Path.Combine(store, $"{made.Thumbprint}.pfx");
            File.WriteAllBytes(file, made.Export(X509ContentType.Pkcs12));
            // The store refuses files that others may read.
            const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, OwnerOnly);
            File.WriteAllText(CertificatePath, made.ExportCertificatePem());
        }

        internal string Path => _folder.FullName;

        internal string CertificatePath => System.IO.Path.Combine(Path, "localhost.pem");

        public void Dispose() => _folder.Delete(recursive: true);
    }
}
