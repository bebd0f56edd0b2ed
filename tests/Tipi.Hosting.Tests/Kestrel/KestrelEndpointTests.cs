using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Tipi.Hosting.Tests.Server;
using Tipi.Hosting.Tests.Tls;

namespace Tipi.Hosting.Tests.Kestrel;

/// <summary>Endpoints that Kestrel was told to listen on, with all that their connections go through.</summary>
public sealed class KestrelEndpointTests : IDisposable
{
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory, OnEachTransport]
    public async Task The_steps_of_an_endpoint_run_in_their_order(TipiTransport transport)
    {
        var steps = new List<string>();
        Func<ConnectionDelegate, ConnectionDelegate> Step(string name) => next => async connection =>
        {
            lock (steps) steps.Add(name);
            await next(connection);
            lock (steps) steps.Add($"{name} ends");
        };
        await using (ToldApp app = await ToldApp.StartAsync(transport, told =>
        {
            told.ConfigureEndpointDefaults(endpoint => endpoint.Use(Step("default")));
            told.Listen(IPAddress.Loopback, 0, endpoint =>
            {
                endpoint.Use(Step("before"));
                endpoint.UseConnectionLogging();
                endpoint.UseHttps(TestPolicy.Certificate);
                endpoint.Use(Step("behind"));
            });
        }))
        {
            Assert.StartsWith("https://127.0.0.1:", app.Addresses.Single());
            using TlsClient client = await TlsClient.ConnectAsync(app.Port);
            Assert.StartsWith("HTTP/1.1 200", (await client.AskAsync(Get)).Head);
            Assert.Contains(app.Logs.Records, one => one.Category.EndsWith("LoggingConnectionMiddleware"));
            Assert.Contains($"Listen {app.Addresses[0][..17]}", app.TakenOverText);
        }
        Assert.Equal(["default", "before", "behind", "behind ends", "before ends", "default ends"], steps);
    }

    [Theory, OnEachTransport]
    public async Task Another_protocol_is_served_in_clear_and_encrypted(TipiTransport transport)
    {
        await using ToldApp app = await ToldApp.StartAsync(
            transport,
            told =>
            {
                told.Listen(IPAddress.Loopback, 0, endpoint => endpoint.UseConnectionHandler<Echo>());
                told.Listen(IPAddress.Loopback, 0, endpoint =>
                    endpoint.UseHttps(TestPolicy.Certificate).UseConnectionHandler<Echo>());
                told.Listen(IPAddress.Loopback, 0);
            },
            build: builder => builder.Configuration.AddInMemoryCollection([new("greeting", "hello")]));
        string big = new('x', 300_000);
        using (RawClient clear = await RawClient.ConnectAsync(new IPEndPoint(IPAddress.Loopback, PortOf(app, 0))))
        {
            Task sending = clear.SendAsync(big);
            Assert.Equal($"hello\n{big}", await clear.ReadExactlyAsync(big.Length + 6));
            await sending;
        }
        using (TlsClient encrypted = await TlsClient.ConnectAsync(PortOf(app, 1)))
        {
            Task sending = encrypted.SendAsync(big);
            Assert.Equal($"hello\n{big}", await encrypted.ReadExactlyAsync(big.Length + 6));
            await sending;
        }
        using RawClient http = await RawClient.ConnectAsync(new IPEndPoint(IPAddress.Loopback, PortOf(app, 2)));
        await http.SendAsync(Get);
        Assert.StartsWith("HTTP/1.1 200", (await http.ReadResponseAsync()).Head);
    }

    [Theory, OnEachTransport]
    public async Task Endpoints_show_their_real_port_after_the_start(TipiTransport transport)
    {
        ListenOptions? told = null;
        TipiListenOptions? own = null;
        await using ToldApp app = await ToldApp.StartAsync(
            transport, options => options.Listen(IPAddress.Loopback, 0, endpoint => told = endpoint),
            tipi: options => options.Listen(IPAddress.Loopback, 0, endpoint => own = endpoint));
        Assert.Equal([$"{own}", $"{told}"], app.Addresses);
        Assert.NotEqual(0, own!.IPEndPoint!.Port);
        Assert.NotEqual(0, told!.IPEndPoint!.Port);
        Assert.Equal($"http://{told.EndPoint}", app.Addresses[1]);
    }

    [Fact]
    public async Task Each_kind_of_address_can_be_told()
    {
        int port = FreePort();
        string path = Path.Combine(_folder.Path, "told.sock");
        await using ToldApp app = await ToldApp.StartAsync(TipiTransport.Sockets, told =>
        {
            told.ListenLocalhost(port);
            told.ListenAnyIP(0);
            told.ListenUnixSocket(path);
        });
        Assert.Equal($"http://localhost:{port}", app.Addresses[0]);
        Assert.StartsWith("http://[::]:", app.Addresses[1]);
        Assert.Equal($"http://unix:{path}", app.Addresses[2]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Defaults_of_endpoints_hold_for_those_that_Kestrel_was_not_told_of(bool byUrls)
    {
        int connections = 0;
        ListenOptions? told = null;
        await using ToldApp app = await ToldApp.StartAsync(
            TipiTransport.Sockets,
            options => options.ConfigureEndpointDefaults(endpoint =>
            {
                told = endpoint;
                endpoint.Protocols = HttpProtocols.Http2;
                endpoint.Use(next => connection =>
                {
                    Interlocked.Increment(ref connections);
                    return next(connection);
                });
            }),
            tipi: options =>
            {
                if (!byUrls) options.Listen(IPAddress.Loopback, 0);
            });
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, app.Addresses[0]);
        request.Version = HttpVersion.Version20;
        request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
        using HttpResponseMessage answer = await client.SendAsync(request);
        Assert.Equal("HTTP/2 nobody", await answer.Content.ReadAsStringAsync());
        Assert.Equal(1, connections);
        Assert.Equal(app.Port, told!.IPEndPoint!.Port);
        using RawClient old = await RawClient.ConnectAsync(new IPEndPoint(IPAddress.Loopback, app.Port));
        await old.SendAsync(Get);
        Assert.DoesNotContain("HTTP/1.1 200", await old.ReadToEndAsync());
    }

    [Fact]
    public async Task Where_code_tells_both_servers_of_an_address_Tipis_endpoint_is_there()
    {
        int port = FreePort();
        await using ToldApp app = await ToldApp.StartAsync(
            TipiTransport.Sockets,
            told => told.Listen(IPAddress.Loopback, port, static endpoint => endpoint.UseHttps(TestPolicy.Certificate)),
            tipi: options => options.Listen(IPAddress.Loopback, port));
        Assert.Equal([$"http://127.0.0.1:{port}"], app.Addresses);
        Assert.Contains($"Listen https://127.0.0.1:{port} (overridden: UseTipi listens there)", app.TakenOverText);
    }

    [Fact]
    public async Task Kestrels_section_can_be_another_one()
    {
        await using ToldApp app = await ToldApp.StartAsync(
            TipiTransport.Sockets,
            static told => told.Configure(
                told.ApplicationServices.GetRequiredService<IConfiguration>().GetSection("Web")),
            build: builder => builder.Configuration.AddInMemoryCollection(
            [
                new("Web:Endpoints:A:Url", "http://127.0.0.1:0"), new("Kestrel:Endpoints:B:Url", "http://127.0.0.1:0"),
            ]));
        Assert.Single(app.Addresses);
        Assert.NotNull(Hosting.Configuration.ConfigurationReading.Of(app.Options)!.Settings.Text("Endpoints:A:Url"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Http3_is_said_to_have_no_effect(bool byCode)
    {
        await using ToldApp app = await ToldApp.StartAsync(
            TipiTransport.Sockets,
            told =>
            {
                if (!byCode) return;
                told.Listen(IPAddress.Loopback, 0, static one => one.Protocols = HttpProtocols.Http1AndHttp2AndHttp3);
            },
            build: builder =>
            {
                if (byCode) return;
                builder.Configuration.AddInMemoryCollection(
                    [new("Kestrel:EndpointDefaults:Protocols", "Http1, Http3")]);
            });
        Assert.StartsWith("Http3 in the Protocols of http://127.0.0.1:0 has no effect", app.Text(73));
    }

    [Fact]
    public async Task An_endpoint_of_HTTP_3_alone_stops_the_start()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => ToldApp.StartAsync(
            TipiTransport.Sockets,
            told => told.Listen(IPAddress.Loopback, 0, static one => one.Protocols = HttpProtocols.Http3),
            Telling.OptionsClass));
        Assert.Contains("Add Http1 or Http2", error.Message);
        Assert.Contains(
            $"configured for Kestrel by {typeof(ToldOptions).FullName} (Tipi.Hosting.Tests)", error.Message);
    }

    private static int PortOf(ToldApp app, int index) => new Uri(app.Addresses[index]).Port;

    private static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
