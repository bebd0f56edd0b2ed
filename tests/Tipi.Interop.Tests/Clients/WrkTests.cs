using System.Globalization;
using System.Text.RegularExpressions;
using Tipi.Interop.Tests.Sample;
using Tipi.Interop.Tests.Tools;

namespace Tipi.Interop.Tests.Clients;

/// <summary>wrk, a client in a hurry. It finds lost and wrong answers under load; it measures nothing here.</summary>
public sealed partial class WrkTests(SampleFleet fleet)
{
    [Theory]
    [MemberData(nameof(SampleFleet.All), MemberType = typeof(SampleFleet))]
    public async Task Two_seconds_of_load_bring_no_error(SampleVariant variant)
    {
        Tool.Require("wrk");
        var address = await fleet.AddressAsync(variant);
        var run = (await Tool.RunAsync("wrk", "-t1", "-c64", "-d2s", $"{address}todos/1")).Succeeded();

        Assert.DoesNotContain("Socket errors", run.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Non-2xx", run.Text, StringComparison.Ordinal);
        Assert.True(Answers(run.Text) > 100, run.Text);
    }

    // Without this, the test above could overlook what wrk says of errors.
    [Fact]
    public async Task Errors_are_told()
    {
        Tool.Require("wrk");
        var address = await fleet.AddressAsync(SampleVariant.Kestrel);
        var run = (await Tool.RunAsync("wrk", "-t1", "-c4", "-d1s", $"{address}todos/99999")).Succeeded();

        Assert.Contains("Non-2xx", run.Text, StringComparison.Ordinal);
    }

    private static int Answers(string report) =>
        int.Parse(RequestCount().Match(report).Groups[1].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"(\d+) requests in")]
    private static partial Regex RequestCount();
}
