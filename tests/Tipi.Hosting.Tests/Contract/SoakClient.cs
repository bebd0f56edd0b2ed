using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tipi.Hosting.Tests.Tls;

namespace Tipi.Hosting.Tests.Contract;

/// <summary>
/// One client that does what clients do, well-behaved and not, over one wire. What it got is checked; what it broke off
/// is not.
/// </summary>
internal sealed class SoakClient : IDisposable
{
    private const int LargestBody = 400_000;

    private readonly Random _random;
    private readonly Uri _site;
    private readonly Version _version;
    private readonly SocketsHttpHandler _handler;
    private readonly HttpClient _http;

    /// <param name="site">The endpoint.</param>
    /// <param name="version">1.1 or 2.0, exactly.</param>
    /// <param name="seed">Of what it does.</param>
    /// <param name="authority">Whom it trusts.</param>
    internal SoakClient(Uri site, Version version, int seed, TestAuthority authority)
    {
        _random = new Random(seed);
        _site = site;
        _version = version;
        _handler = new SocketsHttpHandler { UseCookies = false };
        _handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
            CustomTrustStore = { authority.Root },
            ExtraStore = { authority.Intermediate },
        };
        _http = new HttpClient(_handler, disposeHandler: true)
        {
            BaseAddress = site,
            DefaultRequestVersion = version,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Timeout = TimeSpan.FromMinutes(2),
        };
    }

    /// <summary>Bodies that were checked.</summary>
    internal long Bodies { get; private set; }

    public void Dispose() => _http.Dispose();

    internal Task ActAsync() => _random.Next(16) switch
    {
        < 6 => EchoAsync(),
        < 8 => DownloadAsync(),
        < 10 => ManyAsync(),
        10 => LeaveDownloadAsync(),
        11 => CancelUploadAsync(),
        12 => ResetAsync(),
        13 => ReadSlowlyAsync(),
        14 => TalkAsync(closes: true),
        _ => TalkAsync(closes: false),
    };

    private byte[] RandomBody()
    {
        byte[] body = new byte[_random.Next(4) == 0 ? _random.Next(LargestBody) : _random.Next(4000)];
        _random.NextBytes(body);
        return body;
    }

    private async Task EchoAsync()
    {
        byte[] body = RandomBody();
        using HttpResponseMessage answer = await _http.PostAsync("/echo", new ByteArrayContent(body));
        byte[] back = await answer.Content.ReadAsByteArrayAsync();
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.True(body.AsSpan().SequenceEqual(back), $"{_version}: {body.Length} bytes came back wrong.");
        Bodies++;
    }

    private async Task DownloadAsync()
    {
        int length = _random.Next(LargestBody);
        using HttpResponseMessage answer = await _http.GetAsync(new Uri($"/bytes/{length}", UriKind.Relative));
        byte[] bytes = await answer.Content.ReadAsByteArrayAsync();
        Assert.Equal(length, bytes.Length);
        Assert.Equal(answer.Headers.GetValues("X-Hash").Single(), Convert.ToHexString(SHA256.HashData(bytes)));
        Bodies++;
    }

    private async Task ManyAsync() => await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => EchoAsync()));

    private async Task LeaveDownloadAsync()
    {
        using HttpResponseMessage answer = await _http.GetAsync(
            new Uri($"/bytes/{10 * LargestBody}", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        using Stream body = await answer.Content.ReadAsStreamAsync();
        await body.ReadExactlyAsync(new byte[1000]);
    }

    private async Task CancelUploadAsync()
    {
        using var cancel = new CancellationTokenSource(_random.Next(20));
        try
        {
            using var content = new StreamContent(new EndlessStream());
            using HttpResponseMessage _ = await _http.PostAsync("/drop", content, cancel.Token);
        }
        catch (Exception error) when (error is OperationCanceledException or HttpRequestException)
        {
            // It was to be broken off.
        }
    }

    private async Task ReadSlowlyAsync()
    {
        using HttpResponseMessage answer = await _http.GetAsync(
            new Uri("/bytes/300000", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        using Stream body = await answer.Content.ReadAsStreamAsync();
        byte[] bytes = new byte[300_000];
        for (int length = 0; length < bytes.Length;)
        {
            int read = await body.ReadAsync(bytes.AsMemory(length, Math.Min(20_000, bytes.Length - length)));
            Assert.NotEqual(0, read);
            length += read;
            await Task.Delay(_random.Next(10));
        }
        Assert.Equal(answer.Headers.GetValues("X-Hash").Single(), Convert.ToHexString(SHA256.HashData(bytes)));
        Bodies++;
    }

    /// <summary>Begins anything, and resets the connection.</summary>
    private async Task ResetAsync()
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(_site.Host, _site.Port);
        byte[] begin = _random.Next(3) switch
        {
            0 => [.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, 0, 0, 0, 4, 0, 0, 0, 0, 0],
            1 => [.. "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5000\r\n\r\nabc"u8],
            _ => [0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3],
        };
        await socket.SendAsync(begin);
        if (_random.Next(2) == 0) await Task.Delay(_random.Next(5));
        socket.LingerState = new LingerOption(true, 0);
    }

    private async Task TalkAsync(bool closes)
    {
        using var socket = new ClientWebSocket();
        socket.Options.HttpVersion = _version;
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        var address = new UriBuilder(_site) { Scheme = _site.Scheme == "https" ? "wss" : "ws", Path = "/talk" };
        await socket.ConnectAsync(address.Uri, _http, CancellationToken.None);
        byte[] back = new byte[70_000];
        for (int i = _random.Next(5); i >= 0; i--)
        {
            byte[] message = new byte[_random.Next(1, back.Length)];
            _random.NextBytes(message);
            await socket.SendAsync(message, WebSocketMessageType.Binary, true, CancellationToken.None);
            int length = 0;
            for (bool isEnd = false; !isEnd;)
            {
                ValueWebSocketReceiveResult part = await socket.ReceiveAsync(
                    back.AsMemory(length), CancellationToken.None);
                length += part.Count;
                isEnd = part.EndOfMessage;
            }
            Assert.True(message.AsSpan().SequenceEqual(back.AsSpan(0, length)), $"{_version}: a wrong message came.");
            Bodies++;
        }
        if (closes) await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "", CancellationToken.None);
        else socket.Abort();
    }

    private sealed class EndlessStream : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) => count;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            new(Math.Min(buffer.Length, 5000));

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
