using System.Net;
using System.Net.Sockets;
using System.Text;
using Tipi.Compare.Peers;

namespace Tipi.Compare.Load;

/// <summary>
/// Asks a server and checks that the answer is the workload's: status 200, the body, and the size of the whole.
/// Servers that send other bytes do other work and are not compared.
/// </summary>
internal sealed class AnswerProbe(Workload workload, int port)
{
    // nginx's two fields more than the others cannot be balanced to the byte in every workload.
    private const int SizeTolerance = 2;
    private const int ReceiveTimeoutMs = 10_000;

    /// <summary>A connection to the server, or null when nobody listens yet.</summary>
    public Socket? TryConnect()
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

    /// <summary>Sends the request once, reads its answer and gives its size in bytes.</summary>
    public int Ask(Socket connection)
    {
        connection.Send(workload.RequestTo(port, workload.Path));
        var received = new StringBuilder();
        var buffer = new byte[4096];
        while (true)
        {
            var read = connection.Receive(buffer);
            if (read == 0)
                throw new MeasurementException($"the server closed after {Quote(received.ToString())}");
            received.Append(Encoding.Latin1.GetString(buffer, 0, read));
            var text = received.ToString();
            if (AnswerText.TryRead(text) is { } answer)
            {
                Check(answer, text);
                return text.Length;
            }
        }
    }

    private void Check(AnswerText answer, string text)
    {
        if (!answer.Head.StartsWith("HTTP/1.1 200 OK\r\n", StringComparison.Ordinal))
            throw new MeasurementException($"not the wanted status: {Quote(text)}");
        if (answer.Body != workload.Body)
            throw new MeasurementException($"not the wanted body: {Quote(text)}");
        if (Math.Abs(text.Length - workload.AnswerBytes) > SizeTolerance)
            throw new MeasurementException($"{text.Length} bytes in place of {workload.AnswerBytes}: {Quote(text)}");
    }

    private static string Quote(string text) => text.Length == 0
        ? "nothing"
        : text[..Math.Min(text.Length, 300)].Replace("\r\n", "⏎", StringComparison.Ordinal);
}
