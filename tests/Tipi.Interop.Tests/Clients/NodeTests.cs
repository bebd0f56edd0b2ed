using System.Text.Json;
using Tipi.Interop.Tests.Sample;
using Tipi.Interop.Tests.Tools;

namespace Tipi.Interop.Tests.Clients;

/// <summary>
/// The HTTP/2 client of Node.js: streams side by side, both ways, cancelled, and the frames of a connection.
/// </summary>
public sealed class NodeTests(SampleFleet fleet)
{
    [Theory]
    [MemberData(nameof(SampleFleet.OnEachHttp2), MemberType = typeof(SampleFleet))]
    public Task Two_hundred_streams_get_their_own_answers(SampleVariant variant, SampleWire wire) =>
        AnswersAsync(variant, wire, "many", "200");

    [Theory]
    [MemberData(nameof(SampleFleet.OnEachHttp2), MemberType = typeof(SampleFleet))]
    public Task A_body_comes_back_while_it_is_sent(SampleVariant variant, SampleWire wire) =>
        AnswersAsync(variant, wire, "duplex", "20");

    [Theory]
    [MemberData(nameof(SampleFleet.OnEachHttp2), MemberType = typeof(SampleFleet))]
    public Task Streams_that_are_cancelled_harm_no_other(SampleVariant variant, SampleWire wire) =>
        AnswersAsync(variant, wire, "cancel", """{"cancelled":50,"health":"Healthy"}""");

    [Theory]
    [MemberData(nameof(SampleFleet.OnEachHttp2), MemberType = typeof(SampleFleet))]
    public Task A_reader_that_pauses_holds_up_only_itself(SampleVariant variant, SampleWire wire) =>
        AnswersAsync(variant, wire, "pause", """{"health":"Healthy","length":5000000}""");

    [Theory]
    [MemberData(nameof(SampleFleet.OnEachHttp2), MemberType = typeof(SampleFleet))]
    public Task Pings_settings_and_a_head_of_many_fields(SampleVariant variant, SampleWire wire) =>
        AnswersAsync(variant, wire, "frames", """{"pong":true,"extendedConnect":true,"status":200}""");

    private async Task AnswersAsync(SampleVariant variant, SampleWire wire, string scenario, string expected)
    {
        var address = await fleet.AddressAsync(variant, wire);
        var script = Path.Combine(Repository.Root, "tests", "Tipi.Interop.Tests", "Clients", "http2.js");
        var run = (await Tool.RunAsync(
            "node", script, address.ToString(), scenario, SiteCertificates.Shared.AuthorityPath)).Succeeded();
        Assert.Equal(expected, JsonSerializer.Deserialize<JsonElement>(run.Output).GetRawText());
    }
}
