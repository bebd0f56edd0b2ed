using System.Net.WebSockets;

namespace Tipi.Stack.Tests.Push;

/// <summary>The middleware's pings, seen by a client of bare bytes: answered or not.</summary>
public sealed class WebSocketPingTests
{
    private const string Handshake =
        "GET /socket HTTP/1.1\r\nHost: tipi\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

    [Theory, OnEachServer]
    public async Task Pings_arrive_while_nothing_else_is_sent(StackServer server)
    {
        await using SocketHost host = await StartAsync(server, TimeSpan.Zero, EchoSocket.RunAsync);
        using RawClient client = await host.Host.ConnectAsync();
        await client.SendAsync(Handshake);
        string head = await client.ReadHeadAsync();

        // Without a timeout they are pongs that nobody asked for (RFC 6455 §5.5.3): final, opcode 10, no length.
        string beats = await client.ReadExactlyAsync(6);

        Assert.StartsWith("HTTP/1.1 101 ", head, StringComparison.Ordinal);
        Assert.Contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", head, StringComparison.Ordinal);
        Assert.Equal("\u008a\0\u008a\0\u008a\0", beats);
    }

    [Theory, OnEachServer]
    public async Task A_client_that_answers_no_ping_is_given_up(StackServer server)
    {
        var ended = new TaskCompletionSource<Exception>(TaskCreationOptions.RunContinuationsAsynchronously);
        var timeout = TimeSpan.FromMilliseconds(300);
        await using SocketHost host = await StartAsync(server, timeout, async (served, aborted) =>
        {
            try
            {
                await EchoSocket.RunAsync(served, aborted);
            }
            catch (Exception error)
            {
                ended.SetResult(error);
            }
        });
        using RawClient client = await host.Host.ConnectAsync();
        await client.SendAsync(Handshake);
        await client.ReadHeadAsync();

        // Final, opcode 9.
        Assert.Equal('\u0089', (await client.ReadExactlyAsync(1))[0]);
        Exception seen = await ended.Task.WaitAsync(Eventually.Patience);

        Assert.True(seen is WebSocketException or OperationCanceledException, $"{seen}");
        await EndedAsync(client);
    }

    private static async Task EndedAsync(RawClient client)
    {
        try
        {
            await client.ReadToEndAsync();
        }
        catch (System.Net.Sockets.SocketException reset)
        {
            Assert.Equal(System.Net.Sockets.SocketError.ConnectionReset, reset.SocketErrorCode);
        }
    }

    private static Task<SocketHost> StartAsync(
        StackServer server, TimeSpan timeout, Func<WebSocket, CancellationToken, Task> serve)
    {
        var accept = new WebSocketAcceptContext { KeepAliveInterval = TimeSpan.FromMilliseconds(100) };
        if (timeout > TimeSpan.Zero) accept.KeepAliveTimeout = timeout;
        return SocketHost.StartAsync(server, serve, accept);
    }
}
