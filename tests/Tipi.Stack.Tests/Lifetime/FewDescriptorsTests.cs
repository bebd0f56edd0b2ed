using System.Net.Sockets;
using Tipi.Stack.Tests.Drain;

namespace Tipi.Stack.Tests.Lifetime;

/// <summary>
/// More connections than the process may have descriptors, before the first request. Accepting leaves some to the
/// runtime, which ends the process where it cannot start a thread of its pool.
/// </summary>
[Collection(Alone.Name)]
public sealed class FewDescriptorsTests
{
    private const int Descriptors = 1024;
    private const int Connections = Descriptors + 100;
    private const int MostOpen = Descriptors - 16;
    private const int FewestOpen = Descriptors - Descriptors / 6;
    private const int AtOnce = 20;

    // A pool's thread that has nothing to do ends, after 20 s otherwise, and is started again when it is needed.
    private static readonly string[] s_limits =
        ["env", "DOTNET_ThreadPool_ThreadTimeoutMs=200", "prlimit", $"--nofile={Descriptors}:{Descriptors}"];

    private static readonly TimeSpan s_untilThreadsEnd = TimeSpan.FromSeconds(1);

    [Theory, OnEachServer(TipiOnly = true)]
    public async Task More_connections_than_descriptors_cost_no_later_request(StackServer server)
    {
        Require();
        foreach (StackWire wire in Enum.GetValues<StackWire>())
        {
            using CountingApp app = await WireRequests.StartAppAsync(wire, server, s_limits);
            Socket[] sockets = await ConnectAsync(app.Address);
            await Task.Delay(s_untilThreadsEnd);
            Assert.InRange(app.Descriptors, FewestOpen, MostOpen);
            string[] early = await Task.WhenAll(
                sockets.Take(AtOnce).Select(one => AskOverAsync(one, wire, app.Address)));
            Assert.All(early, answer => Assert.Equal("slow 0", answer));
            foreach (Socket socket in sockets) socket.Dispose();

            await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => WireRequests.AskAsync(wire, app.Address)));
            int requests = AtOnce + AtOnce * WireRequests.Count;
            Assert.Equal((requests, requests), await app.StopAsync());
        }
    }

    [Theory, OnEachServer(TipiOnly = true)]
    public async Task The_pause_is_said_and_does_not_hold_up_the_stop(StackServer server)
    {
        Require();
        using CountingApp app = await WireRequests.StartAppAsync(StackWire.Http1, server, s_limits);
        Socket[] sockets = await ConnectAsync(app.Address);
        await Eventually.TrueAsync(() => app.Descriptors > FewestOpen, () => $"{app.Descriptors} descriptors");
        await Task.Delay(s_untilThreadsEnd);
        Assert.Equal((0, 0), await app.StopAsync());
        foreach (Socket socket in sockets) socket.Dispose();
        // Once, and again only when it has lasted for a while.
        Assert.InRange(app.Output.Split("Accepting connections is paused").Length - 1, 1, 3);
    }

    private static void Require() =>
        Assert.SkipUnless(File.Exists("/usr/bin/prlimit"), "prlimit is not installed (Debian package util-linux).");

    /// <summary>All at once; those that cannot be accepted wait in the kernel.</summary>
    private static async Task<Socket[]> ConnectAsync(Uri address)
    {
        var sockets = new List<Socket>();
        try
        {
            for (var i = 0; i < Connections; i++)
                sockets.Add(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
            await Task.WhenAll(sockets.Select(one => one.ConnectAsync(address.Host, address.Port)))
                .WaitAsync(Eventually.Patience);
            return [.. sockets];
        }
        catch
        {
            // All later tests of this process would fail for the want of descriptors.
            foreach (Socket socket in sockets) socket.Dispose();
            throw;
        }
    }

    /// <summary>Asks over a connection that was made before.</summary>
    private static async Task<string> AskOverAsync(Socket connection, StackWire wire, Uri address)
    {
        using SocketsHttpHandler handler = wire.NewHandler();
        handler.ConnectCallback = (_, _) => new(new NetworkStream(connection, ownsSocket: false));
        using var client = new HttpClient(handler) { BaseAddress = address, Timeout = Eventually.Patience };
        return await WireRequests.AskAsync(client, wire, HttpMethod.Get, "/slow/0", null);
    }
}
