using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace Tipi.Transport.Uring.Native;

/// <summary>The one place where the kernel's answers become exceptions.</summary>
internal static class ErrnoTranslation
{
    /// <summary>The peer's doing on a live connection: reset, or broken in some other way.</summary>
    public static Exception ToConnectionException(Errno errno)
    {
        var inner = ToSocketException(errno);
        return errno is Errno.ECONNRESET or Errno.EPIPE or Errno.ENOTCONN or Errno.ECONNABORTED
            ? new ConnectionResetException("The peer reset the connection.", inner)
            : new IOException($"The connection failed: {inner.Message} ({errno}).", inner);
    }

    public static SocketException ToSocketException(Errno errno) => new((int)ToSocketError(errno));

    /// <summary>A failure of our own set-up; the message names the call.</summary>
    public static IOException ToIOException(string call, Errno errno) =>
        new($"{call} failed with {errno}.", (int)errno);

    /// <summary>True where a failure of our own set-up was this one.</summary>
    public static bool IsOf(IOException failure, Errno errno) => failure.HResult == (int)errno;

    /// <summary>True where the kernel is out of something for the moment, so that accepting can go on later.</summary>
    public static bool IsShortage(Errno errno) =>
        errno is Errno.EMFILE or Errno.ENFILE or Errno.ENOMEM or Errno.ENOBUFS;

    /// <summary>The same of an exception: memory or descriptors were not to be had.</summary>
    public static bool IsShortage(Exception e) =>
        e is OutOfMemoryException || (e is IOException { HResult: > 0 } failure && IsShortage((Errno)failure.HResult));

    private static SocketError ToSocketError(Errno errno) => errno switch
    {
        Errno.EACCES or Errno.EPERM => SocketError.AccessDenied,
        Errno.EADDRINUSE => SocketError.AddressAlreadyInUse,
        Errno.EBADF or Errno.ECANCELED => SocketError.OperationAborted,
        Errno.ECONNABORTED => SocketError.ConnectionAborted,
        Errno.ECONNREFUSED => SocketError.ConnectionRefused,
        Errno.ECONNRESET or Errno.EPIPE => SocketError.ConnectionReset,
        Errno.EHOSTUNREACH => SocketError.HostUnreachable,
        Errno.EMFILE or Errno.ENFILE => SocketError.TooManyOpenSockets,
        Errno.ENETDOWN => SocketError.NetworkDown,
        Errno.ENETUNREACH => SocketError.NetworkUnreachable,
        Errno.ENOBUFS or Errno.ENOMEM => SocketError.NoBufferSpaceAvailable,
        Errno.ENOENT => SocketError.AddressNotAvailable,
        Errno.ENOTCONN => SocketError.NotConnected,
        Errno.ETIMEDOUT => SocketError.TimedOut,
        _ => SocketError.SocketError,
    };
}
