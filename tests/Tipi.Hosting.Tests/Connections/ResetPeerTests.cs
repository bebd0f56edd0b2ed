using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;
using Tipi.Hosting.Connections;

namespace Tipi.Hosting.Tests.Connections;

/// <summary>Peers that send a request and reset the connection: their address is known, and counts.</summary>
public sealed class ResetPeerTests
{
    private const int Peers = 150;
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    [Theory, OnEachTransport]
    public async Task The_address_is_known_after_a_reset(TipiTransport transport)
    {
        var seen = new ConcurrentQueue<IPAddress?>();
        await using TestServer server = await TestServer.StartAsync(transport, context =>
        {
            seen.Enqueue(context.Connection.RemoteIpAddress);
            return Task.CompletedTask;
        }, options => options.Listen(IPAddress.IPv6Loopback, 0));
        for (int i = 0; i < Peers; i++)
        {
            await ResetAfterAsync(new IPEndPoint(IPAddress.Loopback, server.Ports[0]), Get);
            await ResetAfterAsync(new IPEndPoint(IPAddress.IPv6Loopback, server.Ports[1]), Get);
        }
        await server.StopAsync(TimeSpan.FromSeconds(20));
        Assert.NotEmpty(seen);
        Assert.All(seen, address => Assert.True(address is not null && IPAddress.IsLoopback(address), $"{address}"));
    }

    /// <summary>Kestrel has now this end for it, now that: no row of the parity document can hold it.</summary>
    [Theory, OnEachTransport]
    public async Task A_reset_inside_a_body_is_no_error_of_the_connection(TipiTransport transport)
    {
        string[] framings = ["Content-Length: 9\r\n\r\nhello", "Transfer-Encoding: chunked\r\n\r\n9\r\nhello"];
        await using TestServer server = await TestServer.StartAsync(
            transport, static context => context.Request.Body.CopyToAsync(Stream.Null));
        using var meters = new MeterRecorder(server);
        foreach (string framing in framings)
        {
            using RawClient client = await server.ConnectAsync();
            await client.SendAsync($"POST / HTTP/1.1\r\nHost: a\r\n{framing}");
            await Task.Delay(200); // it has arrived by then
            client.Socket.LingerState = new LingerOption(true, 0);
            client.Socket.Close();
        }

        Measured[] ends = await meters.WaitAsync("kestrel.connection.duration", framings.Length);
        Assert.All(ends, one => Assert.DoesNotContain("error.type", one.Tags, StringComparison.Ordinal));
        Assert.DoesNotContain(server.Logs, line => line.Level > LogLevel.Debug);
    }

    [Theory, OnEachTransport]
    public async Task An_address_has_no_more_connections_by_a_reset(TipiTransport transport)
    {
        int running = 0;
        var together = new ConcurrentQueue<int>();
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using TestServer server = await TestServer.StartAsync(transport, async _ =>
        {
            together.Enqueue(Interlocked.Increment(ref running));
            await end.Task;
            Interlocked.Decrement(ref running);
        }, options => options.Limits.MaxConnectionsPerIP = 1);
        using RawClient first = await server.ConnectAsync();
        await first.SendAsync(Get);
        while (Volatile.Read(ref running) == 0) await Task.Delay(10);
        for (int i = 0; i < Peers; i++)
            await ResetAfterAsync(new IPEndPoint(IPAddress.Loopback, server.Port), Get);
        // Accepted after the others; refused with a reset, which the call that connects may see already, or an end.
        Exception? refusal = await Record.ExceptionAsync(async () =>
        {
            using RawClient last = await server.ConnectAsync();
            await last.IsEndedAsync();
        });
        Assert.True(refusal is null or SocketException, $"{refusal}");
        end.SetResult();
        Assert.Equal(200, (await first.ReadResponseAsync()).Status);
        first.Dispose();
        await server.StopAsync(TimeSpan.FromSeconds(20));
        // One that was accepted only when the first had gone may be served.
        Assert.All(together, count => Assert.Equal(1, count));
    }

    [Theory, OnEachTransport]
    public async Task Nobody_passes_the_list_of_proxies_by_a_reset(TipiTransport transport)
    {
        int requests = 0;
        await using TestServer server = await TestServer.StartAsync(transport, _ =>
        {
            Interlocked.Increment(ref requests);
            return Task.CompletedTask;
        }, options => options.Listen(IPAddress.Loopback, 0, endpoint => endpoint.UseProxyProtocol(proxy =>
        {
            proxy.AllowedNetworks.Add(IPNetwork.Parse("10.0.0.0/8"));
            proxy.AllowUnixSocket = true;
        })));
        for (int i = 0; i < Peers; i++)
        {
            await ResetAfterAsync(
                new IPEndPoint(IPAddress.Loopback, server.Ports[1]),
                "PROXY TCP4 192.0.2.1 198.51.100.2 5000 443\r\n" + Get);
        }
        await server.StopAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(0, requests);
    }

    [Fact]
    public void Unknown_addresses_are_one_peer()
    {
        Assert.True(UnknownPeer.Is(null, null));
        Assert.True(UnknownPeer.Is(null, IPEndPoint.Parse("[::1]:80")));
        Assert.False(UnknownPeer.Is(null, new UnixDomainSocketEndPoint("/run/a")));
        Assert.False(UnknownPeer.Is(IPEndPoint.Parse("192.0.2.1:1"), IPEndPoint.Parse("192.0.2.2:1")));
        var counts = new PeerCounts();
        Assert.NotNull(counts.TryEnter(UnknownPeer.Address, most: 1));
        Assert.Null(counts.TryEnter(UnknownPeer.Address, most: 1));
        Assert.NotNull(counts.TryEnter(IPAddress.Loopback, most: 1));
    }

    private static async Task ResetAfterAsync(IPEndPoint server, string text)
    {
        using var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.LingerState = new LingerOption(enable: true, seconds: 0);
        try
        {
            await socket.ConnectAsync(server);
            await socket.SendAsync(Encoding.ASCII.GetBytes(text));
        }
        catch (SocketException)
        {
            // The server was first, and has refused the peer.
        }
        socket.Close();
    }
}
