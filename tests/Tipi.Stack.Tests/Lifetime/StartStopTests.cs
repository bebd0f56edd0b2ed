using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Tipi.Stack.Tests.Lifetime;

/// <summary>An application started and stopped again and again, as test suites do, leaves nothing behind.</summary>
[Collection(Alone.Name)]
public sealed class StartStopTests
{
    [Theory, OnEachServer]
    public Task A_hundred_starts_and_stops_leave_nothing(StackServer server) =>
        Leftovers.NoneAsync(() => ServeOnceAsync(server), 100);

    [Theory, OnEachServer]
    public async Task Starts_that_fail_leave_nothing(StackServer server)
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var address = $"http://{taken.LocalEndpoint}";
        await Leftovers.NoneAsync(() => FailOnceAsync(server, address), 30);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<WeakReference> ServeOnceAsync(StackServer server)
    {
        await using WebApplication app = ServerPlaces.With(
            web => web.UseUrls(ServerPlaces.Address).UseStackServer(server));
        await app.StartAsync();
        using var client = new HttpClient();
        Assert.Equal("tipi", await client.GetStringAsync(new Uri(StackHost.AddressOf(app.Services))));
        await app.StopAsync();
        return new WeakReference(app.Services);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<WeakReference> FailOnceAsync(StackServer server, string address)
    {
        await using WebApplication app = ServerPlaces.With(web => web.UseUrls(address).UseStackServer(server));
        await Assert.ThrowsAsync<IOException>(() => app.StartAsync());
        return new WeakReference(app.Services);
    }
}
