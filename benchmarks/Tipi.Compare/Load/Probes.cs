using System.Net;
using System.Net.Sockets;
using Tipi.Compare.Peers;

namespace Tipi.Compare.Load;

/// <summary>Opens connections as a server's workload speaks.</summary>
internal static class Probes
{
    private const int ReceiveTimeoutMs = 10_000;

    /// <summary>A connection to the server, or null when nobody listens yet.</summary>
    public static IProbe? TryOpen(Launch launch)
    {
        if (TryConnect(launch.Port) is not { } socket)
            return null;
        try
        {
            return Open(launch.Workload, launch.Port, socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>A connection to a server that is known to listen.</summary>
    public static IProbe Open(Launch launch) =>
        TryOpen(launch) ?? throw new MeasurementException("a connection was refused");

    private static IProbe Open(Workload workload, int port, Socket socket)
    {
        if (workload.IsHttp2)
            return new Http2Probe(workload, port, socket);
        if (workload.IsEndless)
            return new EventConnection(workload, port, socket);
        var plain = new NetworkStream(socket, ownsSocket: true);
        Stream stream = workload.IsEncrypted ? TlsClient.Connect(plain) : plain;
        return workload.IsWebSocket
            ? new WebSocketProbe(workload, port, socket, stream)
            : new Http1Probe(workload, port, socket, stream);
    }

    private static Socket? TryConnect(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        {
            NoDelay = true,
            ReceiveTimeout = ReceiveTimeoutMs,
        };
        try
        {
            socket.Connect(IPAddress.Loopback, port);
            return socket;
        }
        catch (SocketException refused) when (refused.SocketErrorCode == SocketError.ConnectionRefused)
        {
            socket.Dispose();
            return null;
        }
    }
}
