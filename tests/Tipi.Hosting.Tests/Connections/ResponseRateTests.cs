using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Tipi.Hosting.Tests.Http2;

namespace Tipi.Hosting.Tests.Connections;

public sealed class ResponseRateTests
{
    private static readonly MinDataRate s_strict = new(1_000_000, TimeSpan.FromSeconds(1.1));

    [Theory, OnEachTransport]
    public async Task A_client_that_does_not_take_the_response_is_reset(TipiTransport transport)
    {
        var aborted = new TaskCompletionSource();
        await using TestServer server = await TestServer.StartAsync(
            transport,
            async context =>
            {
                context.Features.Get<IConnectionSocketFeature>()!.Socket.SendBufferSize = 4096;
                // Not disposed: the write may fail before the callback runs.
                context.RequestAborted.Register(() => aborted.TrySetResult());
                var block = new byte[256 * 1024];
                while (!context.RequestAborted.IsCancellationRequested) await context.Response.Body.WriteAsync(block);
            },
            options => options.Limits.MinResponseDataRate = s_strict);
        using RawClient client = await ConnectWithSmallWindowAsync(server);
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        await aborted.Task.WaitAsync(TimeSpan.FromSeconds(60));
        // The heartbeat, which sees it, waits for no log.
        await Eventually.HoldsAsync(
            () => server.Logs.Any(record => record.EventId == 28), () => "The reason was not logged.");
        await Assert.ThrowsAsync<SocketException>(client.ReadToEndAsync);
    }

    [Theory, OnEachTransport]
    public async Task A_client_that_reads_steadily_gets_it_all(TipiTransport transport)
    {
        const int Size = 4 * 1024 * 1024;
        await using TestServer server = await TestServer.StartAsync(
            transport, async context => await context.Response.Body.WriteAsync(new byte[Size]),
            options => options.Limits.MinResponseDataRate = new MinDataRate(100_000, TimeSpan.FromSeconds(1.1)));
        using RawClient client = await ConnectWithSmallWindowAsync(server, bytes: 64 * 1024);
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        await client.ReadHeadAsync();
        long taken = 0;
        var buffer = new byte[16 * 1024];
        while (taken < Size)
        {
            int count = await client.Socket.ReceiveAsync(buffer);
            if (count == 0) break;
            taken += count;
            if (taken % (32 * 1024) < count) await Task.Delay(20);
        }
        Assert.True(taken > Size - buffer.Length, $"Only {taken} bytes came.");
    }

    [Theory, OnEachTransport]
    public async Task A_closing_connection_does_not_wait_for_ever_for_its_peer(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(
            transport,
            async context =>
            {
                context.Features.Get<IConnectionSocketFeature>()!.Socket.SendBufferSize = 4096;
                await context.Response.Body.WriteAsync(new byte[900 * 1024]);
            },
            options =>
            {
                options.Limits.MinResponseDataRate = s_strict;
                options.Limits.MaxResponseBufferSize = 1024 * 1024;
                options.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(1);
            });
        using RawClient client = await ConnectWithSmallWindowAsync(server);
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        var watch = System.Diagnostics.Stopwatch.StartNew();
        while (server.Logs.All(record => record.EventId != 28) && watch.Elapsed < TimeSpan.FromSeconds(60))
            await Task.Delay(100);
        Assert.Contains(server.Logs, record => record.EventId == 28);
        await Assert.ThrowsAsync<SocketException>(client.ReadToEndAsync);
    }

    private static async Task<RawClient> ConnectWithSmallWindowAsync(TestServer server, int bytes = 4096)
    {
        RawClient client = await server.ConnectAsync();
        client.Socket.ReceiveBufferSize = bytes;
        return client;
    }
}
