using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Tipi.Hosting.Tests.Server;

namespace Tipi.Hosting.Tests.Tls;

/// <summary>A client over TLS that sends what it is told to.</summary>
internal sealed class TlsClient : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly byte[] _buffer = new byte[64 * 1024];
    private readonly StringBuilder _received = new();

    private TlsClient(Socket socket, SslStream stream)
    {
        Socket = socket;
        Stream = stream;
    }

    internal Socket Socket { get; }

    internal SslStream Stream { get; }

    internal static async Task<TlsClient> ConnectAsync(
        int port, Action<SslClientAuthenticationOptions>? configure = null)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        return await OverAsync(socket, configure);
    }

    /// <summary>Shakes hands on a connected socket, which is the client's from now on.</summary>
    internal static async Task<TlsClient> OverAsync(
        Socket socket, Action<SslClientAuthenticationOptions>? configure = null)
    {
        return await OverAsync(socket, new NetworkStream(socket, ownsSocket: true), configure);
    }

    /// <summary>Shakes hands on a stream over a connected socket.</summary>
    internal static async Task<TlsClient> OverAsync(
        Socket socket, Stream wire, Action<SslClientAuthenticationOptions>? configure)
    {
        var stream = new SslStream(wire);
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            AllowTlsResume = false, // what another test agreed on is not to be seen here
            RemoteCertificateValidationCallback = static (_, certificate, _, _) =>
                certificate?.Equals(TestPolicy.Certificate) == true,
        };
        configure?.Invoke(options);
        using var patience = new CancellationTokenSource(s_patience);
        try
        {
            await stream.AuthenticateAsClientAsync(options, patience.Token);
        }
        catch (Exception)
        {
            await stream.DisposeAsync();
            throw;
        }
        return new TlsClient(socket, stream);
    }

    internal Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    internal async Task SendAsync(byte[] bytes)
    {
        using var patience = new CancellationTokenSource(s_patience);
        await Stream.WriteAsync(bytes, patience.Token);
    }

    internal async Task<string> ReadExactlyAsync(int count)
    {
        while (_received.Length < count) await ReceiveAsync();
        return Take(count);
    }

    internal async Task<RawResponse> ReadResponseAsync()
    {
        int end;
        while ((end = _received.ToString().IndexOf("\r\n\r\n", StringComparison.Ordinal)) < 0) await ReceiveAsync();
        var response = new RawResponse(Take(end + 4), "");
        if (response.Header("Content-Length") is not { } length) return response;
        return response with { Body = await ReadExactlyAsync(int.Parse(length, CultureInfo.InvariantCulture)) };
    }

    /// <summary>Reads everything until the server says that this was all.</summary>
    internal async Task<string> ReadToEndAsync()
    {
        while (await TryReceiveAsync())
        {
            // Until the end.
        }
        return Take(_received.Length);
    }

    internal async Task<RawResponse> AskAsync(string request)
    {
        await SendAsync(request);
        return await ReadResponseAsync();
    }

    public void Dispose() => Stream.Dispose();

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
        using var patience = new CancellationTokenSource(s_patience);
        int count = await Stream.ReadAsync(_buffer, patience.Token);
        _received.Append(Encoding.Latin1.GetString(_buffer, 0, count));
        return count > 0;
    }
}
