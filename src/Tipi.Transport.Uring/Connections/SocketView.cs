using System.Net.Sockets;
using Tipi.Transport.Uring.Native;

namespace Tipi.Transport.Uring.Connections;

/// <summary>
/// The socket that the application sees: for its options, and to end the connection by <see cref="Socket.Close()"/>,
/// as under the framework's sockets. It has a descriptor of its own for the same socket, so that whoever keeps it past
/// the connection's end never touches another connection, to which the kernel may have given the number by then.
/// </summary>
internal sealed class SocketView : Socket
{
    private readonly Action<bool> _closed;
    private int _isDone;

    private SocketView(SafeSocketHandle handle, Action<bool> closed)
        : base(handle) => _closed = closed;

    /// <param name="descriptor">The connection's socket.</param>
    /// <param name="closed">Called where the application closes the view; true: so that the connection resets.</param>
    /// <exception cref="SocketException">The process has no descriptor left.</exception>
    public static SocketView Of(int descriptor, Action<bool> closed)
    {
        var own = LibC.Duplicate(descriptor);
        if (own < 0) throw ErrnoTranslation.ToSocketException((Errno)(-own));
        var handle = new SafeSocketHandle(own, ownsHandle: true);
        try
        {
            return new SocketView(handle, closed);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Closes the view alone.</summary>
    public void Release()
    {
        Volatile.Write(ref _isDone, 1);
        Dispose();
    }

    protected override void Dispose(bool disposing)
    {
        // The finalizer says nothing about what the application wants.
        if (disposing && Interlocked.Exchange(ref _isDone, 1) == 0) _closed(IsToReset());
        base.Dispose(disposing);
    }

    /// <summary>The usual way to say so is to let the socket linger for no time.</summary>
    private bool IsToReset()
    {
        try
        {
            return LingerState is { Enabled: true, LingerTime: 0 };
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
