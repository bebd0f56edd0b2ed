using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using Tipi.Transport.Uring.Native;
using Tipi.Transport.Uring.Rings;

namespace Tipi.Transport.Uring.Connections;

/// <summary>
/// A listening socket that every ring accepts from. The kernel gives a connection to one of them, which keeps it or
/// passes it on to the ring that has clearly fewer, so that few connections are spread evenly too.
/// </summary>
internal sealed class UringConnectionListener : IConnectionListener
{
    // A ring that has this fraction more connections than another passes the next one on.
    private const int ToleratedFraction = 8;

    private readonly Socket _socket;
    private readonly RingGroup _rings;
    private readonly AcceptLoop[] _accepts;
    private readonly Action<Errno> _reportShortage;
    private readonly Channel<ConnectionContext> _accepted = Channel.CreateUnbounded<ConnectionContext>(
        new UnboundedChannelOptions { SingleReader = true, AllowSynchronousContinuations = true });

    private Task? _unbound;

    public UringConnectionListener(Socket socket, EndPoint endPoint, RingGroup rings, Action<Errno> reportShortage)
    {
        _socket = socket;
        _rings = rings;
        _reportShortage = reportShortage;
        EndPoint = endPoint;
        Descriptor = (int)socket.SafeHandle.DangerousGetHandle();
        _accepts = new AcceptLoop[rings.Count];
        for (var i = 0; i < _accepts.Length; i++) _accepts[i] = new AcceptLoop(this, rings[i]);
        foreach (var accepts in _accepts) accepts.Start();
    }

    public EndPoint EndPoint { get; }

    /// <summary>The listening socket's descriptor; it is closed after every ring has stopped accepting.</summary>
    public int Descriptor { get; }

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (await _accepted.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (_accepted.Reader.TryRead(out var connection)) return connection;
        }

        return null;
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        lock (_accepts) _unbound ??= StopAcceptingAsync();
        return new ValueTask(_unbound.WaitAsync(cancellationToken));
    }

    public async ValueTask DisposeAsync()
    {
        await UnbindAsync().ConfigureAwait(false);
        while (_accepted.Reader.TryRead(out var connection)) connection.Abort();
    }

    /// <summary>Finds a ring for an accepted socket. Called by the accepting ring's owner.</summary>
    public void Place(RingLoop accepting, int descriptor)
    {
        var least = _rings.Count == 1 ? accepting : _rings.LeastBusy();
        var fewest = Volatile.Read(ref least.ConnectionCount);
        var tolerated = fewest + fewest / ToleratedFraction;
        var target = Volatile.Read(ref accepting.ConnectionCount) > tolerated ? least : accepting;
        Interlocked.Increment(ref target.ConnectionCount);
        if (ReferenceEquals(target, accepting)) Adopt(target, descriptor);
        else target.Post(new Adoption(this, descriptor));
    }

    /// <summary>The kernel has no room for another connection at the moment.</summary>
    public void OnShortage(Errno errno) => _reportShortage(errno);

    private void Adopt(RingLoop loop, int descriptor)
    {
        var connection = new UringConnection(loop, descriptor, EndPoint, _rings.Options);
        connection.Start();
        loop.Call(_offer, connection);
    }

    // The accepting code of the server may go on inside this, on the ring's thread.
    private Action<object?> _offer => field ??= connection =>
    {
        var accepted = (ConnectionContext)connection!;
        if (!_accepted.Writer.TryWrite(accepted)) accepted.Abort();
    };

    private async Task StopAcceptingAsync()
    {
        foreach (var accepts in _accepts) accepts.Stop();
        foreach (var accepts in _accepts) await accepts.Ended.ConfigureAwait(false);
        _socket.Dispose(); // and the file that it has made, if it is a Unix socket; not one that was inherited
        _accepted.Writer.TryComplete();
    }

    private sealed class Adoption(UringConnectionListener listener, int descriptor) : PostedWork
    {
        internal override void Run(RingLoop loop) => listener.Adopt(loop, descriptor);

        internal override void Refuse(RingLoop loop)
        {
            _ = LibC.CloseDescriptor(descriptor);
            Interlocked.Decrement(ref loop.ConnectionCount);
        }
    }
}
