using System.Net.WebSockets;
using System.Text;

namespace Tipi.Hosting.Tests.Http1;

public sealed class UpgradeTests
{
    private const string Upgrade = "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n";

    private static async Task Echo(HttpContext context)
    {
        var feature = context.Features.Get<IHttpUpgradeFeature>()!;
        if (!feature.IsUpgradableRequest)
        {
            await Assert.ThrowsAsync<InvalidOperationException>(feature.UpgradeAsync);
            await context.Response.WriteAsync("plain");
            return;
        }
        context.Response.Headers.Upgrade = "echo";
        await using Stream stream = await feature.UpgradeAsync();
        byte[] buffer = new byte[100];
        for (int read; (read = await stream.ReadAsync(buffer)) > 0;) await stream.WriteAsync(buffer.AsMemory(0, read));
    }

    [Theory, OnEachTransport]
    public async Task After_101_the_bytes_are_the_applications(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, Echo);
        using RawClient client = await server.ConnectAsync();
        await client.SendAsync(Upgrade + "first");
        var response = new RawResponse(await client.ReadHeadAsync(), "");
        Assert.Equal(101, response.Status);
        Assert.Equal(("Upgrade", "echo"), (response.Header("Connection"), response.Header("Upgrade")));
        Assert.Equal("first", await client.ReadExactlyAsync(5));
        await client.SendAsync("GET / HTTP/1.1\r\n\r\n");
        Assert.Equal("GET / HTTP/1.1\r\n\r\n", await client.ReadExactlyAsync(18));
        client.EndSending();
        Assert.True(await client.IsEndedAsync());
    }

    [Theory, OnEachTransport]
    public async Task An_ordinary_request_can_not_be_upgraded(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, Echo);
        Assert.Equal("plain", (await server.AskAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n")).Body);
    }

    [Theory, OnEachTransport]
    public async Task Upgraded_connections_are_limited(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(
            transport, Echo, options => options.Limits.MaxConcurrentUpgradedConnections = 1);
        using RawClient first = await server.ConnectAsync();
        await first.SendAsync(Upgrade);
        Assert.StartsWith("HTTP/1.1 101 ", await first.ReadHeadAsync());
        Assert.Equal(500, (await server.AskAsync(Upgrade)).Status);
        first.EndSending();
        Assert.True(await first.IsEndedAsync());
        using RawClient third = await server.ConnectAsync();
        await third.SendAsync(Upgrade);
        Assert.StartsWith("HTTP/1.1 101 ", await third.ReadHeadAsync());
    }

    [Theory, OnEachTransport]
    public async Task Web_sockets_work(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAppAsync(transport, app =>
        {
            app.UseWebSockets();
            app.Run(async context =>
            {
                using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync();
                byte[] buffer = new byte[1000];
                while (true)
                {
                    var message = await socket.ReceiveAsync(buffer, default);
                    if (message.MessageType == WebSocketMessageType.Close) break;
                    await socket.SendAsync(buffer.AsMemory(0, message.Count), WebSocketMessageType.Text, true, default);
                }
                await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "bye", default);
            });
        });
        using var client = new ClientWebSocket();
        await client.ConnectAsync(new Uri($"ws://127.0.0.1:{server.Port}/"), default);
        byte[] received = new byte[1000];
        for (int i = 0; i < 10; i++)
        {
            string text = $"message {i}";
            await client.SendAsync(Encoding.ASCII.GetBytes(text), WebSocketMessageType.Text, true, default);
            var echo = await client.ReceiveAsync(received, default);
            Assert.Equal(text, Encoding.ASCII.GetString(received, 0, echo.Count));
        }
        await client.CloseAsync(WebSocketCloseStatus.NormalClosure, "done", default);
        Assert.Equal("bye", client.CloseStatusDescription);
    }
}
