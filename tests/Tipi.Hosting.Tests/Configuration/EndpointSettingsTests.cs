using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Tipi.Hosting.Tests.Configuration;

public sealed class EndpointSettingsTests
{
    private const string Any = "http://127.0.0.1:0";

    [Theory, OnEachTransport]
    public async Task Endpoints_of_both_sections_and_of_code_are_all_bound_and_have_limits(TipiTransport transport)
    {
        await using ConfiguredApp app = await ConfiguredApp.StartAsync(
            transport,
            new Dictionary<string, string?>
            {
                ["Kestrel:Endpoints:B:Url"] = Any,
                ["Kestrel:Endpoints:B:Protocols"] = "http1",
                ["Tipi:Endpoints:A:Url"] = Any,
                ["Tipi:Endpoints:A:Limits:MaxRequestLineSize"] = "30",
                ["Tipi:Limits:MaxRequestLineSize"] = "60",
            },
            options => options.Listen(IPAddress.Loopback, 0));
        Assert.Equal(3, app.Addresses.Length);
        string forty = "/" + new string('x', 40), eighty = "/" + new string('x', 80);
        foreach ((string address, int ofForty) in app.Addresses.Zip((int[])[200, 414, 200]))
        {
            Assert.Equal(200, (await ConfiguredApp.AskAsync(address)).Status);
            Assert.Equal(ofForty, (await ConfiguredApp.AskAsync(address, forty)).Status);
            Assert.Equal(414, (await ConfiguredApp.AskAsync(address, eighty)).Status);
        }
    }

    [Fact]
    public async Task Defaults_of_configuration_come_before_those_of_code_and_hold_for_both()
    {
        List<HttpProtocols> seen = [];
        await using ConfiguredApp app = await ConfiguredApp.StartAsync(
            TipiTransport.Sockets,
            new Dictionary<string, string?>
            {
                ["Tipi:EndpointDefaults:Protocols"] = "Http1",
                ["Tipi:EndpointDefaults:Limits:MaxRequestLineSize"] = "30",
                ["Tipi:Endpoints:A:Url"] = Any,
            },
            options =>
            {
                options.ConfigureEndpointDefaults(endpoint => seen.Add(endpoint.Protocols));
                options.Listen(IPAddress.Loopback, 0);
            });
        Assert.Equal([HttpProtocols.Http1, HttpProtocols.Http1], seen);
        foreach (string address in app.Addresses)
            Assert.Equal(414, (await ConfiguredApp.AskAsync(address, "/" + new string('x', 40))).Status);
    }

    [Fact]
    public async Task Code_completes_an_endpoint_by_its_name()
    {
        string? note = null;
        TipiListenOptions? completed = null;
        var called = 0;
        await using ConfiguredApp app = await ConfiguredApp.StartAsync(
            TipiTransport.Sockets,
            new Dictionary<string, string?> { ["Tipi:Endpoints:A:Url"] = Any, ["Tipi:Endpoints:A:Note"] = "mine" },
            options => options.ConfigurationLoader!
                .Endpoint("a", endpoint =>
                {
                    note = endpoint.ConfigSection["Note"];
                    completed = endpoint.ListenOptions;
                    completed.ConfigureLimits(limits => limits.MaxRequestLineSize = 30);
                })
                .Endpoint("other", _ => called++));
        Assert.Equal("mine", note);
        Assert.Equal("A", completed!.Name);
        Assert.Equal(0, called);
        string address = Assert.Single(app.Addresses);
        Assert.Equal(414, (await ConfiguredApp.AskAsync(address, "/" + new string('x', 40))).Status);
    }

    [Fact]
    public async Task A_section_of_ones_own_replaces_the_hosts_endpoints()
    {
        IConfiguration own = new ConfigurationBuilder().AddInMemoryCollection(
            new Dictionary<string, string?> { ["Endpoints:X:Url"] = "http://127.0.0.2:0" }).Build();
        await using ConfiguredApp app = await ConfiguredApp.StartAsync(
            TipiTransport.Sockets, new Dictionary<string, string?> { ["Tipi:Endpoints:A:Url"] = Any },
            options => options.Configure(own));
        Assert.StartsWith("http://127.0.0.2:", Assert.Single(app.Addresses));
    }

    [Fact]
    public async Task Configured_endpoints_win_over_addresses_with_a_warning_unless_those_are_preferred()
    {
        var settings = new Dictionary<string, string?>
        {
            ["Kestrel:Endpoints:A:Url"] = Any,
            ["urls"] = "http://127.0.0.2:0",
        };
        await using (ConfiguredApp app = await ConfiguredApp.StartAsync(TipiTransport.Sockets, settings))
        {
            Assert.StartsWith("http://127.0.0.1:", Assert.Single(app.Addresses));
            Assert.Contains(app.Logs, record => record is { EventId: 40, Level: LogLevel.Warning });
        }
        settings["preferHostingUrls"] = "true";
        await using (ConfiguredApp app = await ConfiguredApp.StartAsync(TipiTransport.Sockets, settings))
        {
            Assert.StartsWith("http://127.0.0.2:", Assert.Single(app.Addresses));
            Assert.Contains(app.Logs, record => record is { EventId: 50, Level: LogLevel.Information });
            Assert.DoesNotContain(app.Logs, record => record.EventId == 40);
        }
    }

    [Theory]
    [InlineData("Protocols", "Http1", "Kestrel:Endpoints:A has no Url")]
    [InlineData("Url", "nonsense", "Kestrel:Endpoints:A:Url): it is not an address")]
    [InlineData("Url", "http://127.0.0.1:70000", "the port must be from 0 to 65535")]
    [InlineData("Url", "http://localhost:0", "http://127.0.0.1:0")]
    public async Task An_endpoint_without_a_good_address_stops_the_start(string key, string value, string reason)
    {
        var settings = new Dictionary<string, string?> { [$"Kestrel:Endpoints:A:{key}"] = value };
        var error = await Assert.ThrowsAsync<InvalidOperationException>(
            () => ConfiguredApp.StartAsync(TipiTransport.Sockets, settings));
        Assert.Contains(reason, error.Message);
    }

    [Theory]
    [InlineData("Protocols", "Http4", "Endpoints:A:Protocols is \"Http4\"; it must be one or more of None, Http1")]
    [InlineData("Protocols", "Http3", "serves HTTP/1 and HTTP/2 only")]
    [InlineData("Limits:MaxRequestLineSize", "-1", "Kestrel:Endpoints:A:Limits:MaxRequestLineSize is \"-1\"")]
    [InlineData("Limits:MaxResponseBufferSize", "1", "apply to the server as a whole")]
    [InlineData("UnixSocketMode", "0999", "octal")]
    [InlineData("Certificate:Path", "a.pfx", "Kestrel:Endpoints:A:Certificate is valid for https only")]
    [InlineData("SslProtocols:0", "Tls13", "Kestrel:Endpoints:A:SslProtocols is valid for https only")]
    [InlineData("Sni:*:Protocols", "Http1", "Kestrel:Endpoints:A:Sni is valid for https only")]
    public async Task A_wrong_key_of_an_endpoint_stops_the_start(string key, string value, string reason)
    {
        var settings = new Dictionary<string, string?>
        {
            ["Kestrel:Endpoints:A:Url"] = Any,
            [$"Kestrel:Endpoints:A:{key}"] = value,
        };
        var error = await Assert.ThrowsAsync<InvalidOperationException>(
            () => ConfiguredApp.StartAsync(TipiTransport.Sockets, settings));
        Assert.Contains(reason, error.Message);
    }
}
