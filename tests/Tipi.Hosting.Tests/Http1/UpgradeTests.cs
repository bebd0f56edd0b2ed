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

    /// <summary>Its bytes would be taken for the new protocol's.</summary>
    [Theory, OnEachTransport]
    public async Task A_request_with_a_body_can_not_be_upgraded(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, Echo);
        string[] bodies =
        [
            "Content-Length: 5\r\n\r\nHello", "Transfer-Encoding: chunked\r\n\r\n5\r\nHello\r\n0\r\n\r\n",
        ];
        using RawClient client = await server.ConnectAsync();
        foreach (string body in bodies)
        {
            await client.SendAsync(
                $"POST / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: echo\r\n{body}");
            Assert.Equal("plain", (await client.ReadResponseAsync()).Body);
        }
        await client.SendAsync(
            "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: echo\r\nContent-Length: 0\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 101 ", await client.ReadHeadAsync());
    }

    /// <summary>What fails before the change to HTTP/2 is answered and logged as if none was asked for.</summary>
    [Theory, OnEachTransport]
    public async Task A_body_that_is_rejected_before_the_change_to_http2_is_answered(TipiTransport transport)
    {
        await FailToChangeAsync(transport, "Content-Length: 11\r\n\r\n", 413);
        await FailToChangeAsync(transport, "Content-Length: 5\r\n\r\nHe", 400);
    }

    private static async Task FailToChangeAsync(TipiTransport transport, string rest, int status)
    {
        string log = Path.GetTempFileName();
        await using (TestServer server = await TestServer.StartAsync(transport, Echo, options =>
        {
            options.Limits.MaxRequestBodySize = 10;
            (options.AccessLog.Format, options.AccessLog.Path) = (AccessLogFormat.Combined, log);
        }))
        {
            using RawClient client = await server.ConnectAsync();
            await client.SendAsync(
                "POST /change HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
                + $"HTTP2-Settings: \r\n{rest}");
            client.EndSending();
            RawResponse response = await client.ReadResponseAsync();
            Assert.Equal((status, "close"), (response.Status, response.Header("Connection")));
            Assert.True(await client.IsEndedAsync());
        }
        string line = Assert.Single(await File.ReadAllLinesAsync(log));
        Assert.Contains("/change", line);
        Assert.Contains($" {status} ", line);
        File.Delete(log);
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
    public async Task A_web_socket_whose_token_is_cancelled_ends_as_cancelled(TipiTransport transport)
    {
        var seen = new TaskCompletionSource<string>();
        var isConnected = new SemaphoreSlim(0);
        await using TestServer server = await TestServer.StartAppAsync(transport, app =>
        {
            app.UseWebSockets();
            app.Run(async context =>
            {
                using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync();
                await isConnected.WaitAsync();
                bool isLate = context.Request.Path == "/late";
                using var source = new CancellationTokenSource();
                if (!isLate) await source.CancelAsync();
                Task receive = socket.ReceiveAsync(new byte[10], source.Token);
                if (isLate) await source.CancelAsync();
                Exception? error = await Record.ExceptionAsync(() => receive);
                seen.SetResult($"{error?.GetType().Name} {socket.State}");
            });
        });
        foreach (string path in (string[])["early", "late"])
        {
            using var client = new ClientWebSocket();
            await client.ConnectAsync(new Uri($"ws://127.0.0.1:{server.Port}/{path}"), default);
            isConnected.Release();
            string ended = await seen.Task.WaitAsync(TimeSpan.FromSeconds(20));
            Assert.True(ended is "OperationCanceledException Aborted" or "TaskCanceledException Aborted", ended);
            seen = new TaskCompletionSource<string>();
        }
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
