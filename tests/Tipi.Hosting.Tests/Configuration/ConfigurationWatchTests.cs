using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Tipi.Hosting.Tests.Configuration;

public sealed class ConfigurationWatchTests
{
    private const string Any = "http://127.0.0.1:0";
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    /// <summary>An address of the loopback of its own: other tests could take the port meanwhile.</summary>
    private static async Task<string> FreeAddressAsync()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Parse("127.0.77.1"), 0));
        await Task.Yield();
        return $"http://{socket.LocalEndPoint}";
    }

    private static async Task UntilAsync(Func<bool> isSo)
    {
        using var late = new CancellationTokenSource(s_patience);
        while (!isSo()) await Task.Delay(20, late.Token);
    }

    private static Task UntilLoggedAsync(ConfiguredApp app, int eventId, int count = 1) =>
        UntilAsync(() => app.Logs.Count(record => record.EventId == eventId) >= count);

    private static async Task<bool> IsRefusedAsync(string address)
    {
        try
        {
            using RawClient client = await ConfiguredApp.ConnectAsync(address);
            return false;
        }
        catch (SocketException refused)
        {
            return refused.SocketErrorCode == SocketError.ConnectionRefused;
        }
    }

    [Theory, OnEachTransport]
    public async Task An_endpoint_that_can_not_work_leaves_its_port_free(TipiTransport transport)
    {
        string staying = await FreeAddressAsync(), added = await FreeAddressAsync();
        await using ConfiguredApp app = await ConfiguredApp.StartAsync(
            transport, new() { ["Tipi:Endpoints:Staying:Url"] = staying });
        app.Change(("Tipi:Endpoints:Added:Url", added), ("Tipi:Endpoints:Added:ProxyProtocol:Mode", "Optional"));
        await UntilLoggedAsync(app, eventId: 53);
        Assert.True(await IsRefusedAsync(added));
        app.Change(("Tipi:Endpoints:Added:ProxyProtocol:AllowedNetworks:0", "10.0.0.0/8"));
        await UntilAsync(() => app.Addresses.Contains(added));
        Assert.Equal(200, (await ConfiguredApp.AskAsync(added)).Status);
    }

    /// <summary>Whatever changes: keys that were good at the start are not called unknown.</summary>
    [Theory, OnEachTransport]
    public async Task A_change_says_nothing_of_keys_that_are_known(TipiTransport transport)
    {
        string first = await FreeAddressAsync(), second = await FreeAddressAsync();
        await using ConfiguredApp app = await ConfiguredApp.StartAsync(transport, new()
        {
            ["Tipi:Endpoints:A:Url"] = first,
            ["Tipi:Endpoints:A:Limits:MaxRequestLineSize"] = "5000",
            ["Tipi:Endpoints:A:Strictness"] = "Lenient",
            ["Tipi:Limits:KeepAliveTimeout"] = "00:01:00",
            ["Tipi:Limits:Http2Allowances:Resets"] = "9",
            ["Tipi:Strictness"] = "Strict",
            ["Tipi:AddServerHeader"] = "false",
            ["Tipi:Uring:RingCount"] = "1",
        });
        app.Change(("Tipi:Endpoints:A:Url", second));
        await UntilAsync(() => app.Addresses.Contains(second));
        app.Change(("Tipi:Endpoints:B:Url", first));
        await UntilAsync(() => app.Addresses.Contains(first));
        app.Change(("Tipi:Limits:KeepAliveTimeout", "00:02:00"), ("Tipi:Endpoints:B:Url", await FreeAddressAsync()));
        await UntilAsync(() => !app.Addresses.Contains(first));
        Assert.DoesNotContain(app.Logs, record => record.EventId == 51);
        app.Change(("Tipi:Unknown", "1"));
        await UntilLoggedAsync(app, eventId: 51);
    }

    [Theory, OnEachTransport]
    public async Task Endpoints_come_and_go_and_the_others_keep_their_connections(TipiTransport transport)
    {
        string going = await FreeAddressAsync(), moved = await FreeAddressAsync(), staying = await FreeAddressAsync();
        string target = await FreeAddressAsync(), added = await FreeAddressAsync();
        await using ConfiguredApp app = await ConfiguredApp.StartAsync(transport, new()
        {
            ["Tipi:Endpoints:Going:Url"] = going,
            ["Tipi:Endpoints:Moved:Url"] = moved,
            ["Tipi:Endpoints:Staying:Url"] = staying,
        });
        using RawClient kept = await ConfiguredApp.ConnectAsync(staying);
        await kept.SendAsync(Get);
        await kept.ReadResponseAsync();
        using RawClient idle = await ConfiguredApp.ConnectAsync(going);
        await idle.SendAsync(Get);
        await idle.ReadResponseAsync();
        using RawClient running = await ConfiguredApp.ConnectAsync(moved);
        await running.SendAsync("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
        await app.SlowBegan.Task.WaitAsync(s_patience);

        app.Change(
            ("Tipi:Endpoints:Going:Url", null), ("Tipi:Endpoints:Moved:Url", target),
            ("Tipi:Endpoints:Added:Url", added));
        await UntilLoggedAsync(app, 52);

        Assert.Equal([staying, added, target], app.Addresses);
        Assert.Equal(200, (await ConfiguredApp.AskAsync(target)).Status);
        Assert.Equal(200, (await ConfiguredApp.AskAsync(added)).Status);
        Assert.True(await IsRefusedAsync(going));
        Assert.True(await IsRefusedAsync(moved));
        Assert.True(await idle.IsEndedAsync());
        app.Slow.SetResult();
        RawResponse last = await running.ReadResponseAsync();
        Assert.Equal(200, last.Status);
        Assert.Equal("close", last.Header("Connection"));
        Assert.True(await running.IsEndedAsync());
        await kept.SendAsync(Get);
        RawResponse later = await kept.ReadResponseAsync();
        Assert.Equal(200, later.Status);
        Assert.Null(later.Header("Connection"));
    }

    [Theory, OnEachTransport]
    public async Task Endpoints_may_change_places(TipiTransport transport)
    {
        string one = await FreeAddressAsync(), other = await FreeAddressAsync();
        await using ConfiguredApp app = await ConfiguredApp.StartAsync(transport, new()
        {
            ["Tipi:Endpoints:A:Url"] = one,
            ["Tipi:Endpoints:A:Limits:MaxRequestLineSize"] = "30",
            ["Tipi:Endpoints:B:Url"] = other,
        });
        using RawClient client = await ConfiguredApp.ConnectAsync(one); // in use while the port changes hands
        app.Change(("Tipi:Endpoints:A:Url", other), ("Tipi:Endpoints:B:Url", one));
        await UntilLoggedAsync(app, 52);
        string longer = "/" + new string('x', 40);
        Assert.Equal(200, (await ConfiguredApp.AskAsync(one, longer)).Status);
        Assert.Equal(414, (await ConfiguredApp.AskAsync(other, longer)).Status);
    }

    [Theory, OnEachTransport]
    public async Task Limits_hold_for_connections_that_come_later(TipiTransport transport)
    {
        await using ConfiguredApp app = await ConfiguredApp.StartAsync(
            transport,
            new Dictionary<string, string?>
            {
                ["Tipi:Endpoints:A:Url"] = Any,
                ["Tipi:Endpoints:B:Url"] = Any,
                ["Tipi:Endpoints:B:Limits:MaxRequestLineSize"] = "100",
            },
            options =>
            {
                options.Listen(IPAddress.Loopback, 0);
                options.Limits.MaxRequestHeaderCount = 50;
            });
        string[] addresses = app.Addresses;
        using RawClient former = await ConfiguredApp.ConnectAsync(addresses[1]);
        await former.SendAsync(Get);
        await former.ReadResponseAsync();
        app.Change(("Tipi:Limits:MaxRequestLineSize", "30"), ("Tipi:Limits:MaxRequestHeaderCount", "1"));
        string longer = "/" + new string('x', 40);
        await UntilAsync(() => ConfiguredApp.AskAsync(addresses[1], longer).GetAwaiter().GetResult().Status == 414);
        Assert.Equal(addresses, app.Addresses);
        Assert.Equal(414, (await ConfiguredApp.AskAsync(addresses[0], longer)).Status);
        Assert.Equal(200, (await ConfiguredApp.AskAsync(addresses[2], longer)).Status);
        app.Change(("Tipi:Endpoints:B:Limits:MaxRequestLineSize", "20"));
        await UntilAsync(() => ConfiguredApp.AskAsync(addresses[2], longer).GetAwaiter().GetResult().Status == 414);
        // What code has set wins over configuration, also now; who was there before keeps its limits.
        await former.SendAsync($"GET {longer} HTTP/1.1\r\nHost: a\r\nX: 1\r\nY: 2\r\n\r\n");
        Assert.Equal(200, (await former.ReadResponseAsync()).Status);
        using RawClient later = await ConfiguredApp.ConnectAsync(addresses[1]);
        await later.SendAsync("GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\nY: 2\r\n\r\n");
        Assert.Equal(200, (await later.ReadResponseAsync()).Status);
    }

    /// <summary>A server that nobody configures does not ask for keys at its start; it still follows changes.</summary>
    [Theory, OnEachTransport]
    public async Task What_was_empty_at_the_start_is_followed_and_may_be_empty_again(TipiTransport transport)
    {
        string added = await FreeAddressAsync();
        await using ConfiguredApp app = await ConfiguredApp.StartAsync(
            transport, [], options => options.Listen(IPAddress.Loopback, 0));
        string address = Assert.Single(app.Addresses);
        string longer = "/" + new string('x', 40);
        Assert.Equal(200, (await ConfiguredApp.AskAsync(address, longer)).Status);

        app.Change(("Tipi:Limits:MaxRequestLineSize", "30"), ("Tipi:Endpoints:Added:Url", added));
        await UntilLoggedAsync(app, 52);
        Assert.Equal(414, (await ConfiguredApp.AskAsync(address, longer)).Status);
        Assert.Equal(414, (await ConfiguredApp.AskAsync(added, longer)).Status);

        app.Change(("Tipi:Limits:MaxRequestLineSize", null), ("Tipi:Endpoints:Added:Url", null));
        await UntilLoggedAsync(app, 52, count: 2);
        Assert.Equal(200, (await ConfiguredApp.AskAsync(address, longer)).Status);
        Assert.True(await IsRefusedAsync(added));
    }

    [Theory]
    [InlineData("Tipi:Endpoints:A:Url", "http://nowhere:x:y")]
    [InlineData("Tipi:Endpoints:B:Protocols", "Http1")]
    [InlineData("Tipi:Endpoints:A:Protocols", "Http3")]
    [InlineData("Tipi:Certificates:Default:Path", "missing.pfx")]
    [InlineData("Tipi:Limits:MaxRequestLineSize", "-1")]
    [InlineData("Tipi:AddServerHeader", "perhaps")]
    [InlineData("Tipi:Endpoints:A:Url", "http://192.0.2.1:0")]
    public async Task A_configuration_that_can_not_be_leaves_the_former_one_in_force(string key, string value)
    {
        await using ConfiguredApp app = await ConfiguredApp.StartAsync(TipiTransport.Sockets, new()
        {
            ["Tipi:Endpoints:A:Url"] = await FreeAddressAsync(),
            ["Tipi:Limits:MaxRequestLineSize"] = "30",
        });
        string address = Assert.Single(app.Addresses);
        app.Change((key, value));
        await UntilLoggedAsync(app, 53);
        LogRecord error = app.Logs.First(record => record.EventId == 53);
        Assert.Equal(LogLevel.Error, error.Level);
        Assert.NotNull(error.Error);
        Assert.Equal([address], app.Addresses);
        Assert.Equal(200, (await ConfiguredApp.AskAsync(address)).Status);
        Assert.Equal(414, (await ConfiguredApp.AskAsync(address, "/" + new string('x', 40))).Status);
        // And it is mended as if nothing had been.
        string next = await FreeAddressAsync();
        app.Change((key, null), ("Tipi:Endpoints:A:Url", next), ("Tipi:Limits:MaxRequestLineSize", "300"));
        await UntilAsync(() => app.Addresses is [var only] && only == next);
        Assert.Equal(200, (await ConfiguredApp.AskAsync(next, "/" + new string('x', 40))).Status);
    }

    [Fact]
    public async Task Options_that_only_a_start_reads_are_named()
    {
        await using ConfiguredApp app = await ConfiguredApp.StartAsync(
            TipiTransport.Sockets, new Dictionary<string, string?> { ["Tipi:Endpoints:A:Url"] = Any });
        app.Change(("Tipi:AddServerHeader", "false"), ("Tipi:Limits:MaxRequestBufferSize", "5000"));
        await UntilLoggedAsync(app, 55);
        string text = app.Logs.First(record => record.EventId == 55).Text;
        Assert.Contains("AddServerHeader", text);
        Assert.Contains("Limits:MaxRequestBufferSize", text);
    }

    [Fact]
    public async Task Preferred_addresses_do_not_follow_the_configuration()
    {
        await using ConfiguredApp app = await ConfiguredApp.StartAsync(TipiTransport.Sockets, new()
        {
            ["Tipi:Endpoints:A:Url"] = Any,
            ["urls"] = "http://127.0.0.2:0",
            ["preferHostingUrls"] = "true",
        });
        string[] addresses = app.Addresses;
        app.Change(("Tipi:Endpoints:A:Url", await FreeAddressAsync()));
        await Task.Delay(200);
        Assert.Equal(addresses, app.Addresses);
    }
}
