using System.Collections.Concurrent;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Tipi.Hosting.Tests.Contract;

/// <summary>What an application can do with the socket of a connection: to that connection, and to no other.</summary>
public sealed class KeptSocketTests
{
    private const int AtOnce = 8;

    [Theory, OnEachWire]
    public async Task A_socket_that_was_kept_never_touches_another_connection(TipiTransport transport, Wire wire)
    {
        var kept = new ConcurrentQueue<Socket>();
        await using WireServer server = await WireServer.StartAsync(transport, wire, context =>
        {
            if (context.Request.Path == "/keep") kept.Enqueue(SocketOf(context));
            return context.Response.WriteAsync(context.Connection.Id);
        });
        for (int round = 0; round < 3; round++)
        {
            foreach (HttpClient client in Clients(server))
            {
                await client.GetStringAsync("/keep");
                client.Dispose();
            }
            // Their descriptors are those of the first, by and by.
            List<HttpClient> strangers = Clients(server);
            var ids = new List<string>();
            foreach (HttpClient stranger in strangers) ids.Add(await stranger.GetStringAsync("/"));
            foreach (Socket socket in kept) Misuse(socket);
            for (int i = 0; i < AtOnce; i++) Assert.Equal(ids[i], await strangers[i].GetStringAsync("/"));
            strangers.ForEach(stranger => stranger.Dispose());
        }
        Assert.Equal(3 * AtOnce, kept.Count);
    }

    [Theory, OnEachWire]
    public async Task It_can_not_be_used_after_the_connections_end(TipiTransport transport, Wire wire)
    {
        var kept = new TaskCompletionSource<Socket>();
        await using WireServer server = await WireServer.StartAsync(transport, wire, context =>
        {
            kept.TrySetResult(SocketOf(context));
            return context.Response.WriteAsync("ok");
        });
        using (HttpClient client = server.NewClient()) await client.GetStringAsync("/");
        Socket socket = await kept.Task;
        await EndsAsync(socket);
        Assert.Throws<ObjectDisposedException>(() => socket.Shutdown(SocketShutdown.Both));
        Assert.Throws<ObjectDisposedException>(() => socket.NoDelay = true);
        socket.Close();
    }

    [Theory, OnEachWire]
    public async Task Closing_it_ends_the_connection_and_no_other(TipiTransport transport, Wire wire)
    {
        var kept = new TaskCompletionSource<Socket>();
        var aborted = new TaskCompletionSource();
        await using WireServer server = await WireServer.StartAsync(transport, wire, async context =>
        {
            if (context.Request.Path == "/close")
            {
                using CancellationTokenRegistration registration =
                    context.RequestAborted.Register(() => aborted.TrySetResult());
                kept.SetResult(SocketOf(context));
                SocketOf(context).Close();
                await aborted.Task;
            }
            await context.Response.WriteAsync(context.Connection.Id);
        });
        string id = await server.GetTextAsync();
        using HttpClient closed = server.NewClient();
        await Assert.ThrowsAnyAsync<HttpRequestException>(
            () => closed.PostAsync("/close", new ByteArrayContent([1])));
        await EndsAsync(await kept.Task);
        Assert.Equal(id, await server.GetTextAsync());
    }

    [Theory, OnEachWire]
    public async Task Shutting_it_down_ends_the_connection_and_no_other(TipiTransport transport, Wire wire)
    {
        await using WireServer server = await WireServer.StartAsync(transport, wire, context =>
        {
            if (context.Request.Path == "/close") SocketOf(context).Shutdown(SocketShutdown.Both);
            return context.Response.WriteAsync(context.Connection.Id);
        });
        string id = await server.GetTextAsync();
        using HttpClient closed = server.NewClient();
        await Assert.ThrowsAnyAsync<HttpRequestException>(
            () => closed.PostAsync("/close", new ByteArrayContent([1])));
        Assert.Equal(id, await server.GetTextAsync());
    }

    [Theory, OnEachTransport]
    public async Task Closing_it_without_lingering_is_a_reset(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, context =>
        {
            Socket socket = SocketOf(context);
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
            socket.Close();
            return Task.CompletedTask;
        });
        using RawClient client = await server.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        var reset = await Assert.ThrowsAsync<SocketException>(
            () => client.Socket.ReceiveAsync(new byte[1].AsMemory()).AsTask().WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.Equal(SocketError.ConnectionReset, reset.SocketErrorCode);
    }

    private static List<HttpClient> Clients(WireServer server) =>
        [.. Enumerable.Range(0, AtOnce).Select(_ => server.NewClient())];

    private static Socket SocketOf(HttpContext context) =>
        context.Features.GetRequiredFeature<IConnectionSocketFeature>().Socket;

    private static void Misuse(Socket socket)
    {
        try
        {
            socket.Shutdown(SocketShutdown.Both);
            socket.Close();
        }
        catch (Exception gone) when (gone is ObjectDisposedException or SocketException)
        {
            // As it should be.
        }
    }

    private static async Task EndsAsync(Socket socket)
    {
        for (int i = 0; !socket.SafeHandle.IsClosed; i++)
        {
            Assert.True(i < 1000, "The socket can still be used.");
            await Task.Delay(20);
        }
    }
}
