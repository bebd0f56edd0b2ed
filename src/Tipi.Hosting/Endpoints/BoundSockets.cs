using System.Net;
using System.Net.Sockets;
using Tipi.Transport.Uring.Connections;

namespace Tipi.Hosting.Endpoints;

/// <summary>
/// Binds sockets in the transport's place, so that the file of a Unix socket is free before, and belongs to whom it
/// should before anybody can connect. The endpoint's options come first, then the transport asks with its end point.
/// </summary>
internal sealed class BoundSockets
{
    private readonly Dictionary<EndPoint, TipiListenOptions> _options = new(ReferenceEqualityComparer.Instance);

    /// <summary>Remembers what holds for an end point that a transport is about to bind.</summary>
    internal void Expect(TipiListenOptions options) => _options[options.EndPoint] = options;

    internal void Forget(TipiListenOptions options) => _options.Remove(options.EndPoint);

    /// <param name="endPoint">What to bind.</param>
    /// <param name="bind">Binds as the transport would.</param>
    internal Socket Bind(EndPoint endPoint, Func<EndPoint, Socket> bind)
    {
        bool isFile = endPoint is UnixDomainSocketEndPoint && endPoint.ToString() is [not '@', ..];
        if (!isFile || !OperatingSystem.IsLinux()) return bind(endPoint);
        string path = endPoint.ToString()!;
        SocketFile.RemoveStale(path);
        Socket socket = bind(endPoint);
        try
        {
            if (_options.TryGetValue(endPoint, out TipiListenOptions? options)) Permit(path, options);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static void Permit(string path, TipiListenOptions options)
    {
        SocketFile.SetOwner(path, options.UnixSocketUser, options.UnixSocketGroup);
        if (options.UnixSocketMode is { } mode && !OperatingSystem.IsWindows()) File.SetUnixFileMode(path, mode);
    }
}
