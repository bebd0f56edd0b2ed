using Tipi.Interop.Tests.Sample;
using Tipi.Interop.Tests.Tools;

namespace Tipi.Interop.Tests.Clients;

/// <summary>nghttp, which tells every frame, and knows the upgrade and both kinds of priorities.</summary>
public sealed class NghttpTests(SampleFleet fleet)
{
    [Theory]
    [MemberData(nameof(SampleFleet.OnEachHttp2), MemberType = typeof(SampleFleet))]
    public async Task A_page_and_all_that_it_names(SampleVariant variant, SampleWire wire)
    {
        var run = await NghttpAsync("-nas", $"{await fleet.AddressAsync(variant, wire)}");

        // The page first, then its style, its script and its icon: four rows of the statistics that end in 200.
        Assert.Equal(4, run.Text.Split('\n').Count(line => line.Contains(" 200 ", StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(SampleFleet.OnEachHttp2), MemberType = typeof(SampleFleet))]
    public async Task Weights_and_dependencies_do_no_harm(SampleVariant variant, SampleWire wire)
    {
        var address = await fleet.AddressAsync(variant, wire);

        var run = await NghttpAsync(
            "-nv", "-m", "5", "-p", "200", "-H", "priority: u=1, i", $"{address}files/stream/100000");

        Assert.Equal(5, run.Text.Split(":status: 200").Length - 1);
        Assert.DoesNotContain("PROTOCOL_ERROR", run.Text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(SampleFleet.OnEachHttp2), MemberType = typeof(SampleFleet))]
    public async Task A_body_comes_back_with_padding(SampleVariant variant, SampleWire wire)
    {
        using var file = new RandomFile(300_000);
        var address = await fleet.AddressAsync(variant, wire);

        var run = await NghttpAsync("-b", "100", "-d", file.Path, $"{address}files/echo");

        Assert.True(File.ReadAllBytes(file.Path).AsSpan().SequenceEqual(run.Output));
    }

    [Theory]
    [MemberData(nameof(SampleFleet.Http2InClear), MemberType = typeof(SampleFleet))]
    public async Task An_upgrade(SampleVariant variant)
    {
        var run = await NghttpAsync("-nuv", $"{await fleet.AddressAsync(variant)}todos");

        Assert.Contains("HTTP/1.1 101 ", run.Text, StringComparison.Ordinal);
        Assert.Contains("(stream_id=1) :status: 200", run.Text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(SampleFleet.Http2InClear), MemberType = typeof(SampleFleet))]
    public async Task An_upgrade_with_a_body(SampleVariant variant)
    {
        using var file = new RandomFile(50_000);

        var run = await NghttpAsync("-u", "-d", file.Path, $"{await fleet.AddressAsync(variant)}files/echo");

        Assert.True(File.ReadAllBytes(file.Path).AsSpan().SequenceEqual(run.Output));
    }

    private static async Task<ToolRun> NghttpAsync(params string[] arguments) =>
        (await Tool.RunAsync("nghttp", arguments)).Succeeded();
}
