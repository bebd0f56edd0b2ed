using Tipi.Interop.Tests.Sample;
using Tipi.Interop.Tests.Tools;

namespace Tipi.Interop.Tests.Clients;

/// <summary>h2load, a client in a hurry on many streams. It finds lost answers; it measures nothing here.</summary>
public sealed class LoadTests(SampleFleet fleet)
{
    [Theory]
    [MemberData(nameof(SampleFleet.OnEachHttp2), MemberType = typeof(SampleFleet))]
    public async Task Each_of_many_requests_is_answered(SampleVariant variant, SampleWire wire)
    {
        var address = await fleet.AddressAsync(variant, wire);

        await LoadAsync("-n", "5000", "-c", "8", "-m", "100", $"{address}todos/1");
    }

    /// <summary>Who has an answer may ask for the next: it finds the place free that the last one had.</summary>
    [Theory]
    [InlineData(SampleVariant.TipiUring)]
    [InlineData(SampleVariant.TipiSockets)]
    public async Task One_request_at_a_time_is_never_one_too_many(SampleVariant variant)
    {
        await using SampleProcess sample = await SampleProcess.StartAsync(
            variant, settings: "--Tipi:Limits:MaxConcurrentRequests=1");

        await LoadAsync("-n", "20000", "-c", "1", "-m", "1", $"{sample.Address}todos/1");
    }

    [Theory]
    [MemberData(nameof(SampleFleet.OnEachHttp2), MemberType = typeof(SampleFleet))]
    public async Task Each_of_many_uploads_is_answered(SampleVariant variant, SampleWire wire)
    {
        using var body = new RandomFile(64 * 1024);
        var address = await fleet.AddressAsync(variant, wire);

        var run = await LoadAsync("-n", "500", "-c", "4", "-m", "20", "-d", body.Path, $"{address}files/echo");

        // The body of each answer.
        Assert.Contains($"({500 * 64 * 1024}) data", run.Text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(SampleFleet.OnEachHttp2), MemberType = typeof(SampleFleet))]
    public async Task Small_windows_only_slow_it_down(SampleVariant variant, SampleWire wire)
    {
        var address = await fleet.AddressAsync(variant, wire);

        // 2^12-1 bytes for a stream, 2^14-1 for the connection.
        var run = await LoadAsync(
            "-n", "100", "-c", "2", "-m", "10", "-w", "12", "-W", "14", $"{address}files/stream/100000");

        Assert.Contains("(10000000) data", run.Text, StringComparison.Ordinal);
    }

    private static async Task<ToolRun> LoadAsync(params string[] arguments)
    {
        var run = (await Tool.RunAsync("h2load", arguments)).Succeeded();
        var asked = arguments[1];
        var all = $"{asked} total, {asked} started, {asked} done, {asked} succeeded, 0 failed, 0 errored, 0 timeout";
        // Not Assert.Contains, which shows the first words only: how it failed stands further down.
        Assert.True(run.Text.Contains(all, StringComparison.Ordinal), run.Text);
        return run;
    }
}
