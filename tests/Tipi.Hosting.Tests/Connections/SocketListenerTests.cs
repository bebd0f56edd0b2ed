using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Tipi.Hosting.Connections;

namespace Tipi.Hosting.Tests.Connections;

/// <summary>What it does where descriptors are few is tested with a process of its own, in Tipi.Stack.Tests.</summary>
public sealed class SocketListenerTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private static readonly IPEndPoint s_anyPort = new(IPAddress.Loopback, 0);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_connection_has_the_delay_that_was_asked_for(bool noDelay)
    {
        await using IConnectionListener listener = await BindAsync(s_anyPort, noDelay);
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(listener.EndPoint);
        await using ConnectionContext? accepted = await listener.AcceptAsync().AsTask().WaitAsync(s_patience);
        Assert.Equal(client.LocalEndPoint, accepted?.RemoteEndPoint);
        Assert.Equal(noDelay, accepted?.Features.Get<IConnectionSocketFeature>()?.Socket.NoDelay);
    }

    [Fact]
    public async Task An_accept_that_waits_ends_when_it_is_unbound()
    {
        await using IConnectionListener listener = await BindAsync(s_anyPort);
        Task<ConnectionContext?> waiting = listener.AcceptAsync().AsTask();
        await listener.UnbindAsync();
        Assert.Null(await waiting.WaitAsync(s_patience));
        Assert.Null(await listener.AcceptAsync().AsTask().WaitAsync(s_patience));
    }

    [Fact]
    public async Task A_port_in_use_is_said_to_be_so_and_free_after_the_listener()
    {
        IConnectionListener listener = await BindAsync(s_anyPort);
        await Assert.ThrowsAsync<AddressInUseException>(() => BindAsync(listener.EndPoint));
        await listener.DisposeAsync();
        await using IConnectionListener again = await BindAsync(listener.EndPoint);
        Assert.Equal(listener.EndPoint, again.EndPoint);
    }

    private static async Task<IConnectionListener> BindAsync(EndPoint endPoint, bool noDelay = true)
    {
        var options = new SocketTransportOptions { NoDelay = noDelay };
        return await new SocketListenerFactory(options, NullLoggerFactory.Instance).BindAsync(endPoint);
    }
}
