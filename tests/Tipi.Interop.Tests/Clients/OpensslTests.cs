using Tipi.Interop.Tests.Sample;
using Tipi.Interop.Tests.Tools;

namespace Tipi.Interop.Tests.Clients;

/// <summary>openssl s_client: what a handshake agrees on.</summary>
public sealed class OpensslTests(SampleFleet fleet)
{
    public static TheoryData<SampleVariant, SampleWire, string, string> Offers
    {
        get
        {
            var rows = new TheoryData<SampleVariant, SampleWire, string, string>();
            foreach (var variant in Enum.GetValues<SampleVariant>())
            {
                rows.Add(variant, SampleWire.Tls, "h2,http/1.1", "ALPN protocol: h2\n");
                rows.Add(variant, SampleWire.Tls, "http/1.1,h2", "ALPN protocol: h2\n");
                rows.Add(variant, SampleWire.Tls, "http/1.1", "ALPN protocol: http/1.1\n");
                rows.Add(variant, SampleWire.Tls, "", "No ALPN negotiated\n");
                rows.Add(variant, SampleWire.TlsHttp1, "h2,http/1.1", "ALPN protocol: http/1.1\n");
            }
            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Offers))]
    public async Task The_protocol_is_chosen(SampleVariant variant, SampleWire wire, string offer, string chosen)
    {
        foreach (var version in new[] { "-tls1_2", "-tls1_3" })
        {
            string[] alpn = offer.Length > 0 ? ["-alpn", offer] : [];
            var run = (await ConnectAsync(variant, wire, [version, .. alpn])).Succeeded();

            Assert.Contains(chosen, run.Text, StringComparison.Ordinal);
            Assert.Contains("Verify return code: 0 (ok)", run.Text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(SampleFleet.All), MemberType = typeof(SampleFleet))]
    public async Task A_version_that_is_out_of_date_is_refused(SampleVariant variant)
    {
        var run = await ConnectAsync(variant, SampleWire.Tls, ["-tls1_1", "-cipher", "DEFAULT:@SECLEVEL=0"]);

        Assert.NotEqual(0, run.ExitCode);
    }

    private async Task<ToolRun> ConnectAsync(SampleVariant variant, SampleWire wire, string[] arguments)
    {
        var address = await fleet.AddressAsync(variant, wire);
        return await Tool.RunAsync("openssl",
        [
            "s_client", "-connect", address.Authority, "-servername", "localhost",
            "-CAfile", SiteCertificates.Shared.AuthorityPath, .. arguments,
        ]);
    }
}
