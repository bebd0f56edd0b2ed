using System.Net.Sockets;
using System.Text;

namespace Tipi.Hosting.Tests.Connections;

/// <summary>Small sieges: what the attackers get, and that a neighbour is served meanwhile.</summary>
public sealed class AttackTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private const string PostChunks = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";

    [Theory, OnEachTransport]
    public async Task A_head_that_drips_ends_with_408_at_its_timeout(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(
            transport, options => options.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(1));
        Task attack = Task.WhenAll(Enumerable.Range(0, 20).Select(async _ =>
        {
            using RawClient client = await server.ConnectAsync();
            await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\nX: ");
            Task<RawResponse> answer = client.ReadResponseAsync();
            Task sending = SendUntilRefusedAsync(client, "a"u8.ToArray(), pauseMs: 50);
            Assert.Equal(408, (await answer).Status);
            client.Dispose();
            await sending;
        }));
        await AssertNeighbourIsServedAsync(server);
        await attack;
    }

    /// <summary>The answer does not wait for an end that never comes.</summary>
    [Theory, OnEachTransport]
    public async Task What_has_no_end_is_refused_while_it_is_sent(TipiTransport transport)
    {
        (int Status, string Start, string Piece)[] cases =
        [
            (414, "GET /", "aaaaaaaa"),
            (431, "GET / HTTP/1.1\r\nHost: a\r\nX: ", "aaaaaaaa"),
            (431, "GET / HTTP/1.1\r\nHost: a\r\n", "A: b\r\n"),
            (400, PostChunks + "1;", "aaaaaaaa"),
            (431, PostChunks + "0\r\n", "A: b\r\n"),
        ];
        await using TestServer server = await StartAsync(transport);
        Task attack = Task.WhenAll(cases.Select(async one =>
        {
            using RawClient client = await server.ConnectAsync();
            await client.SendAsync(one.Start);
            Task sending = SendUntilRefusedAsync(client, Many(one.Piece), pauseMs: 0);
            Assert.Equal((one.Start, one.Status), (one.Start, (await client.ReadResponseAsync()).Status));
            client.Dispose();
            await sending;
        }));
        await AssertNeighbourIsServedAsync(server);
        await attack;
    }

    [Theory, OnEachTransport]
    public async Task Requests_without_end_do_not_starve_a_neighbour(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(transport);
        using RawClient reader = await server.ConnectAsync();
        using RawClient deaf = await server.ConnectAsync();
        Task[] sending = [.. new[] { reader, deaf }.Select(one => SendUntilRefusedAsync(one, Many(Get), pauseMs: 0))];
        Task reading = ReadUntilEndAsync(reader.Socket);
        await AssertNeighbourIsServedAsync(server);
        Assert.False(reading.IsCompleted);
        reader.Dispose();
        deaf.Dispose();
        await Task.WhenAll([reading, .. sending]);
    }

    /// <summary>One count that stays would leave the address one connection less.</summary>
    [Theory, OnEachTransport]
    public async Task A_thousand_connections_that_come_and_go_leave_no_count_behind(TipiTransport transport)
    {
        const int Allowed = 100;
        const int Half = Allowed / 2;
        await using TestServer server = await StartAsync(
            transport, options => options.Limits.MaxConnectionsPerIP = Allowed);
        using var meters = new MeterRecorder(server);
        for (int i = 0; i < 1000; i++)
        {
            // Who goes may go faster than a busy server notices: more than are allowed must not have come in between.
            if (i >= Half) await meters.WaitAsync("kestrel.connection.duration", i - Half + 1);
            using RawClient client = await server.ConnectAsync();
            // With a reset or with a regular end.
            client.Socket.LingerState = new LingerOption(enable: i % 2 == 0, seconds: 0);
        }
        await AssertNoneIsOpenAsync(meters);
        RawClient[] all = await Task.WhenAll(Enumerable.Range(0, Allowed).Select(_ => server.ConnectAsync()));
        foreach (RawClient client in all)
        {
            await client.SendAsync(Get);
            Assert.Equal("ok", (await client.ReadResponseAsync()).Body);
        }
        foreach (RawClient client in all) client.Dispose();
        await AssertNoneIsOpenAsync(meters);
    }

    private static Task<TestServer> StartAsync(TipiTransport transport, Action<TipiServerOptions>? configure = null) =>
        TestServer.StartAsync(
            transport,
            async context =>
            {
                await context.Request.Body.CopyToAsync(Stream.Null);
                await context.Response.WriteAsync("ok");
            },
            configure);

    private static async Task AssertNeighbourIsServedAsync(TestServer server)
    {
        using RawClient kept = await server.ConnectAsync();
        for (int i = 0; i < 20; i++)
        {
            await kept.SendAsync(Get);
            Assert.Equal("ok", (await kept.ReadResponseAsync()).Body);
            Assert.Equal("ok", (await server.AskAsync(Get)).Body);
        }
    }

    // What was accepted last may not be counted yet when the first look finds nobody.
    private static async Task AssertNoneIsOpenAsync(MeterRecorder meters)
    {
        double open = double.NaN;
        for (int quiet = 0, i = 0; quiet < 10 && i < 600; i++)
        {
            await Task.Delay(50);
            open = meters.All.Where(one => one.Instrument == "kestrel.active_connections").Sum(one => one.Value);
            quiet = open == 0 ? quiet + 1 : 0;
        }
        Assert.Equal(0, open);
    }

    private static async Task SendUntilRefusedAsync(RawClient client, byte[] piece, int pauseMs)
    {
        try
        {
            while (true)
            {
                await client.Socket.SendAsync(piece);
                await Task.Delay(pauseMs);
            }
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            // The server's refusal, or the test's end.
        }
    }

    private static async Task ReadUntilEndAsync(Socket socket)
    {
        try
        {
            var buffer = new byte[64 * 1024];
            while (await socket.ReceiveAsync(buffer) > 0)
            {
                // Answers that nobody looks at.
            }
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            // The test's end.
        }
    }

    private static byte[] Many(string text) =>
        Encoding.Latin1.GetBytes(string.Concat(Enumerable.Repeat(text, 500)));
}
