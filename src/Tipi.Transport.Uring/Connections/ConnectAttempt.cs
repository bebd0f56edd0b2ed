using System.Net;
using Microsoft.AspNetCore.Connections;
using Tipi.Transport.Uring.Native;
using Tipi.Transport.Uring.Operations;
using Tipi.Transport.Uring.Rings;

namespace Tipi.Transport.Uring.Connections;

/// <summary>One attempt to connect: posted to a ring, it ends with a connection or an error.</summary>
internal sealed class ConnectAttempt(int descriptor, EndPoint endPoint, UringTransportOptions options) : PostedWork
{
    private readonly TaskCompletionSource<ConnectionContext> _connected =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private RingLoop? _loop;
    private ConnectOperation? _connect;
    private volatile bool _canceled;

    public Task<ConnectionContext> Connected => _connected.Task;

    /// <summary>Gives the attempt up. From any thread.</summary>
    public void Cancel()
    {
        _canceled = true;
        if (Volatile.Read(ref _loop) is { } loop) loop.Post(new CancelStep(this));
    }

    internal override void Run(RingLoop loop)
    {
        _connect = new ConnectOperation(descriptor, Serialize(endPoint), OnEnded);
        _connect.Start(loop);
        Volatile.Write(ref _loop, loop);
        Barriers.Full();
        if (_canceled) _connect.Cancel(loop);
    }

    private void OnEnded(RingLoop loop, Errno errno)
    {
        _connect = null;
        if (errno is Errno.None && !_canceled)
        {
            Interlocked.Increment(ref loop.ConnectionCount);
            var connection = new UringConnection(loop, descriptor, boundTo: null, options);
            connection.Start();
            _connected.TrySetResult(connection);
            return;
        }

        _ = LibC.CloseDescriptor(descriptor);
        if (_canceled) _connected.TrySetCanceled();
        else _connected.TrySetException(ErrnoTranslation.ToSocketException(errno));
    }

    private static ReadOnlyMemory<byte> Serialize(EndPoint endPoint)
    {
        var address = endPoint.Serialize();
        return address.Buffer[..address.Size];
    }

    private sealed class CancelStep(ConnectAttempt attempt) : PostedWork
    {
        internal override void Run(RingLoop loop) => attempt._connect?.Cancel(loop);
    }
}
