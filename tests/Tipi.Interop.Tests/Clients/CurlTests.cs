using System.Security.Cryptography;
using System.Text.Json;
using Tipi.Interop.Tests.Sample;
using Tipi.Interop.Tests.Tools;

namespace Tipi.Interop.Tests.Clients;

/// <summary>curl, a client that nobody here has written.</summary>
public sealed class CurlTests(SampleFleet fleet)
{
    [Theory]
    [MemberData(nameof(SampleFleet.All), MemberType = typeof(SampleFleet))]
    public async Task Gets_over_HTTP_1_1(SampleVariant variant)
    {
        var run = await CurlAsync(variant, ["--http1.1", "-i", "{0}/health"]);

        Assert.StartsWith("HTTP/1.1 200 OK\r\n", run.Text, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\nHealthy", run.Text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(SampleFleet.All), MemberType = typeof(SampleFleet))]
    public async Task Gets_over_HTTP_1_0_and_is_let_go(SampleVariant variant)
    {
        var run = await CurlAsync(variant, ["--http1.0", "-i", "{0}/todos/1", "{0}/todos/1", .. Count]);

        Assert.Equal(2, Occurrences(run.Text, "200 OK\r\n"));
        Assert.DoesNotContain("Transfer-Encoding", run.Text, StringComparison.OrdinalIgnoreCase);
        Assert.EndsWith("connections 1\nconnections 1\n", OnlyCounts(run), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(SampleFleet.All), MemberType = typeof(SampleFleet))]
    public async Task Keeps_an_HTTP_1_0_connection_that_asks_for_it(SampleVariant variant)
    {
        var run = await CurlAsync(variant,
        [
            "--http1.0", "-H", "Connection: keep-alive", "-o", "/dev/null", "-o", "/dev/null",
            "{0}/site.css", "{0}/site.css", .. Count,
        ]);

        Assert.Equal("connections 1\nconnections 0\n", OnlyCounts(run));
    }

    /// <summary>An answer of a megabyte follows the 101; curl keeps little of what it has not asked for yet.</summary>
    [Theory]
    [MemberData(nameof(SampleFleet.Http2InClear), MemberType = typeof(SampleFleet))]
    public async Task Goes_on_in_HTTP_2_where_it_may(SampleVariant variant)
    {
        var run = await CurlAsync(variant,
            ["--http2", .. ToNowhere, "-w", "%{http_version} %{size_download}\n", "{0}/files/stream/1000000"]);

        Assert.Equal("2 1000000\n", run.Text);
    }

    [Theory]
    [MemberData(nameof(SampleFleet.All), MemberType = typeof(SampleFleet))]
    public async Task Head_has_the_length_and_no_body(SampleVariant variant)
    {
        var run = await CurlAsync(variant, ["--head", "{0}/site.css"]);
        var length = new FileInfo(Path.Combine(Repository.Root, "samples/MinimalApi/wwwroot/site.css")).Length;

        Assert.Contains($"Content-Length: {length}\r\n", run.Text, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n", run.Text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(SampleFleet.All), MemberType = typeof(SampleFleet))]
    public async Task Reuses_one_connection(SampleVariant variant)
    {
        string[] urls = ["{0}/todos", "{0}/site.js", "{0}/nowhere", "{0}/files/stream/300000", "{0}/health"];
        var run = await CurlAsync(variant,
            [.. urls.SelectMany(_ => ToNowhere), .. urls, .. Count]);

        Assert.Equal("connections 1\n" + string.Concat(Enumerable.Repeat("connections 0\n", 4)), OnlyCounts(run));
    }

    [Theory]
    [MemberData(nameof(SampleFleet.All), MemberType = typeof(SampleFleet))]
    public async Task Uploads_a_form_with_files(SampleVariant variant)
    {
        using var file = new RandomFile(5_000_000);
        var run = await CurlAsync(variant,
            ["-F", $"file=@{file.Path};filename=big.bin", "-F", "file=small;filename=small.txt", "{0}/files/upload"]);

        using var stored = JsonDocument.Parse(run.Text);
        Assert.Equal(2, stored.RootElement.GetArrayLength());
        Assert.Equal(file.Sha256, stored.RootElement[0].GetProperty("sha256").GetString());
        Assert.Equal(5, stored.RootElement[1].GetProperty("length").GetInt32());
    }

    [Theory]
    [MemberData(nameof(SampleFleet.All), MemberType = typeof(SampleFleet))]
    public async Task Waits_for_100_continue(SampleVariant variant)
    {
        using var file = new RandomFile(3_000_000);
        // So long a wait that an upload without the server's 100 runs into the limit of Tool.RunAsync.
        var run = await CurlAsync(variant,
        [
            "-i", "-H", "Expect: 100-continue", "--expect100-timeout", "120", "-T", file.Path, "{0}/files/raw/big",
        ]);

        Assert.StartsWith("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n", run.Text, StringComparison.Ordinal);
        Assert.Contains(file.Sha256, run.Text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(SampleFleet.All), MemberType = typeof(SampleFleet))]
    public async Task Uploads_in_chunks(SampleVariant variant)
    {
        using var file = new RandomFile(3_000_000);
        var run = await CurlAsync(variant,
            ["-H", "Transfer-Encoding: chunked", "-H", "Expect:", "-T", file.Path, "{0}/files/raw/chunked"]);

        Assert.Contains(file.Sha256, run.Text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(SampleFleet.All), MemberType = typeof(SampleFleet))]
    public async Task Downloads_slowly_what_it_downloads_fast(SampleVariant variant)
    {
        var fast = await CurlAsync(variant, ["{0}/files/stream/20000000"]);
        var slow = await CurlAsync(variant, ["--limit-rate", "10M", "{0}/files/stream/20000000"]);

        Assert.Equal(20_000_000, fast.Output.Length);
        Assert.Equal(SHA256.HashData(fast.Output), SHA256.HashData(slow.Output));
    }

    [Theory]
    [MemberData(nameof(SampleFleet.All), MemberType = typeof(SampleFleet))]
    public async Task Resumes_a_download(SampleVariant variant)
    {
        var whole = await CurlAsync(variant, ["{0}/files/report.csv"]);
        var rest = await CurlAsync(variant, ["-i", "-r", "1000-", "{0}/files/report.csv"]);

        Assert.StartsWith("HTTP/1.1 206 Partial Content\r\n", rest.Text, StringComparison.Ordinal);
        Assert.EndsWith($"\r\n\r\n{whole.Text[1000..]}", rest.Text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(SampleFleet.All), MemberType = typeof(SampleFleet))]
    public async Task Reads_events(SampleVariant variant)
    {
        var run = await CurlAsync(variant, ["-N", "{0}/live/ticks?count=3"]);

        Assert.Equal(3, Occurrences(run.Text, "event: tick\n"));
        Assert.EndsWith("id: 3\n\n", run.Text, StringComparison.Ordinal);
    }

    private static readonly string[] ToNowhere = ["-o", "/dev/null"];
    private static readonly string[] Count = ["-w", "connections %{num_connects}\\n"];

    /// <summary>Runs curl on the arguments, with {0} as the address of the sample.</summary>
    private async Task<ToolRun> CurlAsync(SampleVariant variant, string[] arguments)
    {
        Tool.Require("curl");
        var address = (await fleet.AddressAsync(variant)).GetLeftPart(UriPartial.Authority);
        var filled = arguments.Select(argument => argument.Replace("{0}", address, StringComparison.Ordinal));
        return (await Tool.RunAsync("curl", ["-sS", "--path-as-is", .. filled])).Succeeded();
    }

    private static int Occurrences(string text, string part) => text.Split(part).Length - 1;

    private static string OnlyCounts(ToolRun run) =>
        string.Concat(run.Text.Split('\n')
            .Where(line => line.Contains("connections ", StringComparison.Ordinal))
            .Select(line => line[line.IndexOf("connections ", StringComparison.Ordinal)..] + "\n"));
}
