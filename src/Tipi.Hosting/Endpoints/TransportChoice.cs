using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tipi.Hosting.Connections;
using Tipi.Hosting.Diagnostics;
using Tipi.Transport.Uring;
using Tipi.Transport.Uring.Connections;

namespace Tipi.Hosting.Endpoints;

/// <summary>Chooses the transport by the options and by what the system offers.</summary>
internal static class TransportChoice
{
    /// <param name="options">What is wished for.</param>
    /// <param name="sockets">Binds what the transport listens with.</param>
    /// <param name="cause">Why io_uring is not to be had; null where it is.</param>
    /// <param name="remedy">What would help.</param>
    /// <param name="logs">For the transport's own lines.</param>
    /// <exception cref="InvalidOperationException">io_uring is demanded and missing.</exception>
    /// <exception cref="ArgumentException">An option of the transport has a value that cannot work.</exception>
    internal static IConnectionListenerFactory Make(
        TipiServerOptions options, BoundSockets sockets, string? cause, string? remedy, ILoggerFactory logs)
    {
        // Whatever is chosen: Auto chooses by the machine, and a wrong value is to be found on each.
        options.Uring.Check();
        Func<EndPoint, Socket>? bind = options.Uring.CreateBoundListenSocket;
        if (options.Transport == TipiTransport.Sockets) return MakeSockets(options, sockets, bind, logs);
        if (cause is null)
        {
            UringConnectionListenerFactory rings = MakeRings(options, sockets, bind, logs);
            RingSupport support = rings.Start();
            if (support.IsAvailable) return rings;
            (cause, remedy) = (support.Cause, support.Remedy);
        }
        if (options.Transport == TipiTransport.Uring)
            throw new InvalidOperationException(
                $"Transport is set to Uring, but io_uring is not available: {cause}. To use it, {remedy}. To run "
                + "without it, set Transport to Auto or Sockets.");
        if (OperatingSystem.IsLinux()) logs.CreateLogger(ServerLog.Category).RingMissing(cause ?? "", remedy ?? "");
        return MakeSockets(options, sockets, bind, logs);
    }

    private static UringConnectionListenerFactory MakeRings(
        TipiServerOptions options, BoundSockets sockets, Func<EndPoint, Socket>? own, ILoggerFactory logs)
    {
        UringTransportOptions uring = options.Uring;
        uring.MaxReadBufferSize = options.Limits.MaxRequestBufferSize;
        uring.MaxWriteBufferSize = options.Limits.MaxResponseBufferSize;
        Func<EndPoint, Socket> bind = own ?? (one => ListeningSocket.Bind(one, uring));
        uring.CreateBoundListenSocket = endPoint => sockets.Bind(endPoint, bind);
        var lifetime = (IHostApplicationLifetime?)options.ApplicationServices.GetService(
            typeof(IHostApplicationLifetime));
        return new UringConnectionListenerFactory(uring, logs, lifetime);
    }

    private static SocketListenerFactory MakeSockets(
        TipiServerOptions options, BoundSockets sockets, Func<EndPoint, Socket>? own, ILoggerFactory logs)
    {
        Func<EndPoint, Socket> bind = own ?? SocketTransportOptions.CreateDefaultBoundListenSocket;
        var transport = new SocketTransportOptions
        {
            Backlog = options.Uring.Backlog,
            NoDelay = options.Uring.NoDelay,
            MaxReadBufferSize = options.Limits.MaxRequestBufferSize,
            MaxWriteBufferSize = options.Limits.MaxResponseBufferSize,
            CreateBoundListenSocket = endPoint => sockets.Bind(endPoint, bind),
        };
        return new SocketListenerFactory(transport, logs);
    }
}
