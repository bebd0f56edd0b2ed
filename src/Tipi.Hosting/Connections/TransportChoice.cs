using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Tipi.Hosting.Connections;

/// <summary>Chooses the transport by the options and by what the system offers.</summary>
internal static class TransportChoice
{
    internal static IConnectionListenerFactory Make(TipiServerOptions options, ILoggerFactory logs, ILogger log)
    {
        if (options.Transport == TipiTransport.Uring)
            throw new InvalidOperationException("The transport is set to Uring, but io_uring is not available.");
        return MakeSockets(options, logs);
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
