using System.Net;
using System.Net.Sockets;

namespace Tipi.Hosting.Tests.Connections;

public sealed class AdmissionTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    [Theory, OnEachTransport]
    public async Task An_address_has_no_more_connections_than_allowed(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(
            transport, _ => Task.CompletedTask, options => options.Limits.MaxConnectionsPerIP = 2);
        using RawClient first = ConnectFrom(server, "127.0.0.1");
        using RawClient second = ConnectFrom(server, "127.0.0.1");
        Assert.Equal(200, await AskAsync(first));
        Assert.Equal(200, await AskAsync(second));
        using RawClient third = ConnectFrom(server, "127.0.0.1");
        Assert.True(await IsRefusedAsync(third));
        using RawClient other = ConnectFrom(server, "127.0.0.2");
        Assert.Equal(200, await AskAsync(other));
        Assert.Contains(server.Logs, record => record.EventId == 24 && record.Text.Contains("127.0.0.1"));

        first.Dispose();
        RawClient? next = null;
        for (int i = 0; i < 100 && next is null; i++)
        {
            next = ConnectFrom(server, "127.0.0.1");
            if (!await IsRefusedAsync(next)) break;
            next.Dispose();
            next = null;
            await Task.Delay(50);
        }
        Assert.NotNull(next);
        next.Dispose();
    }

    [Fact]
    public void An_IPv6_peer_is_a_network_of_64_bits_and_an_IPv4_peer_an_address()
    {
        Assert.Equal(Peer("2001:db8::1"), Peer("2001:db8::ffff:1"));
        Assert.NotEqual(Peer("2001:db8::1"), Peer("2001:db8:0:1::1"));
        Assert.Equal(Peer("10.1.2.3"), Peer("::ffff:10.1.2.3"));
        Assert.NotEqual(Peer("10.1.2.3"), Peer("10.1.2.4"));
        static UInt128 Peer(string text) => Tipi.Hosting.Connections.PeerCounts.PeerOf(IPAddress.Parse(text));
    }

    [Theory, OnEachTransport]
    public async Task Requests_beyond_the_limit_are_asked_to_come_again(TipiTransport transport)
    {
        var running = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        var reached = 0;
        await using TestServer server = await TestServer.StartAsync(
            transport,
            async context =>
            {
                Interlocked.Increment(ref reached);
                if (context.Request.Path != "/wait") return;
                running.SetResult();
                await release.Task;
            },
            options =>
            {
                options.Limits.MaxConcurrentRequests = 1;
                options.Limits.RetryAfter = TimeSpan.FromSeconds(7);
            });
        using RawClient holder = await server.ConnectAsync();
        await holder.SendAsync("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
        await running.Task;
        using RawClient client = await server.ConnectAsync();
        await client.SendAsync(Get + "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello" + Get);
        for (int i = 0; i < 3; i++)
        {
            RawResponse shed = await client.ReadResponseAsync();
            Assert.Equal((503, "7", "0"), (shed.Status, shed.Header("Retry-After"), shed.Header("Content-Length")));
        }
        Assert.Equal(1, reached);
        Assert.Single(server.Logs, record => record.EventId == 7);
        release.SetResult();
        Assert.Equal(200, (await holder.ReadResponseAsync()).Status);
        Assert.Equal(200, await AskAsync(client));
        Assert.Equal(200, await AskAsync(holder));
    }

    [Theory, OnEachTransport]
    public async Task An_endpoint_with_limits_of_its_own_counts_apart(TipiTransport transport)
    {
        var running = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        await using TestServer server = await TestServer.StartAsync(
            transport,
            async context =>
            {
                if (context.Request.Path != "/wait") return;
                running.SetResult();
                await release.Task;
            },
            options =>
            {
                options.Limits.MaxConcurrentRequests = 1;
                options.Listen(IPAddress.Loopback, 0, endpoint => endpoint
                    .ConfigureLimits(limits => limits.MaxConcurrentRequests = 2));
            });
        using RawClient holder = await server.ConnectAsync();
        await holder.SendAsync("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
        await running.Task;
        Assert.Equal(503, (await server.AskAsync(Get)).Status);
        Assert.Equal(200, (await server.AskAsync(Get, endpoint: 1)).Status);
        release.SetResult();
    }

    [Theory, OnEachTransport]
    public async Task A_client_that_still_sends_a_body_nobody_reads_holds_no_place(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(
            transport, _ => Task.CompletedTask, options =>
            {
                options.Limits.MaxConcurrentRequests = 1;
                options.Limits.RequestDrainTimeout = TimeSpan.FromMinutes(1);
            });
        using RawClient slow = await server.ConnectAsync();
        await slow.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n");
        Assert.Equal(200, (await slow.ReadResponseAsync()).Status);
        Assert.Equal(200, (await server.AskAsync(Get)).Status);
        await slow.SendAsync("0123456789" + Get);
        Assert.Equal(200, (await slow.ReadResponseAsync()).Status);
    }

    [Theory, OnEachTransport]
    public async Task Upgraded_requests_do_not_count_among_those_that_run(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(
            transport,
            async context =>
            {
                if (context.Features.Get<IHttpUpgradeFeature>() is not { IsUpgradableRequest: true } upgrade) return;
                await using Stream stream = await upgrade.UpgradeAsync();
                await stream.CopyToAsync(stream);
            },
            options => options.Limits.MaxConcurrentRequests = 1);
        using RawClient upgraded = await server.ConnectAsync();
        await upgraded.SendAsync("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n");
        await upgraded.ReadHeadAsync();
        Assert.Equal(200, (await server.AskAsync(Get)).Status);
        upgraded.EndSending();
        Assert.True(await upgraded.IsEndedAsync());
        Assert.Equal(200, (await server.AskAsync(Get)).Status);
    }

    [Theory, OnEachTransport]
    public async Task A_client_that_resets_while_its_body_is_dropped_leaves_no_request_behind(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(
            transport, _ => Task.CompletedTask, options => options.Limits.MaxConcurrentRequests = 1);
        using (RawClient client = await server.ConnectAsync())
        {
            await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n");
            Assert.Equal(200, (await client.ReadResponseAsync()).Status);
            client.Socket.LingerState = new LingerOption(true, 0);
        }
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while ((await server.AskAsync(Get)).Status != 200) await Task.Delay(50, late.Token);
    }

    [Theory, OnEachTransport]
    public async Task An_upgrade_that_comes_too_late_is_not_counted(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(
            transport,
            async context =>
            {
                if (context.Features.Get<IHttpUpgradeFeature>() is not { IsUpgradableRequest: true } upgrade) return;
                if (context.Request.Path == "/late")
                {
                    await context.Response.WriteAsync("started");
                    await Assert.ThrowsAsync<InvalidOperationException>(upgrade.UpgradeAsync);
                    return;
                }
                await upgrade.UpgradeAsync();
            },
            options => options.Limits.MaxConcurrentUpgradedConnections = 1);
        using RawClient client = await server.ConnectAsync();
        for (int i = 0; i < 2; i++)
        {
            await client.SendAsync("GET /late HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n");
            Assert.Equal("started", (await client.ReadResponseAsync()).Body);
        }
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 101 ", await client.ReadHeadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public void Limits_that_cannot_work_are_refused()
    {
        var limits = new TipiServerLimits();
        Assert.Throws<ArgumentOutOfRangeException>(() => limits.MaxConnectionsPerIP = 0);
        Assert.Throws<ArgumentOutOfRangeException>(() => limits.MaxConcurrentRequests = 0);
        Assert.Throws<ArgumentOutOfRangeException>(() => limits.RetryAfter = TimeSpan.Zero);
    }

    private static RawClient ConnectFrom(TestServer server, string address)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
        // At once: an asynchronous connect that is reset right behind the handshake fails itself.
        socket.Connect(new IPEndPoint(IPAddress.Loopback, server.Port));
        return RawClient.Over(socket);
    }

    private static async Task<int> AskAsync(RawClient client)
    {
        await client.SendAsync(Get);
        return (await client.ReadResponseAsync()).Status;
    }

    private static async Task<bool> IsRefusedAsync(RawClient client)
    {
        try
        {
            await client.SendAsync(Get);
            return await client.IsEndedAsync();
        }
        catch (SocketException)
        {
            return true;
        }
    }
}
