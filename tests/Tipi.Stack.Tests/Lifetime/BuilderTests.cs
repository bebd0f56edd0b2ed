using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Hosting.Server;

namespace Tipi.Stack.Tests.Lifetime;

/// <summary>Tipi in every builder of a host, before and after other calls.</summary>
public sealed class BuilderTests
{
    [Theory, OnEachServer(TipiOnly = true)]
    public async Task Tipi_serves_in_every_builder_and_order(StackServer server)
    {
        foreach (string way in ServerPlaces.Builders)
        {
            using IHost host = ServerPlaces.Build(way, server);
            await host.StartAsync();
            StackHost.RequireServer(host.Services, server);
            using var client = new HttpClient();

            Assert.True(await client.GetStringAsync(new Uri(StackHost.AddressOf(host.Services))) == "tipi", way);

            await host.StopAsync();
        }
    }

    [Theory, OnEachServer(TipiOnly = true)]
    public async Task Tipi_serves_in_the_builders_of_old(StackServer server)
    {
        foreach (string way in OldBuilders.Ways)
            Assert.True(await OldBuilders.AskOnceAsync(way, server) == "tipi", way);
    }

    // The last call would win, and what was told to Tipi would be lost without a word.
    [Theory, OnEachServer(TipiOnly = true)]
    public async Task UseKestrel_after_UseTipi_ends_the_start(StackServer server)
    {
        await using WebApplication app = ServerPlaces.With(
            web => web.UseUrls(ServerPlaces.Address).UseTipi(ServerPlaces.Choose(server)).UseKestrel());

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => app.StartAsync());

        Assert.Contains("call UseTipi last", refused.Message, StringComparison.Ordinal);
    }

    [Theory, OnEachServer]
    public async Task Several_servers_in_one_process_answer_each_for_itself(StackServer server)
    {
        StackHost[] hosts = await Task.WhenAll(Enumerable.Range(0, 5).Select(
            number => StackHost.StartAsync(server, app => app.MapGet("/", () => $"{number}"))));

        string[] answers = await Task.WhenAll(hosts.Select(host => host.Client.GetStringAsync(host.Address)));
        await hosts[0].DisposeAsync();
        string rest = await hosts[1].Client.GetStringAsync(hosts[1].Address);
        foreach (StackHost host in hosts.Skip(1)) await host.DisposeAsync();

        Assert.Equal(["0", "1", "2", "3", "4"], answers);
        Assert.Equal("1", rest);
    }

    [Theory, OnEachServer]
    public async Task A_port_that_is_taken_is_named_and_may_be_used_later(StackServer server)
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        string address = $"http://{taken.LocalEndpoint}";
        await using (WebApplication app = ServerPlaces.With(web => web.UseUrls(address).UseStackServer(server)))
        {
            IOException error = await Assert.ThrowsAsync<IOException>(() => app.StartAsync());
            Assert.Contains(address, error.Message, StringComparison.Ordinal);
        }
        taken.Stop();

        await using WebApplication again = ServerPlaces.With(web => web.UseUrls(address).UseStackServer(server));
        await again.StartAsync();

        Assert.NotNull(again.Services.GetService<IServer>());
    }
}
