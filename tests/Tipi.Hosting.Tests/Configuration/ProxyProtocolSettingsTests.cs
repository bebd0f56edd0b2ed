using System.Net;
using Microsoft.Extensions.Configuration;
using Tipi.Hosting.Configuration;

namespace Tipi.Hosting.Tests.Configuration;

public sealed class ProxyProtocolSettingsTests
{
    [Fact]
    public void Everything_is_read()
    {
        ProxyProtocolOptions options = Read(
            ("AllowedNetworks:0", "10.0.0.0/8"), ("AllowedNetworks:1", "::1"), ("AllowedNetworks:2", "192.0.2.1"),
            ("AllowUnixSocket", "true"), ("mode", "optional"), ("MaxTlvSize", "100"))!;
        Assert.Equal(["10.0.0.0/8", "::1/128", "192.0.2.1/32"], options.AllowedNetworks.Select(one => one.ToString()));
        Assert.True(options.AllowUnixSocket);
        Assert.Equal((ProxyProtocolMode.Optional, 100), (options.Mode, options.MaxTlvSize));
    }

    [Fact]
    public void What_is_not_said_has_its_default()
    {
        ProxyProtocolOptions options = Read(("AllowedNetworks:0", "10.0.0.0/8"))!;
        Assert.False(options.AllowUnixSocket);
        Assert.Equal((ProxyProtocolMode.Required, 4096), (options.Mode, options.MaxTlvSize));
        Assert.Null(Read());
    }

    [Theory]
    [InlineData("AllowedNetworks:0", "proxies.example", "a network")]
    [InlineData("AllowedNetworks", "10.0.0.0/8", "a list")]
    [InlineData("AllowUnixSocket", "yes", "true or false")]
    [InlineData("Mode", "7", "Required, Optional")]
    [InlineData("Mode", "Always", "Required, Optional")]
    [InlineData("MaxTlvSize", "-1", "a whole number")]
    [InlineData("MaxTlvSize", "65536", "a whole number")]
    [InlineData("AllowedNetwork", "10.0.0.0/8", "unknown")]
    public void A_wrong_value_is_an_error_that_names_its_key(string key, string value, string wanted)
    {
        var error = Assert.Throws<InvalidOperationException>(() => Read((key, value)));
        Assert.Contains($"Endpoints:Main:ProxyProtocol:{key}", error.Message, StringComparison.Ordinal);
        Assert.Contains(wanted, error.Message, StringComparison.Ordinal);
    }

    [Theory, OnEachTransport]
    public async Task An_endpoint_of_the_configuration_reads_headers_and_is_lenient(TipiTransport transport)
    {
        await using ConfiguredApp app = await ConfiguredApp.StartAsync(transport, new Dictionary<string, string?>
        {
            ["Tipi:Endpoints:Main:Url"] = "http://127.0.0.1:0",
            ["Tipi:Endpoints:Main:Strictness"] = "Lenient",
            ["Tipi:Endpoints:Main:ProxyProtocol:AllowedNetworks:0"] = "127.0.0.1",
        });
        using RawClient client = await ConfiguredApp.ConnectAsync(app.Addresses.Single());
        await client.SendAsync("PROXY TCP4 192.0.2.1 198.51.100.2 5000 443\r\nGET / HTTP/1.1\nHost: a\n\n");
        Assert.Equal("port 443", (await client.ReadResponseAsync()).Body);
    }

    private static ProxyProtocolOptions? Read(params (string Key, string Value)[] values)
    {
        IConfiguration configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(values.Select(
                one => KeyValuePair.Create($"Endpoints:Main:ProxyProtocol:{one.Key}", (string?)one.Value)))
            .Build();
        var options = new TipiServerOptions();
        TipiListenOptions? endpoint = null;
        options.Listen(IPAddress.Loopback, 0, listen => endpoint = listen);
        ProxyProtocolSettings.Apply(new Settings(configuration), "Endpoints:Main", endpoint!);
        return endpoint!.ProxyProtocol;
    }
}
