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

    // A shortage that lasts is reported once in this time.
    private const long ShortageQuietMs = 60_000;

    private readonly Socket _socket;

    // Closed after every ring has stopped accepting. One of our own: whoever made the socket may close it, and then its
    // number becomes another socket's, from which we would accept.
    private readonly int _descriptor;

    private readonly RingGroup _rings;
    private readonly AcceptLoop[] _accepts;
    private readonly Channel<ConnectionContext> _accepted = Channel.CreateUnbounded<ConnectionContext>(
        new UnboundedChannelOptions { SingleReader = true, AllowSynchronousContinuations = true });

    private Task? _unbound;
    private long _shortageReportedAt;

    public UringConnectionListener(Socket socket, EndPoint endPoint, RingGroup rings)
    {
        _socket = socket;
        _rings = rings;
        EndPoint = endPoint;
        _descriptor = LibC.Duplicate((int)socket.SafeHandle.DangerousGetHandle());
        if (_descriptor < 0) throw ErrnoTranslation.ToSocketException((Errno)(-_descriptor));
        _accepts = new AcceptLoop[rings.Count];
        rings.Follow(Begin);
    }

    public EndPoint EndPoint { get; }

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
        _rings.Unfollow(Begin);
        lock (_accepts) _unbound ??= StopAcceptingAsync();
        return new ValueTask(_unbound.WaitAsync(cancellationToken));
    }

    public async ValueTask DisposeAsync()
    {
        await UnbindAsync().ConfigureAwait(false);
        while (_accepted.Reader.TryRead(out var connection)) connection.Abort();
    }

    // Finds a ring for an accepted socket. Called by the accepting ring's owner.
    private void Place(RingLoop accepting, int descriptor)
    {
        var least = _rings.Count == 1 ? accepting : _rings.LeastBusy();
        var fewest = Volatile.Read(ref least.ConnectionCount);
        var tolerated = fewest + fewest / ToleratedFraction;
        var target = Volatile.Read(ref accepting.ConnectionCount) > tolerated ? least : accepting;
        Interlocked.Increment(ref target.ConnectionCount);
        if (ReferenceEquals(target, accepting)) Adopt(target, descriptor);
        else PassOn(target, descriptor);
    }

    // The kernel, or the process, has no room for another connection at the moment.
    private void OnShortage(Errno errno)
    {
        // Each ring meets the shortage ten times a second while it lasts.
        var now = Environment.TickCount64;
        var last = Volatile.Read(ref _shortageReportedAt);
        if (last != 0 && now - last < ShortageQuietMs) return;
        if (Interlocked.CompareExchange(ref _shortageReportedAt, now, last) == last)
            _rings.Reports.Add(new RingReport(RingEvent.AcceptPaused, Detail: errno));
    }

    private void PassOn(RingLoop target, int descriptor)
    {
        Adoption adoption;
        try
        {
            adoption = new Adoption(this, target, descriptor);
        }
        catch (OutOfMemoryException)
        {
            Drop(target, descriptor);
            return;
        }

        target.Post(adoption);
    }

    private void Adopt(RingLoop loop, int descriptor)
    {
        UringConnection connection;
        try
        {
            connection = new UringConnection(loop, descriptor, EndPoint, _rings.Options);
        }
        catch (OutOfMemoryException)
        {
            // It has not begun: that is all that the shortage costs.
            Drop(loop, descriptor);
            return;
        }

        connection.Start();
        loop.Call(_offer, connection);
    }

    private static void Drop(RingLoop loop, int descriptor)
    {
        LibC.LingerZero(descriptor);
        _ = LibC.CloseDescriptor(descriptor);
        Interlocked.Decrement(ref loop.ConnectionCount);
    }

    // The accepting code of the server may go on inside this, on the ring's thread.
    private Action<object?> _offer => field ??= connection =>
    {
        var accepted = (ConnectionContext)connection!;
        if (!_accepted.Writer.TryWrite(accepted)) accepted.Abort();
    };

    // On a ring that is new, or has taken the place of one that failed.
    private void Begin(int ring, RingLoop loop)
    {
        lock (_accepts)
        {
            if (_unbound is not null) return;
            var accepts = new AcceptLoop(loop, _descriptor, Place, OnShortage);
            _accepts[ring] = accepts;
            accepts.Start();
        }
    }

    private async Task StopAcceptingAsync()
    {
        foreach (var accepts in _accepts) accepts.Stop();
        foreach (var accepts in _accepts) await accepts.Ended.ConfigureAwait(false);
        _ = LibC.CloseDescriptor(_descriptor);
        _socket.Dispose(); // and the file that it has made, if it is a Unix socket; not one that was inherited
        _accepted.Writer.TryComplete();
    }

    private sealed class Adoption(UringConnectionListener listener, RingLoop loop, int descriptor) : PostedWork
    {
        internal override void Run() => listener.Adopt(loop, descriptor);

        internal override void Refuse() => Drop(loop, descriptor);
    }
}
