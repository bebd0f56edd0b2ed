using Microsoft.AspNetCore.Connections;
using Tipi.Transport.Uring.Native;
using Tipi.Transport.Uring.Rings;

namespace Tipi.Transport.Uring.Connections;

/// <summary>One attempt to connect: posted to a ring, it ends with a connection or an error.</summary>
/// <remarks>It counts as a connection of its ring from the moment that it is made.</remarks>
internal sealed class ConnectAttempt(
    RingLoop loop, int descriptor, ReadOnlyMemory<byte> address, UringTransportOptions options) : PostedWork
{
    private readonly TaskCompletionSource<ConnectionContext> _connected =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ConnectOperation? _connect;
    private volatile bool _canceled;

    public Task<ConnectionContext> Connected => _connected.Task;

    /// <summary>Gives the attempt up. From any thread, after the attempt was posted.</summary>
    public void Cancel()
    {
        _canceled = true;
        loop.Post(new CancelStep(this, loop.Kernel));
    }

    internal override void Run()
    {
        if (loop.IsStopping)
        {
            Refuse();
            return;
        }

        _connect = new ConnectOperation(loop, descriptor, address, OnEnded);
        _connect.Start();
    }

    internal override void Refuse() => OnEnded(Errno.ECANCELED);

    private void OnEnded(Errno errno)
    {
        _connect = null;
        if (errno is Errno.None && !_canceled)
        {
            var connection = new UringConnection(loop, descriptor, boundTo: null, options);
            connection.Start();
            _connected.TrySetResult(connection);
            return;
        }

        _ = LibC.CloseDescriptor(descriptor);
        Interlocked.Decrement(ref loop.ConnectionCount);
        if (_canceled) _connected.TrySetCanceled();
        else _connected.TrySetException(ErrnoTranslation.ToSocketException(errno));
    }

    // The queue keeps the order, so that the attempt has begun when this runs.
    private sealed class CancelStep(ConnectAttempt attempt, KernelDoor kernel) : PostedWork
    {
        internal override void Run() => attempt._connect?.Cancel(kernel);
    }
}
