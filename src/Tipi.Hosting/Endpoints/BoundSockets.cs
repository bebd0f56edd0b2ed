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
    private readonly Dictionary<EndPoint, BoundFile> _files = new(ReferenceEqualityComparer.Instance);

    /// <summary>Remembers what holds for an end point that a transport is about to bind.</summary>
    internal void Expect(TipiListenOptions options) => _options[options.EndPoint] = options;

    internal void Forget(EndPoint endPoint)
    {
        _options.Remove(endPoint);
        _files.Remove(endPoint);
    }

    /// <summary>The file that was made for an end point; null: it needs none.</summary>
    internal BoundFile? FileOf(EndPoint endPoint) => _files.GetValueOrDefault(endPoint);

    /// <param name="endPoint">What to bind.</param>
    /// <param name="bind">Binds as the transport would.</param>
    internal Socket Bind(EndPoint endPoint, Func<EndPoint, Socket> bind)
    {
        bool isFile = endPoint is UnixDomainSocketEndPoint && endPoint.ToString() is [not '@', ..];
        if (!isFile || !OperatingSystem.IsLinux()) return bind(endPoint);
        string path = Path.GetFullPath(endPoint.ToString()!);
        using SocketFile.FolderLock one = SocketFile.Lock(path);
        SocketFile.RemoveStale(path);
        Socket socket = bind(endPoint);
        try
        {
            if (_options.TryGetValue(endPoint, out TipiListenOptions? options)) Permit(path, options);
            // Before the lock ends: who does not listen yet looks like one that is dead.
            socket.Listen();
        }
        catch
        {
            socket.Dispose();
            throw;
        }
        var file = new BoundFile(path);
        if (!file.IsKnown) return socket; // which removes whatever is there when it is closed
        _files[endPoint] = file;
        return WithoutFile(socket);
    }

    /// <summary>
    /// The same socket, which leaves the file alone when it is closed: another server may have put its own there. The
    /// file is removed by <see cref="BoundFile"/>.
    /// </summary>
    private static Socket WithoutFile(Socket bound)
    {
        var socket = new Socket(bound.SafeHandle);
#pragma warning disable CA1816 // The first one is given up without being disposed, which is what removes the file.
        GC.SuppressFinalize(bound);
#pragma warning restore CA1816
        return socket;
    }

    private static void Permit(string path, TipiListenOptions options)
    {
        SocketFile.SetOwner(path, options.UnixSocketUser, options.UnixSocketGroup);
        if (options.UnixSocketMode is { } mode && !OperatingSystem.IsWindows()) File.SetUnixFileMode(path, mode);
    }
}
