using System.Net;
using System.Net.Sockets;
using System.Text;
using Tipi.Protocols.Http1;

namespace Tipi.Protocols.Tests.Http1;

/// <summary>The package README's example of a server without a server, run for real.</summary>
public sealed class Http1ReaderExampleTests
{
    [Fact]
    public async Task A_listener_and_the_reader_serve_http()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Task server = Task.Run(() => ServeOne(listener));
        using var client = new HttpClient
        {
            BaseAddress = new Uri($"http://{listener.LocalEndpoint}"),
            DefaultRequestVersion = HttpVersion.Version11,
        };

        Assert.Equal("GET /a says ", await client.GetStringAsync("/a"));
        HttpResponseMessage posted = await client.PostAsync("/b", new StringContent("hello"));
        Assert.Equal("POST /b says hello", await posted.Content.ReadAsStringAsync());

        client.Dispose();
        await server.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task A_broken_request_is_answered_with_its_status()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Task server = Task.Run(() => ServeOne(listener));
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(listener.LocalEndpoint);
        await socket.SendAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray());

        var reader = new Http1Reader(memory => socket.Receive(memory.Span));
        Assert.Equal(400, (await Task.Run(() => reader.ReadResponseHead()))!.StatusCode);
        await server.WaitAsync(TimeSpan.FromSeconds(10));
    }

    private static void ServeOne(TcpListener listener)
    {
        // README: begin
        using TcpClient client = listener.AcceptTcpClient();
        using NetworkStream stream = client.GetStream();
        var reader = new Http1Reader(stream);
        try
        {
            while (reader.ReadRequestHead() is { } request)
            {
                string body = Encoding.UTF8.GetString(reader.ReadBody());
                Answer(stream, 200, $"{request.Method} {request.Path} says {body}");
                if (!request.KeepAlive) break;
            }
        }
        catch (Http1ProtocolException broken)
        {
            Answer(stream, broken.Error.StatusCode, broken.Message);
        }

        static void Answer(Stream stream, int status, string text)
        {
            byte[] body = Encoding.UTF8.GetBytes(text);
            Span<byte> buffer = stackalloc byte[256];
            var head = new Http1HeadWriter(buffer);
            head.TryWriteStatusLine(status);
            head.TryWriteField("Content-Type", "text/plain; charset=utf-8");
            head.TryWriteContentLength(body.Length);
            head.TryEnd();
            stream.Write(buffer[..head.Written]);
            stream.Write(body);
        }
        // README: end
    }
}
