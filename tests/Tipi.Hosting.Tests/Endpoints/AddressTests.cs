using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Tipi.Hosting.Tests.Endpoints;

public sealed class AddressTests
{
    private static WebApplication Build(
        TipiTransport transport, string[] arguments, Action<TipiServerOptions>? configure = null,
        ILoggerProvider? logs = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(arguments);
        builder.Logging.ClearProviders();
        if (logs is not null) builder.Logging.AddProvider(logs);
        builder.WebHost.UseTipi(options =>
        {
            options.Transport = transport;
            configure?.Invoke(options);
        });
        WebApplication app = builder.Build();
        app.Run(context => context.Response.WriteAsync("here"));
        return app;
    }

    private static string[] AddressesOf(WebApplication app) =>
        [.. app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses];

    private static async Task<string> GetAsync(EndPoint endPoint)
    {
        using RawClient client = await RawClient.ConnectAsync(endPoint);
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        return (await client.ReadResponseAsync()).Body;
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    [Theory, OnEachTransport]
    public async Task Port_0_is_reported_as_the_real_port(TipiTransport transport)
    {
        await using WebApplication app = Build(transport, ["--urls", "http://127.0.0.1:0"]);
        await app.StartAsync();
        var address = new Uri(Assert.Single(AddressesOf(app)));
        Assert.NotEqual(0, address.Port);
        Assert.Equal("here", await GetAsync(new IPEndPoint(IPAddress.Loopback, address.Port)));
    }

    [Theory, OnEachTransport]
    public async Task Localhost_is_both_loopbacks(TipiTransport transport)
    {
        int port = FreePort();
        await using WebApplication app = Build(transport, ["--urls", $"http://localhost:{port}"]);
        await app.StartAsync();
        Assert.Equal([$"http://localhost:{port}"], AddressesOf(app));
        Assert.Equal("here", await GetAsync(new IPEndPoint(IPAddress.Loopback, port)));
        if (Socket.OSSupportsIPv6) Assert.Equal("here", await GetAsync(new IPEndPoint(IPAddress.IPv6Loopback, port)));
    }

    [Theory, OnEachTransport]
    public async Task A_star_is_every_address(TipiTransport transport)
    {
        int port = FreePort();
        await using WebApplication app = Build(transport, ["--urls", $"http://*:{port}"]);
        await app.StartAsync();
        Assert.Equal("here", await GetAsync(new IPEndPoint(IPAddress.Loopback, port)));
        if (!Socket.OSSupportsIPv6) return;
        Assert.Equal([$"http://[::]:{port}"], AddressesOf(app));
        Assert.Equal("here", await GetAsync(new IPEndPoint(IPAddress.IPv6Loopback, port)));
    }

    [Theory, OnEachTransport]
    public async Task Several_addresses_are_all_bound(TipiTransport transport)
    {
        await using WebApplication app = Build(transport, ["--urls", "http://127.0.0.1:0;http://127.0.0.2:0"]);
        await app.StartAsync();
        string[] addresses = AddressesOf(app);
        Assert.Equal(2, addresses.Length);
        foreach (string address in addresses)
            Assert.Equal("here", await GetAsync(IPEndPoint.Parse(address["http://".Length..])));
    }

    [Theory, OnEachTransport]
    public async Task A_unix_socket_is_an_address(TipiTransport transport)
    {
        string path = Path.Combine(Path.GetTempPath(), $"tipi-{Guid.NewGuid():N}.sock");
        await using (WebApplication app = Build(transport, ["--urls", $"http://unix:{path}"]))
        {
            await app.StartAsync();
            Assert.Equal([$"http://unix:{path}"], AddressesOf(app));
            Assert.Equal("here", await GetAsync(new UnixDomainSocketEndPoint(path)));
            await app.StopAsync();
        }
        File.Delete(path);
    }

    [Theory, OnEachTransport]
    public async Task Http_ports_listen_on_every_address(TipiTransport transport)
    {
        int port = FreePort();
        await using WebApplication app = Build(transport, ["--http_ports", $"{port}"]);
        await app.StartAsync();
        Assert.Equal("here", await GetAsync(new IPEndPoint(IPAddress.Loopback, port)));
    }

    [Theory, OnEachTransport]
    public async Task Endpoints_in_code_win_over_addresses_with_a_warning(TipiTransport transport)
    {
        var logs = new LogRecorder();
        await using WebApplication app = Build(
            transport, ["--urls", "http://127.0.0.1:1"], options => options.Listen(IPAddress.Loopback, 0), logs);
        await app.StartAsync();
        Assert.NotEqual("http://127.0.0.1:1", Assert.Single(AddressesOf(app)));
        Assert.Contains(logs.Records, record => record is { EventId: 40, Level: LogLevel.Warning });
    }

    [Theory, OnEachTransport]
    public async Task Preferred_addresses_win_over_endpoints_in_code(TipiTransport transport)
    {
        await using WebApplication app = Build(
            transport,
            ["--urls", "http://127.0.0.2:0", "--preferHostingUrls", "true"],
            options => options.Listen(IPAddress.Loopback, 0));
        await app.StartAsync();
        Assert.StartsWith("http://127.0.0.2:", Assert.Single(AddressesOf(app)));
    }

    [Theory, OnEachTransport]
    public async Task A_taken_port_is_named_with_what_to_do(TipiTransport transport)
    {
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        taken.Listen();
        string address = $"http://{taken.LocalEndPoint}";
        await using WebApplication app = Build(transport, ["--urls", address]);
        IOException error = await Assert.ThrowsAsync<IOException>(() => app.StartAsync());
        Assert.Contains(address, error.Message);
        Assert.Contains("--urls", error.Message);
    }

    [Theory]
    [InlineData("http://localhost:0", "127.0.0.1:0")]
    [InlineData("https://localhost:0", "127.0.0.1:0")]
    [InlineData("https://127.0.0.1:0/base", "UsePathBase")]
    [InlineData("ftp://127.0.0.1:0", "neither http nor https")]
    [InlineData("http://127.0.0.1:0/base", "UsePathBase")]
    public async Task Addresses_that_can_not_be_say_why(string address, string reason)
    {
        await using WebApplication app = Build(TipiTransport.Sockets, ["--urls", address]);
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => app.StartAsync());
        Assert.Contains(address, error.Message);
        Assert.Contains(reason, error.Message);
    }

