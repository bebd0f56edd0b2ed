using System.Net.Sockets;
using System.Text;
using Tipi.Compare.Peers;

namespace Tipi.Compare.Load;

/// <summary>Upgrades a connection to WebSocket, then sends messages that must come back unchanged.</summary>
internal sealed class WebSocketProbe : IProbe
{
    // The pair of RFC 6455 §1.3.
    private const string Key = "dGhlIHNhbXBsZSBub25jZQ==";
    private const string Accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

    private readonly EchoMessage _message;
    private readonly Stream _stream;

    public WebSocketProbe(Workload workload, int port, Socket socket, Stream stream)
    {
        _message = new EchoMessage(workload.Body);
        _stream = stream;
        Socket = socket;
        Upgrade(workload.Path, port);
    }

    public Socket Socket { get; }

    public int? Ask()
    {
        _stream.Write(_message.Request);
        var answer = new byte[_message.Answer.Length];
        _stream.ReadExactly(answer);
        return answer.AsSpan().SequenceEqual(_message.Answer)
            ? answer.Length
            : throw new MeasurementException($"another message came back: {Convert.ToHexString(answer)}");
    }

    public void Dispose() => _stream.Dispose();

    private void Upgrade(string path, int port)
    {
        _stream.Write(Encoding.ASCII.GetBytes(
            $"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
            $"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {Key}\r\n\r\n"));
        var head = new StringBuilder();
        // Byte by byte: what follows the head is the first frame's.
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            var next = _stream.ReadByte();
            if (next < 0)
                throw new MeasurementException($"the server closed in place of an upgrade: {head}");
            head.Append((char)next);
        }

        var text = head.ToString();
        if (!text.StartsWith("HTTP/1.1 101 ", StringComparison.Ordinal) ||
            !text.Contains(Accept, StringComparison.Ordinal))
            throw new MeasurementException($"no upgrade: {text.ReplaceLineEndings("⏎")}");
    }
}
