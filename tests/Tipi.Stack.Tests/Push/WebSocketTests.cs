using System.Net.WebSockets;
using System.Security.Cryptography;

namespace Tipi.Stack.Tests.Push;

/// <summary>The WebSockets middleware: messages, fragments, compression, pings, and every way to end.</summary>
public sealed class WebSocketTests
{
    private const int Large = 1_000_000;

    [Theory, OnEachWire]
    public async Task Messages_come_back_whole_and_in_fragments(StackServer server, StackWire wire)
    {
        await using SocketHost host = await SocketHost.StartAsync(server, EchoSocket.RunAsync, wire: wire);
        using ClientWebSocket socket = await host.ConnectAsync();

        await EchoedAsync(socket, RandomNumberGenerator.GetBytes(1));
        await EchoedAsync(socket, RandomNumberGenerator.GetBytes(Large));
        byte[] parts = RandomNumberGenerator.GetBytes(1000);
        for (var i = 0; i < parts.Length; i += 100) await socket.SendBytesAsync(parts[i..(i + 100)], i + 100 == 1000);
        Assert.Equal(parts, await socket.ReceiveBytesAsync());
        await socket.SendTextAsync("Zelt ⛺");
        Assert.Equal("Zelt ⛺", await socket.ReceiveTextAsync());
    }

    [Theory, OnEachWire]
    public async Task Messages_are_compressed_when_both_agree(StackServer server, StackWire wire)
    {
        var accept = new WebSocketAcceptContext { DangerousEnableCompression = true };
        await using SocketHost host = await SocketHost.StartAsync(server, EchoSocket.RunAsync, accept, wire);
        using ClientWebSocket socket = await host.ConnectAsync(options =>
        {
            options.DangerousDeflateOptions = new WebSocketDeflateOptions();
            options.CollectHttpResponseDetails = true;
        });

        await EchoedAsync(socket, new byte[Large]);
        await EchoedAsync(socket, RandomNumberGenerator.GetBytes(Large));

        string agreed = string.Join(' ', socket.HttpResponseHeaders!["Sec-WebSocket-Extensions"]);
        Assert.StartsWith("permessage-deflate", agreed, StringComparison.Ordinal);
    }

    [Theory, OnEachWire]
    public async Task Fifty_at_once_get_their_own_messages(StackServer server, StackWire wire)
    {
        await using SocketHost host = await SocketHost.StartAsync(server, EchoSocket.RunAsync, wire: wire);

        await Task.WhenAll(Enumerable.Range(0, 50).Select(async number =>
        {
            using ClientWebSocket socket = await host.ConnectAsync();
            for (var i = 0; i < 20; i++)
            {
                await socket.SendTextAsync($"{number} says {i}");
                Assert.Equal($"{number} says {i}", await socket.ReceiveTextAsync());
            }
            await socket.CloseAsync($"{number}");
            Assert.Equal($"you said {number}", socket.CloseStatusDescription);
        }));
    }

    [Theory, OnEachWire]
    public async Task The_client_closes_and_is_answered(StackServer server, StackWire wire)
    {
        await using SocketHost host = await SocketHost.StartAsync(server, EchoSocket.RunAsync, wire: wire);
        using ClientWebSocket socket = await host.ConnectAsync();

        await socket.CloseAsync("enough");

        Assert.Equal(
            (WebSocketState.Closed, WebSocketCloseStatus.NormalClosure, "you said enough"),
            (socket.State, socket.CloseStatus, socket.CloseStatusDescription));
    }

    [Theory, OnEachWire]
    public async Task The_server_closes_and_hears_the_answer(StackServer server, StackWire wire)
    {
        var closed = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using SocketHost host = await SocketHost.StartAsync(server, async (served, aborted) =>
        {
            await served.CloseAsync(WebSocketCloseStatus.PolicyViolation, "no more", aborted);
            closed.SetResult($"{served.State} {served.CloseStatus} {served.CloseStatusDescription}");
        }, wire: wire);
        using ClientWebSocket socket = await host.ConnectAsync();

        Assert.Null(await socket.ReceiveBytesAsync());
        Assert.Equal((WebSocketCloseStatus.PolicyViolation, "no more"),
            (socket.CloseStatus, socket.CloseStatusDescription));
        await socket.CloseAsync("then bye");

        Assert.Equal("Closed NormalClosure then bye", await closed.Task.WaitAsync(Eventually.Patience));
    }

    [Theory, OnEachWire]
    public async Task A_client_that_aborts_fails_the_servers_read(StackServer server, StackWire wire)
    {
        var ended = new TaskCompletionSource<Exception>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using SocketHost host = await SocketHost.StartAsync(server, async (served, aborted) =>
        {
            try
            {
                await EchoSocket.RunAsync(served, CancellationToken.None);
            }
            catch (Exception error)
            {
                ended.SetResult(error);
            }
        }, wire: wire);
        using (ClientWebSocket socket = await host.ConnectAsync())
        {
            await EchoedAsync(socket, [1]);
            socket.Abort();
        }

        var seen = Assert.IsType<WebSocketException>(await ended.Task.WaitAsync(Eventually.Patience));
        Assert.Equal(WebSocketError.ConnectionClosedPrematurely, seen.WebSocketErrorCode);
    }

    [Theory, OnEachWire]
    public async Task A_server_that_aborts_fails_the_clients_read(StackServer server, StackWire wire)
    {
        await using SocketHost host = await SocketHost.StartAsync(server, async (served, _) =>
        {
            await served.ReceiveBytesAsync();
            served.Abort();
        }, wire: wire);
        using ClientWebSocket socket = await host.ConnectAsync();
        await socket.SendBytesAsync([1]);

        await Assert.ThrowsAsync<WebSocketException>(() => socket.ReceiveBytesAsync());
    }

    private static async Task EchoedAsync(ClientWebSocket socket, byte[] message)
    {
        Task sent = socket.SendBytesAsync(message);
        byte[]? back = await socket.ReceiveBytesAsync();
        await sent;
        Assert.True(message.AsSpan().SequenceEqual(back), $"{message.Length} bytes came back changed.");
    }
}
