using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Tipi.Parity.Servers;

/// <summary>A client that sends any bytes and takes what comes, also half an answer and no answer.</summary>
internal sealed class Wire : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly Socket _socket;
    private readonly Stream _stream;
    private readonly byte[] _buffer = new byte[16 * 1024];
    private readonly StringBuilder _received = new();

    /// <param name="socket">Connected.</param>
    /// <param name="stream">Over the socket, and its owner.</param>
    internal Wire(Socket socket, Stream stream)
    {
        _socket = socket;
        _stream = stream;
    }

    internal int LocalPort => ((IPEndPoint)_socket.LocalEndPoint!).Port;

    /// <summary>How the connection ended, as far as this client has looked.</summary>
    internal WireEnd End { get; private set; }

    internal static async Task<Wire> ConnectAsync(EndPoint server)
    {
        bool isTcp = server is IPEndPoint;
        var socket = new Socket(
            server.AddressFamily, SocketType.Stream, isTcp ? ProtocolType.Tcp : ProtocolType.Unspecified);
        if (isTcp) socket.NoDelay = true;
        await socket.ConnectAsync(server);
        return new Wire(socket, new NetworkStream(socket, ownsSocket: true));
    }

    internal Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    /// <summary>Sends, unless the server has gone.</summary>
    internal async Task SendAsync(byte[] bytes)
    {
        using var source = new CancellationTokenSource(s_patience);
        try
        {
            await _stream.WriteAsync(bytes, source.Token);
        }
        catch (IOException)
        {
            // Reading tells how it ended.
        }
    }

    internal void EndSending() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Ends the connection by a reset.</summary>
    internal void Reset()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Close();
    }

    /// <summary>Reads one answer, an interim one as well. Null: the connection ended before one began.</summary>
    internal async Task<WireAnswer?> ReadAsync(bool isHead = false)
    {
        int end;
        while ((end = IndexOf("\r\n\r\n")) < 0)
        {
            if (await ReceiveAsync()) continue;
            return _received.Length == 0 ? null : new WireAnswer(Take(_received.Length) + "\r\n", "", IsCut: true);
        }
        var head = new WireAnswer(Take(end + 4), "", IsCut: false);
        if (isHead || head.Status is 204 or 205 or 304 or < 200) return head;
        if (head.Field("Transfer-Encoding")?.EndsWith("chunked", StringComparison.Ordinal) == true)
            return await ReadChunksAsync(head);
        if (!int.TryParse(head.Field("Content-Length"), CultureInfo.InvariantCulture, out int length))
            return head with { Body = await ReadToEndAsync() };
        string body = await ReadAtMostAsync(length);
        return head with { Body = body, IsCut = body.Length < length };
    }

    /// <summary>Reads everything until the server ends the connection.</summary>
    internal async Task<string> ReadToEndAsync()
    {
        while (await ReceiveAsync())
        {
            // Until the end.
        }
        return Take(_received.Length);
    }

    internal async Task<string> ReadAtMostAsync(int count)
    {
        while (_received.Length < count && await ReceiveAsync())
        {
            // Until there is enough.
        }
        return Take(Math.Min(count, _received.Length));
    }

    public void Dispose() => _stream.Dispose();

    private async Task<WireAnswer> ReadChunksAsync(WireAnswer head)
    {
        var body = new StringBuilder();
        while (true)
        {
            int end;
            while ((end = IndexOf("\r\n")) < 0)
            {
                if (!await ReceiveAsync()) return head with { Body = body.ToString(), IsCut = true };
            }
            string line = Take(end + 2);
            int size = int.Parse(line.AsSpan(0, end), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            if (size == 0) break;
            body.Append(await ReadAtMostAsync(size));
            await ReadAtMostAsync(2);
        }
        while (IndexOf("\r\n") is var end && end != 0)
        {
            if (end > 0) body.Append(CultureInfo.InvariantCulture, $" trailer {Take(end + 2).TrimEnd()}");
            else if (!await ReceiveAsync()) return head with { Body = body.ToString(), IsCut = true };
        }
        Take(2);
        return head with { Body = body.ToString() };
    }

    private int IndexOf(string text) => _received.ToString().IndexOf(text, StringComparison.Ordinal);

    private string Take(int count)
    {
        string taken = _received.ToString(0, count);
        _received.Remove(0, count);
        return taken;
    }

    private async Task<bool> ReceiveAsync()
    {
        if (End != WireEnd.Open) return false;
        using var source = new CancellationTokenSource(s_patience);
        try
        {
            int count = await _stream.ReadAsync(_buffer, source.Token);
            _received.Append(Encoding.Latin1.GetString(_buffer, 0, count));
            if (count == 0) End = WireEnd.Closed;
            return count > 0;
        }
        catch (IOException)
        {
            End = WireEnd.Reset;
            return false;
        }
        catch (OperationCanceledException)
        {
            End = WireEnd.Silent;
            return false;
        }
    }
}
