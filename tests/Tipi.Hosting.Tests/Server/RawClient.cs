using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Tipi.Hosting.Tests.Server;

/// <summary>A client that sends what it is told to and shows what it got, byte by byte if need be.</summary>
internal sealed class RawClient : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[16 * 1024];
    private readonly StringBuilder _received = new();

    private RawClient(Socket socket) => _socket = socket;

    internal Socket Socket => _socket;

    internal static async Task<RawClient> ConnectAsync(EndPoint server)
    {
        ProtocolType protocol = server is IPEndPoint ? ProtocolType.Tcp : ProtocolType.Unspecified;
        var socket = new Socket(server.AddressFamily, SocketType.Stream, protocol);
        if (server is IPEndPoint) socket.NoDelay = true;
        await socket.ConnectAsync(server);
        return new RawClient(socket);
    }

    internal static RawClient Over(Socket connected) => new(connected);

    internal Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    internal async Task SendAsync(byte[] bytes)
    {
        using var source = new CancellationTokenSource(s_patience);
        for (ReadOnlyMemory<byte> rest = bytes; rest.Length > 0;)
            rest = rest[await _socket.SendAsync(rest, SocketFlags.None, source.Token)..];
    }

    internal void EndSending() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Reads until a line that is empty; the result ends with it.</summary>
    internal async Task<string> ReadHeadAsync()
    {
        int end;
        while ((end = IndexOf("\r\n\r\n")) < 0) await ReceiveAsync();
        return Take(end + 4);
    }

    /// <summary>Reads exactly so many bytes.</summary>
    internal async Task<string> ReadExactlyAsync(int count)
    {
        while (_received.Length < count) await ReceiveAsync();
        return Take(count);
    }

    /// <summary>Reads everything until the server ends the connection.</summary>
    internal async Task<string> ReadToEndAsync()
    {
        while (await TryReceiveAsync())
        {
            // Until the end.
        }
        return Take(_received.Length);
    }

    /// <summary>Reads a head and the body it announces.</summary>
    internal async Task<RawResponse> ReadResponseAsync(bool isHead = false)
    {
        var response = new RawResponse(await ReadHeadAsync(), "");
        bool isBare = isHead || response.Status is 204 or 304 or < 200;
        if (isBare) return response;
        if (response.Header("Transfer-Encoding") == "chunked") return response with { Body = await ReadChunksAsync() };
        if (response.Header("Content-Length") is { } length)
            return response with { Body = await ReadExactlyAsync(int.Parse(length, CultureInfo.InvariantCulture)) };
        return response with { Body = await ReadToEndAsync() };
    }

    /// <summary>True when the server has ended the connection and nothing is left to read.</summary>
    internal async Task<bool> IsEndedAsync() => _received.Length == 0 && !await TryReceiveAsync();

    public void Dispose() => _socket.Dispose();

    private async Task<string> ReadChunksAsync()
    {
        var body = new StringBuilder();
        while (true)
        {
            int end;
            while ((end = IndexOf("\r\n")) < 0) await ReceiveAsync();
            string line = Take(end + 2);
            int size = int.Parse(line.AsSpan(0, end), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            body.Append(await ReadExactlyAsync(size));
            string crlf = await ReadExactlyAsync(2);
            if (crlf != "\r\n") throw new InvalidDataException("A chunk does not end with CRLF.");
            if (size == 0) return body.ToString();
        }
    }

    private int IndexOf(string text) => _received.ToString().IndexOf(text, StringComparison.Ordinal);

    private string Take(int count)
    {
        string taken = _received.ToString(0, count);
        _received.Remove(0, count);
        return taken;
    }

    private async Task ReceiveAsync()
    {
        if (!await TryReceiveAsync())
            throw new EndOfStreamException($"The server ended the connection. Received so far: \"{_received}\"");
    }

    private async Task<bool> TryReceiveAsync()
    {
        using var source = new CancellationTokenSource(s_patience);
        int count = await _socket.ReceiveAsync(_buffer, SocketFlags.None, source.Token);
        _received.Append(Encoding.Latin1.GetString(_buffer, 0, count));
        return count > 0;
    }
}
