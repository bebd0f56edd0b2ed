using Tipi.Hosting.Tests.Server;

namespace Tipi.Hosting.Tests.Http2;

/// <summary>Dialogues about flow control (RFC 9113 §5.2, §6.9), in both directions.</summary>
public sealed class Http2FlowControlTests
{
    private const string Answer = "0123456789";

    [Theory, OnEachTransport]
    public async Task Not_a_byte_more_than_the_stream_permits_is_sent(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(transport);
        using Http2Client client = await Http2Client.ConnectAsync(server, (4, 3));
        await client.HeadersAsync(1, Http2Client.Get);
        await client.HearsAsync("HEADERS 1 200");
        await client.HearsAsync("DATA 1 012");
        await client.ConnectionGoesOnAsync();
        await client.GrantAsync(1, 1);
        await client.HearsAsync("DATA 1 3");
        await client.GrantAsync(1, 6);
        await client.HearsAsync("DATA 1 END_STREAM 456789");
    }

    [Theory, OnEachTransport]
    public async Task Fields_and_ends_need_no_window(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
        {
            if (context.Request.Method == "POST") await context.Response.WriteAsync(Answer);
        });
        using Http2Client client = await Http2Client.ConnectAsync(server, (4, 0));
        Assert.Equal(200, (await client.AskAsync(1, Http2Client.Get)).Status);
        await client.HeadersAsync(3, Http2Client.Post);
        await client.HearsAsync("HEADERS 3 200");
        await client.ConnectionGoesOnAsync();
        await client.GrantAsync(3, 100);
        Assert.Equal(Answer, (await client.AnswerAsync(3)).Body);
    }

    [Theory, OnEachTransport]
    public async Task All_streams_share_the_connections_window(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(
            transport, context => context.Response.WriteAsync(new string('x', 50_000)));
        using Http2Client client = await Http2Client.ConnectAsync(server, (4, 1_000_000));
        await client.HeadersAsync(1, Http2Client.Get);
        await client.HeadersAsync(3, Http2Client.Get);
        while (client.Answer(1).Body.Length + client.Answer(3).Body.Length < 65_535) await client.HearAnyAsync();
        // The end of the one that is whole needs no window, and may come by itself.
        await client.HasTakenAllAsync();
        Assert.Equal(65_535, client.Answer(1).Body.Length + client.Answer(3).Body.Length);
        await client.GrantAsync(0, 34_465);

        Assert.Equal(50_000, (await client.AnswerAsync(1)).Body.Length);
        Assert.Equal(50_000, (await client.AnswerAsync(3)).Body.Length);
    }

    [Theory, OnEachTransport]
    public async Task Many_streams_that_nobody_reads_hold_less_each(TipiTransport transport)
    {
        const int Streams = 90, Part = 4096, Parts = 40;
        const long FullBuffers = 64 * 1024 * Streams;
        long held = 0;
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
        {
            byte[] part = new byte[Part];
            for (int i = 0; i < Parts; i++)
            {
                await context.Response.Body.WriteAsync(part, context.RequestAborted);
                Interlocked.Add(ref held, Part);
            }
        });
        using Http2Client client = await Http2Client.ConnectAsync(server, (4, 0));
        for (int i = 0; i < Streams; i++) await client.HeadersAsync(1 + 2 * i, Http2Client.Get);
        await client.HasTakenAllAsync();
        long before;
        do
        {
            before = Interlocked.Read(ref held);
            await Task.Delay(300);
        }
        while (before != Interlocked.Read(ref held) || before == 0);
        Assert.InRange(before, FullBuffers / 8, FullBuffers * 2 / 3);

        await client.GrantAsync(0, 100_000_000);
        await client.SettingsAsync((4, 10_000_000));
        for (int i = 0; i < Streams; i++)
            Assert.Equal(Part * Parts, (await client.AnswerAsync(1 + 2 * i)).Body.Length);
    }

    [Theory, OnEachTransport]
    public async Task Settings_change_the_windows_of_streams_that_run(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(transport);
        using Http2Client client = await Http2Client.ConnectAsync(server, (4, 5));
        await client.HeadersAsync(1, Http2Client.Get);
        await client.HearsAsync("HEADERS 1 200");
        await client.HearsAsync("DATA 1 01234");
        await client.SettingsAsync((4, 2)); // the window is -3 now
        await client.GrantAsync(1, 3);
        await client.ConnectionGoesOnAsync();
        await client.GrantAsync(1, 1);
        await client.HearsAsync("DATA 1 5");
        await client.SettingsAsync((4, 100)); // 98 more
        await client.HearsAsync("DATA 1 END_STREAM 6789");
        await client.ConnectionGoesOnAsync();
    }

    [Theory, OnEachTransport]
    public async Task A_window_that_overflows_ends_its_stream(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(transport);
        using Http2Client client = await Http2Client.ConnectAsync(server, (4, 1));
        await client.HeadersAsync(1, Http2Client.Get);
        await client.HearsAsync("HEADERS 1 200");
        await client.HearsAsync("DATA 1 0");
        await client.SettingsAsync((4, 0));
        await client.GrantAsync(1, int.MaxValue);
        Assert.Equal("DATA 1 END_STREAM 123456789", (await client.HearAsync()).ToString());

        await client.HeadersAsync(3, Http2Client.Post + "|x: wait", endStream: false);
        await client.GrantAsync(3, int.MaxValue);
        await client.GrantAsync(3, 1);
        await client.HearsAsync("RST_STREAM 3 FLOW_CONTROL_ERROR");
        await client.ConnectionGoesOnAsync();
    }

    [Theory, OnEachTransport]
    public async Task The_connections_window_must_not_overflow(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(transport);
        using Http2Client client = await Http2Client.ConnectAsync(server);
        await client.GrantAsync(0, int.MaxValue - 65_535);
        await client.ConnectionGoesOnAsync();
        await client.GrantAsync(0, 1);

        await client.ConnectionEndsAsync("FLOW_CONTROL_ERROR");
    }

    [Theory, OnEachTransport]
    public async Task Settings_must_not_overflow_a_window(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(transport);
        using Http2Client client = await Http2Client.ConnectAsync(server, (4, 10));
        await client.HeadersAsync(1, Http2Client.Post + "|x: wait", endStream: false);
        await client.GrantAsync(1, int.MaxValue - 10);
        await client.ConnectionGoesOnAsync();
        await client.SettingsAsync((4, 11));

        await client.ConnectionEndsAsync("FLOW_CONTROL_ERROR");
    }

    [Theory, OnEachTransport]
    public async Task An_upload_goes_on_as_it_is_read(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(transport, options =>
        {
            options.Limits.Http2.InitialStreamWindowSize = 65_535;
            options.Limits.Http2.InitialConnectionWindowSize = 65_535;
        });
        using Http2Client client = await Http2Client.ConnectAsync(server);
        await client.HeadersAsync(1, Http2Client.Post, endStream: false);
        long Permitted() =>
            65_535 + Math.Min(client.Granted.GetValueOrDefault(0), client.Granted.GetValueOrDefault(1));
        const int Size = 10_000;
        const int Total = 500_000;
        for (int sent = 0; sent < Total; sent += Size)
        {
            while (Permitted() < sent + Size) await client.HearAnyAsync();
            await client.DataAsync(1, new string('x', Size), endStream: sent + Size == Total);
        }

        Assert.Equal("500000", (await client.AnswerAsync(1)).Body);
    }

    [Theory, OnEachTransport]
    public async Task What_is_not_read_is_not_granted_again(TipiTransport transport)
    {
        var gate = new TaskCompletionSource();
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
        {
            await gate.Task;
            await CountAsync(context);
        }, options =>
        {
            options.Limits.Http2.InitialStreamWindowSize = 65_535;
            options.Limits.Http2.InitialConnectionWindowSize = 1_000_000;
        });
        using Http2Client client = await Http2Client.ConnectAsync(server);
        await client.HeadersAsync(1, Http2Client.Post, endStream: false);
        for (int i = 0; i < 13; i++) await client.DataAsync(1, new string('x', 5_041));
        await client.ConnectionGoesOnAsync();
        Assert.False(client.Granted.ContainsKey(1));
        gate.SetResult();

        while (!client.Granted.ContainsKey(1)) await client.HearAnyAsync();
        await client.DataAsync(1, "", endStream: true);
        Assert.Equal("65533", (await client.AnswerAsync(1)).Body);
    }

    [Theory, OnEachTransport]
    public async Task More_than_the_streams_window_ends_the_stream(TipiTransport transport)
    {
        var gate = new TaskCompletionSource();
        await using TestServer server = await TestServer.StartAsync(transport, context => gate.Task, options =>
        {
            options.Limits.Http2.InitialStreamWindowSize = 65_535;
            options.Limits.Http2.InitialConnectionWindowSize = 1_000_000;
        });
        using Http2Client client = await Http2Client.ConnectAsync(server);
        await client.HeadersAsync(1, Http2Client.Post, endStream: false);
        for (int i = 0; i < 13; i++) await client.DataAsync(1, new string('x', 5_041));
        await client.DataAsync(1, "123");
        await client.HearsAsync("RST_STREAM 1 FLOW_CONTROL_ERROR");
        gate.SetResult();
        await client.ConnectionGoesOnAsync();
    }

    [Theory, OnEachTransport]
    public async Task More_than_the_connections_window_ends_the_connection(TipiTransport transport)
    {
        var gate = new TaskCompletionSource();
        await using TestServer server = await TestServer.StartAsync(transport, context => gate.Task, options =>
            options.Limits.Http2.InitialConnectionWindowSize = 65_535);
        using Http2Client client = await Http2Client.ConnectAsync(server);
        await client.HeadersAsync(1, Http2Client.Post, endStream: false);
        for (int i = 0; i < 13; i++) await client.DataAsync(1, new string('x', 5_041));
        await client.DataAsync(1, "123");

        await client.ConnectionEndsAsync("FLOW_CONTROL_ERROR");
        gate.SetResult();
    }

    [Theory, OnEachTransport]
    public async Task A_request_that_nobody_reads_gives_its_window_back(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(
            transport, context => context.Request.Method == "GET" ? Task.CompletedTask : Task.Delay(1),
            options => options.Limits.Http2.InitialConnectionWindowSize = 65_535);
        using Http2Client client = await Http2Client.ConnectAsync(server);
        long sent = 0;
        for (int stream = 1; stream < 41; stream += 2)
        {
            while (client.Granted.GetValueOrDefault(0) + 65_535 - sent < 15_000) await client.HearAnyAsync();
            await client.HeadersAsync(stream, Http2Client.Post, endStream: false);
            await client.DataAsync(stream, new string('x', 15_000), endStream: true);
            sent += 15_000;
        }

        Assert.Equal(200, (await client.AskAsync(41, Http2Client.Get)).Status);
    }

    private static Task<TestServer> StartAsync(TipiTransport transport, Action<TipiServerOptions>? configure = null) =>
        TestServer.StartAsync(
            transport,
            context => context.Request.Method == "GET" ? context.Response.WriteAsync(Answer) : CountAsync(context),
            configure);

    private static async Task CountAsync(HttpContext context)
    {
        long count = 0;
        var buffer = new byte[4_096];
        for (int read; (read = await context.Request.Body.ReadAsync(buffer)) > 0;) count += read;
        await context.Response.WriteAsync($"{count}");
    }
}
