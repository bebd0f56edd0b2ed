using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Tipi.Hosting;

namespace Tipi.Stack.Tests.Lifetime;

/// <summary>
/// Starts that fail, for whatever reason: the message names what is to be done, nothing is left, and the process can
/// start a server afterwards.
/// </summary>
[Collection(Alone.Name)]
public sealed class FailingStartTests
{
    private const int Rounds = 12;

    [Theory, OnEachServer(TipiOnly = true)]
    public Task An_https_address_with_a_wrong_certificate_is_refused_with_what_to_do(StackServer server) => FailsAsync(
        server,
        web => web.UseUrls("http://127.0.0.1:0", "https://127.0.0.1:0")
            .UseSetting("Kestrel:Certificates:Default:Path", "missing.pfx"),
        "missing.pfx does not exist", "Correct Kestrel:Certificates:Default:Path");

    [Theory, OnEachServer(TipiOnly = true)]
    public async Task A_value_of_the_configuration_that_is_none_is_named(StackServer server)
    {
        // Not a WebApplication: it asks for the server while it is built, and then there is nothing to dispose of.
        IHost Build(string timeout) =>
            OfDefaults(server, web => web.UseSetting("Tipi:Limits:KeepAliveTimeout", timeout)).Build();

        await Leftovers.NoneAsync(
            () => FailedStart.OfAsync(
                () => Build("soon"), "Tipi:Limits:KeepAliveTimeout is \"soon\"; it must be"),
            Rounds);

        using IHost next = Build("00:01:00");
        await FailedStart.IsOverAsync(next);
    }

    [Theory, OnEachServer(TipiOnly = true)]
    public Task An_option_that_leaves_no_time_to_stop_is_named(StackServer server) => FailsAsync(
        server, Set(options => options.DrainDelay = TimeSpan.FromHours(1)),
        "TipiServerOptions.DrainDelay", "HostOptions.ShutdownTimeout", "Reduce DrainDelay");

    // On both transports: Auto chooses by the machine, and an option must not be wrong on one machine only.
    [Theory, OnEachServer(TipiOnly = true)]
    public Task An_option_of_the_transport_is_named(StackServer server) => FailsAsync(
        server, Set(options => options.Uring.RingCount = -1),
        "UringTransportOptions.RingCount is -1", "it must be");

    [Theory, OnEachServer(TipiOnly = true)]
    public Task An_endpoint_that_can_not_work_is_named_and_the_good_one_before_it_closed(StackServer server) =>
        FailsAsync(
            server,
            Set(options =>
            {
                options.Listen(IPAddress.Loopback, 0);
                options.Listen(IPAddress.Loopback, 0, endpoint => endpoint.Protocols = HttpProtocols.Http3);
            }),
            "http://127.0.0.1:0", "Protocols are Http3", "Add Http1");

    [Theory, OnEachServer(TipiOnly = true)]
    public async Task A_port_that_is_taken_is_named_and_the_good_one_before_it_closed(StackServer server)
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        await FailsAsync(
            server, web => web.UseUrls(ServerPlaces.Address, $"http://{taken.LocalEndpoint}"),
            $"http://{taken.LocalEndpoint}", "in use", "choose another port");
    }

    [Theory, OnEachServer]
    public Task A_part_that_fails_before_the_server_starts(StackServer server) => FailsAsync(
        server, web => web.UseUrls(ServerPlaces.Address).ConfigureServices(AddFailing), FailingService.Reason);

    [Theory, OnEachServer]
    public async Task A_part_that_fails_after_the_server_has_started(StackServer server)
    {
        int port = FreePort.Find();
        IHostBuilder Builder() => OfDefaults(server, web => web.UseUrls($"http://127.0.0.1:{port}"));

        await Leftovers.NoneAsync(
            () => FailedStart.OfAsync(() => Builder().ConfigureServices(AddFailing).Build(), FailingService.Reason),
            Rounds);

        // At the same port, which the failed ones listened on.
        using IHost next = Builder().Build();
        await FailedStart.IsOverAsync(next);
    }

    // Who catches the exception and goes on may be long in disposing the host.
    [Theory, OnEachServer]
    public async Task A_start_that_fails_gives_its_ports_back_at_once(StackServer server)
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        int port = FreePort.Find();
        await using WebApplication app = ServerPlaces.With(web => web
            .UseUrls($"http://127.0.0.1:{port}", $"http://{taken.LocalEndpoint}").UseStackServer(server));
        await Assert.ThrowsAsync<IOException>(() => app.StartAsync());

        await using WebApplication next = ServerPlaces.With(
            web => web.UseUrls($"http://127.0.0.1:{port}").UseStackServer(server));

        await FailedStart.IsOverAsync(next);
    }

    private static async Task FailsAsync(StackServer server, Action<IWebHostBuilder> mistake, params string[] named)
    {
        await Leftovers.NoneAsync(
            () => FailedStart.OfAsync(
                () => ServerPlaces.With(web =>
                {
                    web.UseStackServer(server);
                    mistake(web);
                }),
                named),
            Rounds);

        await using WebApplication next = ServerPlaces.With(
            web => web.UseUrls(ServerPlaces.Address).UseStackServer(server));
        await FailedStart.IsOverAsync(next);
    }

    private static IHostBuilder OfDefaults(StackServer server, Action<IWebHostBuilder> configure) =>
        Host.CreateDefaultBuilder().ConfigureWebHostDefaults(web => configure(web.Answer(server)));

    private static Action<IWebHostBuilder> Set(Action<TipiServerOptions> configure) =>
        web => web.UseUrls(ServerPlaces.Address).ConfigureServices(services => services.Configure(configure));

    private static void AddFailing(IServiceCollection services) => services.AddHostedService<FailingService>();
}
