using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Tipi.Transport.Uring.Tests;

/// <summary>A listener of the transport, and sockets of the framework that connect to it.</summary>
internal sealed class RingHost : IAsyncDisposable
{
    private RingHost(UringConnectionListenerFactory factory, IConnectionListener listener)
    {
        Factory = factory;
        Listener = listener;
    }

    public UringConnectionListenerFactory Factory { get; }

    public IConnectionListener Listener { get; }

    public static async Task<RingHost> StartAsync(
        UringTransportOptions? options = null, EndPoint? endPoint = null, ILoggerFactory? log = null)
    {
        Kernel.NeedRing();
        var factory = new UringConnectionListenerFactory(options ?? new() { RingCount = 1 }, log);
        try
        {
            return new RingHost(factory, await factory.BindAsync(endPoint ?? new IPEndPoint(IPAddress.Loopback, 0)));
        }
        catch
        {
            await factory.DisposeAsync();
            throw;
        }
    }

    /// <summary>A new socket, not connected, of the listener's kind.</summary>
    public Socket NewPeer() => NewPeer(Listener.EndPoint);

    public static Socket NewPeer(EndPoint endPoint) => endPoint is UnixDomainSocketEndPoint
        ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
        : new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    /// <summary>A connection with both its ends.</summary>
    public async Task<RingPair> ConnectAsync(EndPoint? endPoint = null, Action<Socket>? configure = null)
    {
        var peer = NewPeer(endPoint ?? Listener.EndPoint);
        configure?.Invoke(peer);
        await peer.ConnectAsync(endPoint ?? Listener.EndPoint);
        var connection = await Listener.AcceptAsync() ?? throw new InvalidOperationException("The listener has ended.");
        return new RingPair(peer, connection);
    }

    public async ValueTask DisposeAsync()
    {
        await Listener.DisposeAsync();
        await Factory.DisposeAsync();
    }
}
