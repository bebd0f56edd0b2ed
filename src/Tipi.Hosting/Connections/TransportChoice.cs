using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Tipi.Hosting.Diagnostics;
using Tipi.Transport.Uring;

namespace Tipi.Hosting.Connections;

/// <summary>Chooses the transport by the options and by what the system offers.</summary>
internal static class TransportChoice
{
    /// <param name="options">What is wished for.</param>
    /// <param name="cause">Why io_uring is not to be had; null where it is.</param>
    /// <param name="remedy">What would help.</param>
    /// <param name="logs">For the transport's own lines.</param>
    /// <exception cref="InvalidOperationException">io_uring is demanded and missing.</exception>
    internal static IConnectionListenerFactory Make(
        TipiServerOptions options, string? cause, string? remedy, ILoggerFactory logs)
    {
        if (options.Transport == TipiTransport.Sockets) return MakeSockets(options, logs);
        if (cause is null) return MakeRings(options, logs);
        if (options.Transport == TipiTransport.Uring)
            throw new InvalidOperationException(
                $"The transport is set to Uring, but io_uring is not available: {cause}; {remedy}.");
        if (OperatingSystem.IsLinux()) logs.CreateLogger(ServerLog.Category).RingMissing(cause, remedy ?? "");
        return MakeSockets(options, logs);
    }

    private static UringConnectionListenerFactory MakeRings(TipiServerOptions options, ILoggerFactory logs)
    {
        options.Uring.MaxReadBufferSize = options.Limits.MaxRequestBufferSize;
        options.Uring.MaxWriteBufferSize = options.Limits.MaxResponseBufferSize;
        return new UringConnectionListenerFactory(options.Uring, logs);
    }

    private static SocketTransportFactory MakeSockets(TipiServerOptions options, ILoggerFactory logs) =>
        new(
            Options.Create(new SocketTransportOptions
            {
                Backlog = options.Uring.Backlog,
                NoDelay = options.Uring.NoDelay,
                MaxReadBufferSize = options.Limits.MaxRequestBufferSize,
                MaxWriteBufferSize = options.Limits.MaxResponseBufferSize,
            }),
            logs);
}
