using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Tipi.Hosting.Diagnostics;

namespace Tipi.Hosting.Connections;

/// <summary>The transport that works everywhere: listens with sockets of the system's.</summary>
internal sealed class SocketListenerFactory(SocketTransportOptions options, ILoggerFactory logs)
    : IConnectionListenerFactory
{
    /// <summary>The framework's, so that what is set for it goes on to hold.</summary>
    private const string ConnectionCategory = "Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets";

    private readonly ILogger _log = logs.CreateLogger(ServerLog.Category);
    private readonly ILogger _connectionLog = logs.CreateLogger(ConnectionCategory);

    /// <exception cref="AddressInUseException">Another socket listens there.</exception>
    /// <exception cref="SocketException">The address cannot be bound for another reason.</exception>
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        Socket socket = Bind(endpoint);
        try
        {
            socket.Listen(options.Backlog);
            var connections = new SocketConnectionContextFactory(
                new SocketConnectionFactoryOptions
                {
                    MaxReadBufferSize = options.MaxReadBufferSize,
                    MaxWriteBufferSize = options.MaxWriteBufferSize,
                },
                _connectionLog);
            return new(new SocketListener(socket, connections, options.NoDelay, _log));
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private Socket Bind(EndPoint endpoint)
    {
        try
        {
            return options.CreateBoundListenSocket(endpoint);
        }
        catch (SocketException error) when (error.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            throw new AddressInUseException(error.Message, error);
        }
    }
}
