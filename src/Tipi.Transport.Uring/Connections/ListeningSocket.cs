using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace Tipi.Transport.Uring.Connections;

/// <summary>Makes sockets that listen.</summary>
internal static class ListeningSocket
{
    private const int SolSocket = 1;
    private const int SoReusePort = 15;

    /// <summary>Binds and listens.</summary>
    /// <exception cref="AddressInUseException">Somebody else listens there.</exception>
    /// <exception cref="NotSupportedException">The end point is of no kind that this transport knows.</exception>
    public static Socket Open(EndPoint endPoint, UringTransportOptions options)
    {
        Socket? socket = null;
        try
        {
            socket = options.CreateBoundListenSocket is { } create ? create(endPoint) : Bind(endPoint, options);
            socket.Listen(options.Backlog);
            return socket;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            socket?.Dispose();
            throw new AddressInUseException(e.Message, e);
        }
        catch
        {
            socket?.Dispose();
            throw;
        }
    }

    /// <summary>Binds, and does not listen yet.</summary>
    /// <exception cref="NotSupportedException">The end point is of no kind that this transport knows.</exception>
    public static Socket Bind(EndPoint endPoint, UringTransportOptions options)
    {
        var socket = Create(endPoint, options);
        try
        {
            if (endPoint is not FileHandleEndPoint) socket.Bind(endPoint);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static Socket Create(EndPoint endPoint, UringTransportOptions options) => endPoint switch
    {
        IPEndPoint ip => CreateTcp(ip, options),
        UnixDomainSocketEndPoint => new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified),
        FileHandleEndPoint handle => new Socket(new SafeSocketHandle((nint)handle.FileHandle, ownsHandle: true)),
        _ => throw new NotSupportedException(
            $"The io_uring transport cannot listen on {endPoint} ({endPoint.GetType().Name}); it supports IP " +
            "endpoints, Unix sockets and inherited handles."),
    };

    private static Socket CreateTcp(IPEndPoint endPoint, UringTransportOptions options)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        if (endPoint.Address.Equals(IPAddress.IPv6Any)) socket.DualMode = true;
        socket.NoDelay = options.NoDelay; // accepted sockets inherit it
        if (options.ReusePort) socket.SetRawSocketOption(SolSocket, SoReusePort, BitConverter.GetBytes(1));
        return socket;
    }
}
