using Tipi.Compare.Peers;
using Tipi.Compare.Scenarios;

namespace Tipi.Compare.Tests.Scenarios;

public class ScenarioCatalogTests
{
    [Fact]
    public void Names_are_unique() =>
        Assert.Distinct(ScenarioCatalog.All.Select(scenario => scenario.Name));

    [Theory]
    [InlineData("tls-", nameof(Wire.Https))]
    [InlineData("handshake-", nameof(Wire.Https))]
    [InlineData("idle-tls-", nameof(Wire.Https))]
    [InlineData("h2c-", nameof(Wire.H2c))]
    [InlineData("h2-", nameof(Wire.H2))]
    [InlineData("plaintext-", nameof(Wire.Http))]
    [InlineData("websocket-", nameof(Wire.Http))]
    [InlineData("connect-", nameof(Wire.Http))]
    public void Names_say_what_goes_over_the_wire(string prefix, string wire)
    {
        var named = ScenarioCatalog.All.Where(scenario => scenario.Name.StartsWith(prefix, StringComparison.Ordinal));

        Assert.NotEmpty(named);
        Assert.All(named, scenario => Assert.Equal(wire, scenario.Workload.Wire.ToString()));
    }

    [Fact]
    public void Every_column_is_listed_once() =>
        Assert.All(ScenarioCatalog.All, scenario => Assert.Distinct(scenario.Metrics));
}
