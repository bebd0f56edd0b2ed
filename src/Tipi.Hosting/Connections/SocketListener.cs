using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Tipi.Hosting.Diagnostics;
using Tipi.Transport.Uring.Connections;

namespace Tipi.Hosting.Connections;

/// <summary>A listening socket of the system's; what it accepts becomes a connection of the framework's.</summary>
/// <remarks>
/// The framework's own listener tries again at once where no descriptor is left, and takes the last one. This one
/// pauses, and leaves some to the process: see <see cref="DescriptorReserve"/>.
/// </remarks>
internal sealed class SocketListener(
    Socket socket, SocketConnectionContextFactory connections, bool noDelay, ILogger log) : IConnectionListener
{
    private readonly LogThrottle _pauses = new();
    private DescriptorSupply _left;
    private volatile bool _isUnbound;

    public EndPoint EndPoint { get; } = socket.LocalEndPoint!;

    /// <returns>Null once it is unbound.</returns>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            if (_left == DescriptorSupply.Low) await PauseAsync(SocketError.TooManyOpenSockets, cancellationToken);
            if (_isUnbound) return null;
            try
            {
                Socket accepted = await socket.AcceptAsync(cancellationToken);
                _left = DescriptorReserve.Look();
                return Begin(accepted);
            }
            catch (ObjectDisposedException)
            {
                return null;
            }
            catch (SocketException error) when (error.SocketErrorCode == SocketError.OperationAborted)
            {
                return null;
            }
            catch (Exception error) when (ShortageOf(error) is { } shortage)
            {
                await PauseAsync(shortage, cancellationToken);
            }
            catch (SocketException)
            {
                // The connection was gone before it was accepted.
            }
        }
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _isUnbound = true;
        socket.Dispose();
        return default;
    }

    public ValueTask DisposeAsync()
    {
        _isUnbound = true;
        socket.Dispose();
        connections.Dispose();
        return default;
    }

    /// <summary>What costs one connection at most, and goes over; null: it is something else.</summary>
    private static SocketError? ShortageOf(Exception error) => error switch
    {
        OutOfMemoryException => SocketError.NoBufferSpaceAvailable,
        SocketException { SocketErrorCode: SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable } few =>
            few.SocketErrorCode,
        // The system's error has no name here: without a pause it could come again at once, for ever.
        SocketException { SocketErrorCode: SocketError.SocketError } => SocketError.SocketError,
        _ => null,
    };

    private ConnectionContext Begin(Socket accepted)
    {
        try
        {
            if (accepted.LocalEndPoint is IPEndPoint) accepted.NoDelay = noDelay;
            return connections.Create(accepted);
        }
        catch
        {
            accepted.Dispose();
            throw;
        }
    }

    /// <summary>Until there is more, or the socket is unbound. Connections wait in the kernel meanwhile.</summary>
    private async Task PauseAsync(SocketError error, CancellationToken cancellationToken)
    {
        if (_pauses.TryTake(Environment.TickCount64, out long others)) log.AcceptPaused(error, others);
        do
        {
            await Task.Delay(DescriptorReserve.Pause, cancellationToken);
            _left = DescriptorReserve.Look();
        }
        while (_left == DescriptorSupply.Low && !_isUnbound);
    }
}
