using Tipi.Hosting.Tests.Http2;

namespace Tipi.Hosting.Tests.Diagnostics;

/// <summary>Upgraded connections: what is measured of them, and which limits they count against.</summary>
public sealed class UpgradeCountTests
{
    private const string Counter = "kestrel.upgraded_connections";
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private const string Upgrade = "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n";
    private const string Connect = ":method: CONNECT|:protocol: chat|:scheme: http|:path: /|:authority: localhost";

    /// <summary>Echoes what it gets; "!" makes it fail.</summary>
    private static async Task EchoAsync(HttpContext context)
    {
        if (context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true } connect)
            await EchoAsync(await connect.AcceptAsync());
        else if (context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true } upgrade)
            await EchoAsync(await upgrade.UpgradeAsync());
        else context.Response.ContentLength = 0;
    }

    private static async Task EchoAsync(Stream stream)
    {
        byte[] buffer = new byte[10];
        for (int read; (read = await stream.ReadAsync(buffer)) > 0;)
        {
            if (buffer[0] == '!') throw new InvalidOperationException("on purpose");
            await stream.WriteAsync(buffer.AsMemory(0, read));
        }
    }

    private static async Task<RawClient> UpgradeAsync(TestServer server)
    {
        RawClient client = await server.ConnectAsync();
        await client.SendAsync(Upgrade);
        Assert.StartsWith("HTTP/1.1 101 ", await client.ReadHeadAsync(), StringComparison.Ordinal);
        return client;
    }

    /// <summary>Who begins to listen between the two would see one less than none.</summary>
    [Theory, OnEachTransport]
    public async Task Who_listens_late_sees_no_end_without_a_begin(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, EchoAsync);
        using var durations = new MeterRecorder(server, "kestrel.connection.duration");
        using RawClient client = await UpgradeAsync(server);
        using var late = new MeterRecorder(server);
        client.EndSending();
        await durations.WaitAsync("kestrel.connection.duration");
        Assert.DoesNotContain(late.All, one => one.Instrument == Counter);
    }

    [Theory, OnEachTransport]
    public async Task Each_counts_once_and_is_uncounted_once_however_it_ends(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(
            transport, EchoAsync, options => options.Limits.MaxConcurrentUpgradedConnections = 3);
        using var meters = new MeterRecorder(server);
        using RawClient ends = await UpgradeAsync(server), resets = await UpgradeAsync(server),
            fails = await UpgradeAsync(server);
        Assert.Equal(500, (await server.AskAsync(Upgrade)).Status); // one too many: not counted
        Assert.Equal(200, (await server.AskAsync(Get)).Status);
        Assert.Equal("1 1 1", await ValuesAsync(meters, 3));

        ends.EndSending();
        Assert.Equal("1 1 1 -1", await ValuesAsync(meters, 4));
        resets.Socket.LingerState = new(true, 0);
        resets.Dispose();
        Assert.Equal("1 1 1 -1 -1", await ValuesAsync(meters, 5));
        await fails.SendAsync("!");
        await meters.WaitAsync("kestrel.connection.duration", 5);

        Assert.Equal("1 1 1 -1 -1 -1", await ValuesAsync(meters, 6));
        Assert.Equal(
            $"server.address=127.0.0.1 server.port={server.Port} network.type=ipv4 network.transport=tcp",
            Assert.Single((await meters.WaitAsync(Counter, 6)).Select(one => one.Tags).Distinct()));
        (await UpgradeAsync(server)).Dispose(); // there is room again
    }

    /// <summary>Kestrel measures those of HTTP/1.1 only, as the instrument's description says.</summary>
    [Theory, OnEachTransport]
    public async Task An_extended_CONNECT_counts_against_the_limit_and_is_not_measured(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(
            transport, EchoAsync, options => options.Limits.MaxConcurrentUpgradedConnections = 2);
        using var meters = new MeterRecorder(server);
        using Http2Client client = await Http2Client.ConnectAsync(server);
        foreach (int stream in (int[])[1, 3])
        {
            await client.HeadersAsync(stream, Connect, endStream: false);
            await client.HearsAsync($"HEADERS {stream} 200");
        }
        await client.HeadersAsync(5, Connect, endStream: false);
        Assert.Equal(500, (await client.AnswerAsync(5)).Status);
        await client.DataAsync(1, "", endStream: true);
        await client.AnswerAsync(1);
        await client.ResetAsync(3);

        // Both places are free again, once the applications have ended.
        for (int stream = 7, accepted = 0; accepted < 2; stream += 2)
        {
            await client.HeadersAsync(stream, Connect, endStream: false);
            while (client.Answer(stream).Status == 0) await client.HearAnyAsync();
            if (client.Answer(stream).Status == 200) accepted++;
            Assert.InRange(stream, 1, 1001);
        }
        client.Dispose();
        await meters.WaitAsync("kestrel.connection.duration");
        Assert.DoesNotContain(meters.All, one => one.Instrument == Counter);
    }

    [Theory, OnEachTransport]
    public async Task They_are_not_among_the_connections_that_are_limited(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(
            transport, EchoAsync, options => options.Limits.MaxConcurrentConnections = 1);
        using var meters = new MeterRecorder(server);
        using RawClient first = await UpgradeAsync(server), second = await UpgradeAsync(server);
        using RawClient third = await server.ConnectAsync();
        await third.SendAsync(Get);
        Assert.Equal(200, (await third.ReadResponseAsync()).Status);
        first.EndSending();
        second.EndSending();
        await meters.WaitAsync("kestrel.connection.duration", 2);

        // Their ends make no room: the third one is there.
        try
        {
            (await server.ConnectAsync()).Dispose();
        }
        catch (System.Net.Sockets.SocketException)
        {
            // The reset may come before the connection is seen to stand.
        }
        Assert.Single(await meters.WaitAsync("kestrel.rejected_connections"));
    }

    private static async Task<string> ValuesAsync(MeterRecorder meters, int count) =>
        string.Join(' ', (await meters.WaitAsync(Counter, count)).Select(one => one.Value));
}
