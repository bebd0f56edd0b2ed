using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace Tipi.Transport.Uring.Tests.Connections;

public sealed class UringConnectionListenerTests
{
    [Theory(Timeout = Kernel.TestLimitMs)]
    [InlineData("127.0.0.1", "127.0.0.1")]
    [InlineData("0.0.0.0", "127.0.0.1")]
    [InlineData("::1", "::1")]
    [InlineData("::", "::1")]
    [InlineData("::", "127.0.0.1")]
    public async Task It_listens_on_IPv4_IPv6_and_both(string bound, string connected)
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6 || !bound.Contains(':'), "No IPv6 here.");
        await using var host = await RingHost.StartAsync(endPoint: new IPEndPoint(IPAddress.Parse(bound), 0));
        var port = Assert.IsType<IPEndPoint>(host.Listener.EndPoint).Port;
        Assert.NotEqual(0, port);
        await using var pair = await host.ConnectAsync(new IPEndPoint(IPAddress.Parse(connected), port));
        Assert.Equal(port, ((IPEndPoint)pair.Connection.LocalEndPoint!).Port);
        Assert.Equal(((IPEndPoint)pair.Peer.LocalEndPoint!).Port, ((IPEndPoint)pair.Connection.RemoteEndPoint!).Port);
        await pair.SendAsync("x"u8.ToArray());
        Assert.Equal("x"u8.ToArray(), await pair.ReadAsync(1));
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task It_listens_on_a_Unix_socket_and_removes_the_file()
    {
        var path = Path.Combine(Path.GetTempPath(), $"tipi-{Guid.NewGuid():N}.sock");
        await using var host = await RingHost.StartAsync(endPoint: new UnixDomainSocketEndPoint(path));
        Assert.True(File.Exists(path));
        await using var pair = await host.ConnectAsync();
        Assert.Equal(host.Listener.EndPoint, pair.Connection.LocalEndPoint);
        await pair.SendAsync("x"u8.ToArray());
        Assert.Equal("x"u8.ToArray(), await pair.ReadAsync(1));
        await pair.Output.WriteAsync("y"u8.ToArray());
        Assert.Equal("y"u8.ToArray(), await pair.ReceiveAsync(1));
        await host.Listener.UnbindAsync();
        Assert.False(File.Exists(path));
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task It_goes_on_listening_when_whoever_made_the_socket_has_closed_it()
    {
        Socket? made = null;
        await using var host = await RingHost.StartAsync(new()
        {
            RingCount = 1,
            CreateBoundListenSocket = endPoint =>
            {
                made = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                made.Bind(endPoint);
                return made;
            },
        });
        made!.Dispose();
        using var stranger = new TcpListener(IPAddress.Loopback, 0); // may have its number
        stranger.Start();
        for (var i = 0; i < 5; i++)
        {
            await using var pair = await host.ConnectAsync();
            await pair.SendAsync("x"u8.ToArray());
            Assert.Equal("x"u8.ToArray(), await pair.ReadAsync(1));
        }

        await host.Listener.UnbindAsync();
        using var client = new TcpClient();
        await client.ConnectAsync((IPEndPoint)stranger.LocalEndpoint);
        using var accepted = await stranger.AcceptTcpClientAsync();
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task Unbinding_stops_accepting_and_keeps_the_connections()
    {
        await using var host = await RingHost.StartAsync();
        await using var pair = await host.ConnectAsync();
        var accepting = host.Listener.AcceptAsync().AsTask();
        await host.Listener.UnbindAsync();
        Assert.Null(await accepting);
        Assert.Null(await host.Listener.AcceptAsync());
        await host.Listener.UnbindAsync();
        using var late = host.NewPeer();
        var refused = await Assert.ThrowsAsync<SocketException>(
            async () => await late.ConnectAsync(host.Listener.EndPoint));
        Assert.Equal(SocketError.ConnectionRefused, refused.SocketErrorCode);
        await pair.SendAsync("x"u8.ToArray());
        Assert.Equal("x"u8.ToArray(), await pair.ReadAsync(1));
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task Disposing_aborts_what_nobody_accepted()
    {
        await using var host = await RingHost.StartAsync();
        using var peer = host.NewPeer();
        await peer.ConnectAsync(host.Listener.EndPoint);
        await Task.Delay(50);
        await host.Listener.DisposeAsync();
        var error = await Assert.ThrowsAsync<SocketException>(async () => await peer.ReceiveAsync(new byte[1]));
        Assert.Equal(SocketError.ConnectionReset, error.SocketErrorCode);
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task Accepting_can_be_cancelled()
    {
        await using var host = await RingHost.StartAsync();
        using var source = new CancellationTokenSource(20);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await host.Listener.AcceptAsync(source.Token));
        await using var pair = await host.ConnectAsync();
        Assert.True(pair.Peer.Connected);
    }

    [Theory(Timeout = Kernel.TestLimitMs)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(8)]
    public async Task Few_connections_are_spread_evenly(int connections)
    {
        await using var host = await RingHost.StartAsync(new() { RingCount = 2 });
        var pairs = new List<RingPair>();
        for (var i = 0; i < connections; i++) pairs.Add(await host.ConnectAsync());
        var onFirst = 0;
        var first = pairs[0];
        foreach (var pair in pairs)
        {
            await pair.OnRingAsync(() =>
            {
                if (first.Ring.IsOnRing) onFirst++;
            });
        }

        Assert.Equal(connections / 2, onFirst);
        foreach (var pair in pairs) await pair.DisposeAsync();
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task Out_of_descriptors_it_pauses_says_so_once_and_goes_on_later()
    {
        var log = new LogLines();
        var (shortage, host) = await DescriptorShortage.StartAsync(
            () => RingHost.StartAsync(new() { RingCount = 2 }, log: log));
        using (shortage)
        await using (host)
        {
            for (var i = 0; i < 5; i++)
            {
                await using var pair = await host.ConnectAsync();
                await pair.SendAsync("x"u8.ToArray());
                Assert.Equal("x"u8.ToArray(), await pair.ReadAsync(1));
            }
        }

        var line = Assert.Single(log.All);
        Assert.Equal(Microsoft.Extensions.Logging.LogLevel.Warning, line.Level);
        Assert.Contains("EMFILE", line.Text, StringComparison.Ordinal);
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task It_can_be_unbound_while_it_pauses()
    {
        var log = new LogLines();
        var (shortage, host) = await DescriptorShortage.StartAsync(() => RingHost.StartAsync(log: log));
        using (shortage)
        await using (host)
        {
            using var peer = host.NewPeer();
            await peer.ConnectAsync(host.Listener.EndPoint);
            await Eventually.HoldsAsync(() => log.All.Length > 0, "the pause to begin");
            await host.Listener.UnbindAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10));
        }
    }
}
