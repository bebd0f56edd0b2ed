using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Tipi.Stack.Tests.Lifetime;

/// <summary>An application started and stopped again and again, as test suites do, leaves nothing behind.</summary>
[Collection(Alone.Name)]
public sealed class StartStopTests
{
    private const int Rounds = 100;

    [Theory, OnEachServer]
    public async Task A_hundred_starts_and_stops_leave_nothing(StackServer server)
    {
        for (var i = 0; i < 5; i++) await ServeOnceAsync(server);
        await LeavesNothingAsync(() => ServeOnceAsync(server), Rounds);
    }

    [Theory, OnEachServer]
    public async Task Starts_that_fail_leave_nothing(StackServer server)
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var address = $"http://{taken.LocalEndpoint}";
        for (var i = 0; i < 3; i++) await FailOnceAsync(server, address);
        await LeavesNothingAsync(() => FailOnceAsync(server, address), 30);
    }

    private static async Task LeavesNothingAsync(Func<Task<WeakReference>> serve, int rounds)
    {
        ProcessHoldings.Collect();
        ProcessHoldings before = ProcessHoldings.Read();
        var services = new List<WeakReference>();

        for (var i = 0; i < rounds; i++) services.Add(await serve());

        // The pool's threads come and go by themselves: a leak would be one for each round.
        ProcessHoldings after = before;
        await Eventually.TrueAsync(
            () =>
            {
                ProcessHoldings.Collect();
                after = ProcessHoldings.Read();
                return services.Count(service => service.IsAlive) <= 1
                    && after.Descriptors <= before.Descriptors + 3
                    && after.Sockets <= before.Sockets + 1
                    && after.Rings <= before.Rings
                    && after.Threads <= before.Threads + 8
                    && after.ManagedBytes < before.ManagedBytes + 3_000_000;
            },
            () => $"{before} became {after}, {services.Count(service => service.IsAlive)} service providers live");
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
