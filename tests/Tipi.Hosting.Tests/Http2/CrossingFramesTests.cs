using System.Net;
using System.Net.Sockets;
using System.Text;
using Tipi.Hosting.Tests.Server;

namespace Tipi.Hosting.Tests.Http2;

/// <summary>Frames that are under way while the other side goes on: neither may find the other wrong.</summary>
public sealed class CrossingFramesTests
{
    private const int InitialWindowSize = 4;
    private const int NoRfc7540Priorities = 9;

    /// <summary>What clients read together with a 101 has to fit where they keep it: curl's place has 32 KiB.</summary>
    [Theory, OnEachTransport]
    public async Task Little_follows_a_101_before_the_client_has_begun(TipiTransport transport)
    {
        const int Length = 60_000;
        const int MostBefore = 16 * 1024;
        await using TestServer server = await TestServer.StartAsync(
            transport, context => context.Response.Body.WriteAsync(new byte[Length]).AsTask());
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, server.Port));
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\n" +
            "Upgrade: h2c\r\nHTTP2-Settings: \r\n\r\n"));
        using var reader = new BinaryReader(stream, Encoding.Latin1, leaveOpen: true);
        string head = "";
        while (!head.EndsWith("\r\n\r\n", StringComparison.Ordinal)) head += reader.ReadChar();
        Assert.StartsWith("HTTP/1.1 101 ", head);

        int before = 0;
        while (before < MostBefore) before += await ReadDataAsync(stream);
        Assert.Equal(MostBefore, before);
        await Task.Delay(300);
        Assert.Equal(0, socket.Available);

        using Foe foe = await Foe.GreetAsync(socket, stream);
        for (int left = Length - before; left > 0;)
            left -= (await foe.ReadAsync(frame => frame.Type == FoeFrame.DataType)).Payload.Length;
    }

    /// <summary>
    /// The body that an upgrade carries is no DATA: the client has its windows whole. And the first SETTINGS frame may
    /// say what HTTP2-Settings did not.
    /// </summary>
    [Theory, OnEachTransport]
    public async Task A_carried_body_leaves_the_windows_whole(TipiTransport transport)
    {
        const int Carried = 60_000;
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
        {
            var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            await context.Response.WriteAsync($"{body.Length}");
        });
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, server.Port));
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {Carried}\r\nConnection: Upgrade, HTTP2-Settings\r\n"
            + $"Upgrade: h2c\r\nHTTP2-Settings: \r\n\r\n{new string('x', Carried)}"));
        using var reader = new BinaryReader(stream, Encoding.Latin1, leaveOpen: true);
        string head = "";
        while (!head.EndsWith("\r\n\r\n", StringComparison.Ordinal)) head += reader.ReadChar();
        Assert.StartsWith("HTTP/1.1 101 ", head);

        using Foe foe = await Foe.GreetAsync(socket, stream, (NoRfc7540Priorities, 1));
        FoeFrame answer = await foe.ReadAsync(frame => frame.Type == FoeFrame.DataType);
        Assert.Equal($"{Carried}", Encoding.ASCII.GetString(answer.Payload));
        // All that the first windows permit, and not an update more.
        int left = 1024 * 1024;
        await foe.SendAsync(Foe.Post(3, "/"), Foe.Post(5, "/"));
        foreach (int id in (int[])[3, 5])
        {
            for (int most = 768 * 1024; left > 0 && most > 0;)
            {
                int length = Math.Min(Math.Min(most, left), 16 * 1024);
                (most, left) = (most - length, left - length);
                await foe.SendAsync(Foe.Data(id, length, isEnd: most == 0 || left == 0));
            }
        }
        for (int i = 0; i < 2; i++) await foe.ReadAsync(frame => frame.Type == FoeFrame.DataType && frame.Stream > 1);
        await foe.AssertStillServedAsync();
    }

    /// <summary>More than are kept by default: a client with as many uploads whose answers need no body.</summary>
    [Theory, OnEachTransport]
    public async Task Content_for_any_of_many_streams_that_were_reset_is_no_mistake(TipiTransport transport)
    {
        const int Streams = 600;
        await using TestServer server = await TestServer.StartAsync(
            transport, _ => Task.CompletedTask, options => options.Limits.Http2.MaxStreamsPerConnection = Streams);
        using Foe foe = await Foe.GreetAsync(server);
        await foe.SendAsync([.. Enumerable.Range(0, Streams).Select(i => Foe.Post(2 * i + 1, "/"))]);
        for (int i = 0; i < Streams; i++)
            Assert.Equal("NO_ERROR", (await foe.ReadAsync(frame => frame.Type == FoeFrame.ResetType)).Code);

        // As if it had not heard of that yet.
        await foe.SendAsync([.. Enumerable.Range(0, Streams).Select(i => Foe.Data(2 * i + 1, 10, isEnd: true))]);

        await foe.AssertStillServedAsync();
    }

    /// <summary>Clients hold to a setting from its acknowledgement on; DATA beyond it is a mistake before.</summary>
    [Theory, OnEachTransport]
    public async Task Nothing_that_new_settings_permit_is_sent_before_they_are_acknowledged(TipiTransport transport)
    {
        const int Changes = 900;
        const int Busy = 3;
        // A byte at a time is too slow for the usual rate.
        await using TestServer server = await TestServer.StartAsync(
            transport, RunAsync, options => options.Limits.MinResponseDataRate = null);
        using Http2Client client = await Http2Client.ConnectAsync(server, (InitialWindowSize, 0));
        // Other threads send what may be sent, all the time.
        for (int i = 0; i < Busy; i++) await client.HeadersAsync(2 * i + 1, Http2Client.Get);
        const int Waiting = 2 * Busy + 1;
        await client.HeadersAsync(Waiting, Http2Client.Post);

        int sent = 0;
        for (int window = 1; window <= Changes; window++)
        {
            await client.SettingsAsync((InitialWindowSize, window));
            for (bool isAcknowledged = false; !isAcknowledged || sent < window;)
            {
                Http2Heard heard = await client.HearAnyAsync();
                isAcknowledged |= heard is { Type: Http2Heard.Settings, IsAck: true };
                if (heard is not { Type: Http2Heard.Data, Stream: Waiting }) continue;
                sent += heard.Payload.Length;
                Assert.True(isAcknowledged, $"Byte {sent} came before its window was acknowledged.");
            }
        }
    }

    private static async Task RunAsync(HttpContext context)
    {
        if (context.Request.Method == "POST")
        {
            await context.Response.Body.WriteAsync(new byte[10_000]);
            return;
        }
        while (!context.RequestAborted.IsCancellationRequested)
        {
            await Task.Yield();
            await context.Response.BodyWriter.FlushAsync();
        }
    }

    /// <returns>Bytes of content of the next frame; 0 for other frames.</returns>
    private static async Task<int> ReadDataAsync(Stream stream)
    {
        byte[] header = new byte[9];
        await stream.ReadExactlyAsync(header);
        byte[] payload = new byte[header[0] << 16 | header[1] << 8 | header[2]];
        await stream.ReadExactlyAsync(payload);
        return header[3] == FoeFrame.DataType ? payload.Length : 0;
    }
}
