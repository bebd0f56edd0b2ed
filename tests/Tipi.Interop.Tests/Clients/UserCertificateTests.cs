using System.Security.Cryptography.X509Certificates;
using Tipi.Interop.Tests.Sample;
using Tipi.Interop.Tests.Tools;

namespace Tipi.Interop.Tests.Clients;

/// <summary>Certificates of the user that runs the server: of the store, and for development.</summary>
public sealed class UserCertificateTests
{
    private const string Password = "ASPNETCORE_Kestrel__Certificates__Development__Password";

    /// <summary>As <c>dotnet dev-certs</c> leaves it.</summary>
    [Theory]
    [MemberData(nameof(SampleFleet.All), MemberType = typeof(SampleFleet))]
    public async Task The_development_certificate_is_found(SampleVariant variant)
    {
        using var home = new CertificateHome();
        using X509Certificate2 certificate = CertificateHome.Make("localhost", isDevelopment: true);
        home.Import(certificate);
        await using SampleProcess sample = await StartAsync(variant, home, []);
        await AssertShownAsync(sample, home, certificate);
    }

    /// <summary>As it is mounted into a container; it goes before the store's.</summary>
    [Theory]
    [MemberData(nameof(SampleFleet.All), MemberType = typeof(SampleFleet))]
    public async Task The_development_certificate_of_a_file_is_found_with_its_password(SampleVariant variant)
    {
        using var home = new CertificateHome();
        using X509Certificate2 stored = CertificateHome.Make("localhost", days: 2, isDevelopment: true);
        using X509Certificate2 mounted = CertificateHome.Make("localhost", isDevelopment: true);
        home.Import(stored);
        home.Export(mounted, "MinimalApi", "secret");
        await using (SampleProcess sample = await StartAsync(variant, home, [], (Password, "secret")))
            await AssertShownAsync(sample, home, mounted);
        await using (SampleProcess sample = await StartAsync(variant, home, []))
            await AssertShownAsync(sample, home, stored);
        await using (SampleProcess sample = await StartAsync(variant, home, [], (Password, "wrong")))
            await AssertShownAsync(sample, home, stored);
    }

    [Theory]
    [MemberData(nameof(SampleFleet.All), MemberType = typeof(SampleFleet))]
    public async Task Without_any_certificate_the_start_says_how_to_make_one(SampleVariant variant)
    {
        using var home = new CertificateHome();
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(variant, home, []));
        Assert.Contains("'dotnet dev-certs https'", error.Message);
    }

    /// <summary>Of several with the subject, the one that is valid the longest.</summary>
    [Theory]
    [MemberData(nameof(SampleFleet.All), MemberType = typeof(SampleFleet))]
    public async Task A_certificate_of_the_store_is_found_by_its_subject(SampleVariant variant)
    {
        using var home = new CertificateHome();
        using X509Certificate2 shorter = CertificateHome.Make("site.example", days: 3);
        using X509Certificate2 longer = CertificateHome.Make("site.example", days: 5);
        using X509Certificate2 other = CertificateHome.Make("other", days: 7);
        foreach (X509Certificate2 one in (X509Certificate2[])[shorter, longer, other]) home.Import(one);
        string[] settings = [.. InStore("site.example"), "--Kestrel:Certificates:Default:AllowInvalid=true"];
        await using (SampleProcess sample = await StartAsync(variant, home, settings))
            await AssertShownAsync(sample, home, longer);

        // One that the machine trusts needs no leave.
        await using (SampleProcess sample = await StartAsync(
            variant, home, InStore("site.example"), ("SSL_CERT_FILE", home.Write(shorter))))
            await AssertShownAsync(sample, home, shorter);
    }

    [Theory]
    [MemberData(nameof(SampleFleet.All), MemberType = typeof(SampleFleet))]
    public async Task One_that_is_not_valid_is_taken_only_where_that_is_allowed(SampleVariant variant)
    {
        using var home = new CertificateHome();
        using X509Certificate2 certificate = CertificateHome.Make("site.example", days: -1);
        home.Import(certificate);
        string[] allowed = [.. InStore("site.example"), "--Kestrel:Certificates:Default:AllowInvalid=true"];
        await using (SampleProcess sample = await StartAsync(variant, home, allowed))
        {
            // It has expired: no client but one that does not look takes it.
            string[] seen = ["-sS", "--insecure", $"https://localhost:{sample.Address.Port}/health"];
            Assert.Equal("Healthy", (await Tool.RunAsync("curl", seen)).Succeeded().Text);
        }
        var error = await Assert.ThrowsAsync<InvalidOperationException>(
            () => StartAsync(variant, home, InStore("site.example")));
        Assert.Contains("site.example", error.Message, StringComparison.Ordinal);
        if (variant is SampleVariant.TipiUring or SampleVariant.TipiSockets)
            Assert.Contains("AllowInvalid", error.Message, StringComparison.Ordinal);
    }

    private static string[] InStore(string subject) =>
    [
        $"--Kestrel:Certificates:Default:Subject={subject}", "--Kestrel:Certificates:Default:Store=My",
        "--Kestrel:Certificates:Default:Location=CurrentUser",
    ];

    private static Task<SampleProcess> StartAsync(
        SampleVariant variant, CertificateHome home, string[] settings, params (string, string)[] environment) =>
        SampleProcess.StartAsync(
            variant, "https://127.0.0.1:0", settings,
            new(environment.Append(("HOME", home.Path)).Select(one => KeyValuePair.Create(one.Item1, one.Item2))));

    /// <summary>A client that trusts this certificate alone is served.</summary>
    private static async Task AssertShownAsync(
        SampleProcess sample, CertificateHome home, X509Certificate2 certificate)
    {
        ToolRun run = await Tool.RunAsync(
            "curl",
            ["-sS", "--cacert", home.Write(certificate), "--resolve", $"localhost:{sample.Address.Port}:127.0.0.1",
                $"https://localhost:{sample.Address.Port}/health"]);
        Assert.Equal("Healthy", run.Succeeded().Text);
    }
}
