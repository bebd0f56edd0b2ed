using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Tipi.Compare.Load;

/// <summary>Opens connections one after the other, and asks for one small answer on each. Not thread-safe.</summary>
internal sealed class ConnectClient(int port) : IConnectClient
{
    private const int ReceiveTimeoutMs = 10_000;

    private readonly byte[] _request = Encoding.ASCII.GetBytes(
        $"GET / HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n");

    private readonly byte[] _answer = new byte[4096];

    /// <inheritdoc/>
    public void Connect()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        {
            NoDelay = true,
            ReceiveTimeout = ReceiveTimeoutMs,
        };
        socket.Connect(IPAddress.Loopback, port);
        socket.Send(_request);
        int length = 0, received;
        while ((received = socket.Receive(_answer.AsSpan(length))) > 0)
            length += received;
        if (!_answer.AsSpan(0, length).StartsWith("HTTP/1.1 200 "u8))
            throw new MeasurementException($"not 200: {Encoding.ASCII.GetString(_answer, 0, length)}");
    }

    public void Dispose()
    {
        // Nothing outlives a connection.
    }
}
