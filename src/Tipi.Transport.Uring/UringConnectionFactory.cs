using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Tipi.Transport.Uring.Connections;
using Tipi.Transport.Uring.Native;
using Tipi.Transport.Uring.Rings;

namespace Tipi.Transport.Uring;

/// <summary>
/// Opens client connections with io_uring. Wrap a connection in a <see cref="ConnectionStream"/> to use it in the
/// <c>ConnectCallback</c> of an <c>HttpClient</c>. The rings start with the first connection and stop when the factory
/// is disposed.
/// </summary>
public sealed class UringConnectionFactory : IConnectionFactory, IAsyncDisposable
{
    private readonly UringTransportOptions _options;
    private readonly Lock _starting = new();
    private RingGroup? _rings;
    private bool _disposed;

    /// <summary>Creates a factory; nothing is opened yet.</summary>
    /// <exception cref="ArgumentException">The value of an option is invalid.</exception>
    public UringConnectionFactory(UringTransportOptions? options = null)
    {
        _options = options ?? new();
        _options.Check();
    }

    /// <summary>Connects to an IP endpoint, a Unix socket, or the first address of a host that answers.</summary>
    /// <exception cref="SocketException">The peer or the network refused the connection.</exception>
    public async ValueTask<ConnectionContext> ConnectAsync(
        EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        if (endpoint is not DnsEndPoint host)
            return await ConnectToAsync(endpoint, cancellationToken).ConfigureAwait(false);
        SocketException? failure = null;
        foreach (var address in await Dns.GetHostAddressesAsync(host.Host, cancellationToken).ConfigureAwait(false))
        {
            try
            {
                var peer = new IPEndPoint(address, host.Port);
                return await ConnectToAsync(peer, cancellationToken).ConfigureAwait(false);
            }
            catch (SocketException e)
            {
                failure = e;
            }
        }

        throw failure ?? new SocketException((int)SocketError.HostNotFound);
    }

    /// <summary>Aborts open connections and stops the rings.</summary>
    public async ValueTask DisposeAsync()
    {
        RingGroup? rings;
        lock (_starting)
        {
            _disposed = true;
            rings = _rings;
        }

        if (rings is not null) await rings.DisposeAsync().ConfigureAwait(false);
    }

    private async Task<ConnectionContext> ConnectToAsync(EndPoint endPoint, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var address = endPoint.Serialize();
        var loop = StartRings().LeastBusy();
        var descriptor = LibC.OpenStream(endPoint.AddressFamily switch
        {
            AddressFamily.InterNetworkV6 => LibC.FamilyIPv6,
            AddressFamily.Unix => LibC.FamilyUnix,
            _ => LibC.FamilyIPv4,
        });
        if (descriptor < 0) throw ErrnoTranslation.ToSocketException((Errno)(-descriptor));
        if (_options.NoDelay && endPoint is IPEndPoint) LibC.SetNoDelay(descriptor);
        var attempt = new ConnectAttempt(loop, descriptor, address.Buffer[..address.Size], _options);
        Interlocked.Increment(ref loop.ConnectionCount);
        loop.Post(attempt);
        await using (cancellationToken.UnsafeRegister(static (state, _) => ((ConnectAttempt)state!).Cancel(), attempt))
            return await attempt.Connected.ConfigureAwait(false);
    }

    private RingGroup StartRings()
    {
        lock (_starting)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _rings ??= new RingGroup(_options, static _ => { });
        }
    }
}
