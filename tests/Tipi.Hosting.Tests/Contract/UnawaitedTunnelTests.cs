using System.Net.WebSockets;

namespace Tipi.Hosting.Tests.Contract;

/// <summary>Writes to an upgraded connection, or to a tunnel of HTTP/2, that nobody awaits.</summary>
public sealed class UnawaitedTunnelTests
{
    private const int Pieces = 12;
    private const int Size = 100_000;

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    [Theory, OnEachWire]
    public async Task Bytes_come_in_the_order_of_the_calls(TipiTransport transport, Wire wire)
    {
        byte[] whole = Pattern.Of(Pieces * Size);
        await AssertTunnelAsync(transport, wire, async stream =>
        {
            for (int i = 0; i < Pieces; i++) _ = stream.WriteAsync(whole.AsMemory(i * Size, Size)).AsTask();
            // The other direction goes on meanwhile.
            byte[] received = new byte[Size];
            await stream.ReadExactlyAsync(received);
            Assert.True(received.AsSpan().SequenceEqual(whole.AsSpan(0, Size)));
        }, async stream =>
        {
            Task send = stream.WriteAsync(whole.AsMemory(0, Size)).AsTask();
            byte[] received = new byte[whole.Length];
            await stream.ReadExactlyAsync(received);
            Assert.True(received.AsSpan().SequenceEqual(whole));
            await send;
            Assert.Equal(0, await stream.ReadAsync(received));
        });
    }

    [Theory, OnEachWire]
    public async Task Messages_of_a_web_socket_come_in_the_order_of_the_calls(TipiTransport transport, Wire wire)
    {
        await AssertTunnelAsync(transport, wire, async stream =>
        {
            using WebSocket socket = WebSocket.CreateFromStream(stream, new WebSocketCreationOptions
            {
                IsServer = true,
            });
            var sends = new List<Task>();
            for (int i = 0; i < Pieces; i++)
                sends.Add(socket.SendAsync(MessageOf(i), WebSocketMessageType.Binary, true, CancellationToken.None));
            await socket.ReceiveAsync(new byte[10], CancellationToken.None);
            await Task.WhenAll(sends);
        }, async stream =>
        {
            using WebSocket socket = WebSocket.CreateFromStream(stream, new WebSocketCreationOptions());
            byte[] received = new byte[Size];
            for (int i = 0; i < Pieces; i++)
            {
                int length = 0;
                ValueWebSocketReceiveResult result;
                do
                {
                    result = await socket.ReceiveAsync(received.AsMemory(length), CancellationToken.None);
                    length += result.Count;
                }
                while (!result.EndOfMessage);
                Assert.Equal(Size, length);
                Assert.True(received.AsSpan().SequenceEqual(MessageOf(i)), $"message {i}");
            }
            await socket.SendAsync("end"u8.ToArray(), WebSocketMessageType.Binary, true, CancellationToken.None);
        });
    }

    private static byte[] MessageOf(int number)
    {
        byte[] message = Pattern.Of(Size);
        message.AsSpan(0, 10).Fill((byte)number);
        return message;
    }

    private static async Task AssertTunnelAsync(
        TipiTransport transport, Wire wire, Func<Stream, Task> serve, Func<Stream, Task> talk)
    {
        await using WireServer server = await WireServer.StartAsync(transport, wire, async context =>
        {
            var connect = context.Features.Get<IHttpExtendedConnectFeature>();
            Stream stream = connect is { IsExtendedConnect: true }
                ? await connect.AcceptAsync()
                : await context.Features.Get<IHttpUpgradeFeature>()!.UpgradeAsync();
            await serve(stream);
        });
        HttpRequestMessage request = server.Request(server.IsHttp2 ? "CONNECT" : "GET", "/");
        if (server.IsHttp2) request.Headers.Protocol = "test";
        else
        {
            request.Headers.Connection.Add("Upgrade");
            request.Headers.Upgrade.ParseAdd("test");
        }
        using HttpResponseMessage response = await server.SendAsync(request);
        Assert.Equal(server.IsHttp2 ? 200 : 101, (int)response.StatusCode);
        await using Stream stream = await response.Content.ReadAsStreamAsync();
        await talk(stream).WaitAsync(s_patience);
    }
}
