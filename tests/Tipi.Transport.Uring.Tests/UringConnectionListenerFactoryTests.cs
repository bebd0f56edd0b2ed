using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace Tipi.Transport.Uring.Tests;

public sealed class UringConnectionListenerFactoryTests
{
    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task An_address_in_use_is_said_to_be_so()
    {
        await using var host = await RingHost.StartAsync();
        await Assert.ThrowsAsync<AddressInUseException>(
            async () => await host.Factory.BindAsync(host.Listener.EndPoint));
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task Rings_that_cannot_all_be_had_leave_nothing_behind()
    {
        await using (await RingHost.StartAsync(new() { RingCount = 2 })) await Task.Yield();
        var descriptors = Kernel.CountDescriptors();
        var error = await Assert.ThrowsAsync<IOException>(
            () => DescriptorShortage.StartAsync(() => RingHost.StartAsync(new() { RingCount = 1000 })));
        Assert.Contains("EMFILE", error.Message, StringComparison.Ordinal);
        await Eventually.EqualsAsync(descriptors, Kernel.CountDescriptors, "the number of descriptors");
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task With_ReusePort_several_listen_on_one_port()
    {
        var options = new UringTransportOptions { RingCount = 1, ReusePort = true };
        await using var one = await RingHost.StartAsync(options);
        await using var two = await RingHost.StartAsync(options, one.Listener.EndPoint);
        Assert.Equal(one.Listener.EndPoint, two.Listener.EndPoint);
        var (toOne, toTwo) = (one.Listener.AcceptAsync().AsTask(), two.Listener.AcceptAsync().AsTask());
        var peers = new List<Socket>();
        while (!toOne.IsCompleted || !toTwo.IsCompleted)
        {
            var peer = one.NewPeer();
            await peer.ConnectAsync(one.Listener.EndPoint);
            peers.Add(peer);
            await Task.Delay(1);
        }

        foreach (var peer in peers) peer.Dispose();
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task A_port_is_free_again_after_the_listener_ends()
    {
        await using var host = await RingHost.StartAsync();
        await using (await host.ConnectAsync())
        {
            await host.Listener.DisposeAsync();
        }

        await using var again = await host.Factory.BindAsync(host.Listener.EndPoint);
        Assert.Equal(host.Listener.EndPoint, again.EndPoint);
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task An_end_point_of_no_known_kind_is_refused()
    {
        await using var host = await RingHost.StartAsync();
        await Assert.ThrowsAsync<NotSupportedException>(
            async () => await host.Factory.BindAsync(new DnsEndPoint("localhost", 0)));
    }

    [Fact]
    public void A_budget_of_less_than_a_millisecond_is_refused()
    {
        var options = new UringTransportOptions { HandOffBudget = TimeSpan.FromMicroseconds(999) };
        Assert.Throws<ArgumentException>(() => new UringConnectionListenerFactory(options));
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task Rings_start_with_the_first_listener_and_are_counted()
    {
        Kernel.NeedRing();
        await using var factory = new UringConnectionListenerFactory(new UringTransportOptions { RingCount = 3 });
        Assert.Equal(0, factory.RingCount);
        await using var listener = await factory.BindAsync(new IPEndPoint(IPAddress.Loopback, 0));
        Assert.Equal(3, factory.RingCount);
        Assert.Equal(0, factory.HandOffs);
        await using var other = await factory.BindAsync(new IPEndPoint(IPAddress.Loopback, 0));
        Assert.Equal(3, factory.RingCount);
        Assert.NotEqual(listener.EndPoint, other.EndPoint);
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task Disposing_aborts_the_connections_and_gives_everything_back()
    {
        await using (var warmUp = await RingHost.StartAsync()) await (await warmUp.ConnectAsync()).DisposeAsync();
        var descriptors = Kernel.CountDescriptors();
        var host = await RingHost.StartAsync(new() { RingCount = 2 });
        var pairs = new List<RingPair>();
        for (var i = 0; i < 20; i++) pairs.Add(await host.ConnectAsync());
        var reading = pairs[0].Input.ReadAsync().AsTask();
        await host.Listener.UnbindAsync();
        await host.Factory.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10));
        await Assert.ThrowsAsync<ConnectionAbortedException>(() => reading);
        foreach (var pair in pairs)
        {
            Assert.True(pair.Connection.ConnectionClosed.IsCancellationRequested);
            await Assert.ThrowsAsync<SocketException>(pair.ReceiveToEndAsync);
            await pair.DisposeAsync();
        }

        await Eventually.EqualsAsync(descriptors, Kernel.CountDescriptors, "the number of descriptors");
        await Assert.ThrowsAsync<ObjectDisposedException>(
            async () => await host.Factory.BindAsync(new IPEndPoint(IPAddress.Loopback, 0)));
        await host.DisposeAsync();
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task Disposing_the_factory_alone_ends_its_listeners_too()
    {
        for (var round = 0; round < 20; round++)
        {
            await using var host = await RingHost.StartAsync(new() { RingCount = 2 });
            var pairs = Enumerable.Range(0, 10).Select(_ => Task.Run(async () =>
            {
                using var peer = host.NewPeer();
                try
                {
                    await peer.ConnectAsync(host.Listener.EndPoint);
                    _ = await peer.ReceiveAsync(new byte[1]);
                }
                catch (SocketException)
                {
                    // refused or reset
                }
            })).ToArray();
            if (round % 2 == 0) await Task.Delay(round / 4);
            await host.Factory.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10));
            await host.Listener.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10));
            await Task.WhenAll(pairs).WaitAsync(TimeSpan.FromSeconds(10));
        }
    }
}