    [Fact]
    public void Options_listen_like_kestrels()
    {
        var options = new TipiServerOptions();
        options.ListenLocalhost(81);
        options.ListenAnyIP(82);
        options.ListenUnixSocket("/run/a.sock");
        options.ListenUnixSocket("@a");
        options.ListenNamedPipe("a");
        Assert.Equal(
            ["http://localhost:81", "http://[::]:82", "http://unix:/run/a.sock", "http://unix:@a", "http://pipe:/a"],
            options.CodeEndpoints.Select(endpoint => endpoint.ToString()));
        Assert.Throws<InvalidOperationException>(() => options.ListenLocalhost(0));
        Assert.Throws<ArgumentException>(() => options.ListenUnixSocket("relative"));
    }

    [Theory]
    [InlineData("sockets", TipiTransport.Sockets)]
    [InlineData("Uring", TipiTransport.Uring)]
    public void The_transport_can_be_configured(string text, TipiTransport wanted)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(["--Tipi:Transport", text]);
        builder.WebHost.UseTipi();
        using WebApplication app = builder.Build();
        var options = app.Services.GetRequiredService<Microsoft.Extensions.Options.IOptions<TipiServerOptions>>();
        Assert.Equal(wanted, options.Value.Transport);
    }

    [Fact]
    public void A_wrong_transport_in_configuration_is_named()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(["--Tipi:Transport", "pigeons"]);
        builder.WebHost.UseTipi();
        var error = Assert.Throws<InvalidOperationException>(builder.Build);
        Assert.Contains("pigeons", error.Message);
        Assert.Contains("Sockets", error.Message);
    }

    [Fact]
    public async Task A_generic_host_can_use_it_too()
    {
        using var host = Host.CreateDefaultBuilder(["--urls", "http://127.0.0.1:0"])
            .ConfigureWebHostDefaults(web => web.UseTipi().Configure(
                app => app.Run(context => context.Response.WriteAsync("generic"))))
            .ConfigureLogging(logs => logs.ClearProviders())
            .Build();
        await host.StartAsync();
        var addresses = host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        string address = addresses.Addresses.First();
        using RawClient client = await RawClient.ConnectAsync(IPEndPoint.Parse(address["http://".Length..]));
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal("generic", (await client.ReadResponseAsync()).Body);
        await host.StopAsync();
    }
}
