using Tipi.Interop.Tests.Sample;
using Tipi.Interop.Tests.Tools;

namespace Tipi.Interop.Tests.Clients;

/// <summary>curl, by each of the ways in which it comes to a version of HTTP.</summary>
public sealed class CurlVersionsTests(SampleFleet fleet)
{
    private const string Went = "%{http_version} %{num_connects}\\n";

    public static TheoryData<SampleVariant, SampleWire, string, string> Ways
    {
        get
        {
            var rows = new TheoryData<SampleVariant, SampleWire, string, string>();
            foreach (var variant in Enum.GetValues<SampleVariant>())
            {
                rows.Add(variant, SampleWire.Tls, "--http1.1", "1.1");
                rows.Add(variant, SampleWire.Tls, "--http2", "2");
                rows.Add(variant, SampleWire.Tls, "--no-alpn", "1.1");
                rows.Add(variant, SampleWire.TlsHttp1, "--http2", "1.1");
            }
            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Gets_one_after_another_on_one_connection(
        SampleVariant variant, SampleWire wire, string way, string version)
    {
        string[] paths = ["todos", "site.css", "nowhere", "files/stream/300000", "health"];

        var run = await CurlAsync(variant, wire,
            [way, .. paths.SelectMany(_ => ToNowhere), "-w", Went, .. paths.Select(path => "{0}" + path)]);

        var later = string.Concat(Enumerable.Repeat($"{version} 0\n", paths.Length - 1));
        Assert.Equal($"{version} 1\n{later}", run.Text);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Posts_and_gets_the_same_back(SampleVariant variant, SampleWire wire, string way, string version)
    {
        using var file = new RandomFile(3_000_000);

        var run = await CurlAsync(variant, wire,
            [way, "--data-binary", $"@{file.Path}", "-w", Went, "-o", $"{file.Path}.back", "{0}files/echo"]);

        try
        {
            Assert.Equal($"{version} 1\n", run.Text);
            Assert.True(File.ReadAllBytes(file.Path).AsSpan().SequenceEqual(File.ReadAllBytes($"{file.Path}.back")));
        }
        finally
        {
            File.Delete($"{file.Path}.back");
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Uploads_and_downloads_slowly(SampleVariant variant, SampleWire wire, string way, string version)
    {
        using var file = new RandomFile(1_000_000);

        var up = await CurlAsync(variant, wire, [way, "--limit-rate", "2M", "-T", file.Path, "{0}files/raw/slow"]);
        var down = await CurlAsync(variant, wire,
        [
            way, "--limit-rate", "4M", "-o", "/dev/null", "-w", "%{http_version} %{size_download}",
            "{0}files/stream/4000000",
        ]);

        Assert.Contains(file.Sha256, up.Text, StringComparison.Ordinal);
        Assert.Equal($"{version} 4000000", down.Text);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Many_at_once(SampleVariant variant, SampleWire wire, string way, string version)
    {
        var run = await CurlAsync(variant, wire,
        [
            way, "-Z", "--parallel-max", "50", "-w", "%{http_version} %{size_download}\\n", "-o", "/dev/null",
            "{0}files/stream/100000?[1-200]",
        ]);

        Assert.Equal(200, run.Text.Split($"{version} 100000\n").Length - 1);
    }

    // One request: some versions of curl lose a connection like this when they use it again.
    [Theory]
    [MemberData(nameof(SampleFleet.Http2InClear), MemberType = typeof(SampleFleet))]
    public async Task Comes_to_HTTP_2_without_TLS(SampleVariant variant)
    {
        foreach (var way in new[] { "--http2-prior-knowledge", "--http2" })
        {
            var run = await CurlAsync(variant, SampleWire.Clear, [way, "-w", "\n%{http_version}", "{0}health"]);

            Assert.Equal("Healthy\n2", run.Text);
        }
    }

    private static readonly string[] ToNowhere = ["-o", "/dev/null"];

    /// <summary>Runs curl on the arguments, with {0} as the address of the sample.</summary>
    private async Task<ToolRun> CurlAsync(SampleVariant variant, SampleWire wire, string[] arguments)
    {
        Tool.Require("curl");
        var address = (await fleet.AddressAsync(variant, wire)).ToString();
        var filled = arguments.Select(argument => argument.Replace("{0}", address, StringComparison.Ordinal));
        return (await Tool.RunAsync("curl", ["-sS", "--cacert", SiteCertificates.Shared.AuthorityPath, .. filled]))
            .Succeeded();
    }
}
