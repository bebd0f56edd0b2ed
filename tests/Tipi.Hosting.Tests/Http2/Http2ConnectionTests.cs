using System.Net;
using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Tipi.Hosting.Tests.Server;

namespace Tipi.Hosting.Tests.Http2;

/// <summary>Dialogues about the connection itself.</summary>
public sealed class Http2ConnectionTests
{
    [Theory, OnEachTransport]
    public async Task Both_sides_begin_with_settings(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(transport);
        using Http2Client client = await Http2Client.OpenAsync(server);
        await client.SendAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray());
        await client.SettingsAsync((3, 10));

        Assert.Equal("SETTINGS", (await client.HearAnyAsync()).ToString());
        Http2Heard heard;
        while ((heard = await client.HearAnyAsync()).Type == Http2Heard.WindowUpdate) Assert.Equal(0, heard.Stream);
        Assert.Equal("SETTINGS ACK", heard.ToString());
    }

    [Theory, OnEachTransport]
    public async Task The_limits_are_told(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(transport, options =>
        {
            options.Limits.Http2.MaxStreamsPerConnection = 17;
            options.Limits.Http2.MaxFrameSize = 20_000;
            options.Limits.Http2.HeaderTableSize = 1_000;
            options.Limits.Http2.InitialStreamWindowSize = 70_000;
            options.Limits.Http2.InitialConnectionWindowSize = 80_000;
        });
        using Http2Client client = await Http2Client.ConnectAsync(server);
        await client.ConnectionGoesOnAsync();

        Assert.Equal(1_000, client.Settings[1]);
        Assert.Equal(17, client.Settings[3]);
        Assert.Equal(70_000, client.Settings[4]);
        Assert.Equal(20_000, client.Settings[5]);
        Assert.Equal(1, client.Settings[8]); // RFC 8441
        Assert.Equal(80_000 - 65_535, client.Granted[0]);
        Assert.DoesNotContain(2, client.Settings.Keys); // a server has no ENABLE_PUSH but 0
    }

    [Theory, OnEachTransport]
    public async Task A_client_may_come_byte_by_byte(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(transport);
        using Http2Client client = await Http2Client.OpenAsync(server);
        byte[] beginning =
        [
            .. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, .. Http2Client.Frame(Http2Heard.Settings, 0, 0),
            .. Http2Client.Frame(Http2Heard.Headers, 5, 1, FieldBlock.Encode(Http2Client.Get)),
        ];
        foreach (byte one in beginning) await client.SendAsync([one]);

        Assert.Equal("hello", (await client.AnswerAsync(1)).Body);
    }

    [Theory, OnEachTransport]
    public async Task All_may_come_at_once(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(transport);
        using Http2Client client = await Http2Client.OpenAsync(server);
        List<byte> all =
            [.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, .. Http2Client.Frame(Http2Heard.Settings, 0, 0)];
        for (int stream = 1; stream < 100; stream += 2)
            all.AddRange(Http2Client.Frame(Http2Heard.Headers, 5, stream, FieldBlock.Encode(Http2Client.Get)));
        await client.SendAsync([.. all]);

        for (int stream = 1; stream < 100; stream += 2)
            Assert.Equal("hello", (await client.AnswerAsync(stream)).Body);
    }

    [Theory, OnEachTransport]
    public async Task A_ping_comes_back(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(transport);
        using Http2Client client = await Http2Client.ConnectAsync(server);

        await client.SaysAsync(Http2Heard.Ping, 0, 0, 0xFF, 0, 1, 2, 3, 4, 5, 6);
        await client.HearsAsync("PING ACK FF00010203040506");
        await client.SaysAsync(Http2Heard.Ping, 1, 0, 9, 9, 9, 9, 9, 9, 9, 9); // an answer to nothing
        await client.ConnectionGoesOnAsync();
    }

    [Theory, OnEachTransport]
    public async Task Unknown_frames_flags_and_settings_are_ignored(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(transport);
        using Http2Client client = await Http2Client.ConnectAsync(server, (7, 1), (0x77, -1));

        foreach (byte type in (byte[])[0x0A, 0x0B, 0x0F, 0x11, 0xFF])
        {
            await client.SaysAsync(type, 0xFF, 0, 1, 2, 3);
            await client.SaysAsync(type, 0xFF, 1, 1, 2, 3);
            await client.SaysAsync(type, 0, 2);
        }

        await client.SaysAsync(Http2Heard.Ping, 0xFE, 0, 0, 0, 0, 0, 0, 0, 0, 1);
        await client.HearsAsync("PING ACK 0000000000000001");
        await client.SaysAsync(Http2Heard.Headers, 0xD7, 1, FieldBlock.Encode(Http2Client.Get));
        Assert.Equal("hello", (await client.AnswerAsync(1)).Body);
    }

    /// <summary>What a client says after its preface, and the code that ends the connection.</summary>
    public static TheoryData<string, byte[], string> WrongBeginnings => new()
    {
        { "PING before SETTINGS", Http2Client.Frame(Http2Heard.Ping, 0, 0, new byte[8]), "PROTOCOL_ERROR" },
        { "ACK before SETTINGS", Http2Client.Frame(Http2Heard.Settings, 1, 0), "PROTOCOL_ERROR" },
        { "HEADERS before SETTINGS", Http2Client.Frame(Http2Heard.Headers, 5, 1, 0x82), "PROTOCOL_ERROR" },
        { "unknown before SETTINGS", Http2Client.Frame(0xBB, 0, 0), "PROTOCOL_ERROR" },
        { "half an entry", Http2Client.Frame(Http2Heard.Settings, 0, 0, 1, 2, 3), "FRAME_SIZE_ERROR" },
        { "SETTINGS on a stream", Http2Client.Frame(Http2Heard.Settings, 0, 1), "PROTOCOL_ERROR" },
        { "ENABLE_PUSH = 2", Setting(2, 2), "PROTOCOL_ERROR" },
        { "INITIAL_WINDOW_SIZE = 2^31", Setting(4, int.MinValue), "FLOW_CONTROL_ERROR" },
        { "MAX_FRAME_SIZE = 16383", Setting(5, 16_383), "PROTOCOL_ERROR" },
        { "MAX_FRAME_SIZE = 2^24", Setting(5, 1 << 24), "PROTOCOL_ERROR" },
    };

    [Theory]
    [MemberData(nameof(WrongBeginnings))]
    public async Task A_wrong_beginning_ends_the_connection(string name, byte[] frame, string code)
    {
        Assert.NotEmpty(name);
        await using TestServer server = await StartAsync(TipiTransport.Sockets);
        using Http2Client client = await Http2Client.OpenAsync(server);
        await client.SendAsync([.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, .. frame]);

        await client.ConnectionEndsAsync(code);
    }

    /// <summary>What ends a connection that has begun well, whatever its streams do.</summary>
    public static TheoryData<string, byte[], string> Faults => new()
    {
        { "long frame", Http2Client.Frame(Http2Heard.Ping, 0, 0, new byte[16_385]), "FRAME_SIZE_ERROR" },
        { "short ping", Http2Client.Frame(Http2Heard.Ping, 0, 0, new byte[7]), "FRAME_SIZE_ERROR" },
        { "ping on a stream", Http2Client.Frame(Http2Heard.Ping, 0, 1, new byte[8]), "PROTOCOL_ERROR" },
        { "short goaway", Http2Client.Frame(Http2Heard.GoAway, 0, 0, new byte[7]), "FRAME_SIZE_ERROR" },
        { "goaway on a stream", Http2Client.Frame(Http2Heard.GoAway, 0, 1, new byte[8]), "PROTOCOL_ERROR" },
        { "long settings ack", Http2Client.Frame(Http2Heard.Settings, 1, 0, new byte[6]), "FRAME_SIZE_ERROR" },
        { "update by nothing", Http2Client.Frame(Http2Heard.WindowUpdate, 0, 0, new byte[4]), "PROTOCOL_ERROR" },
        { "short update", Http2Client.Frame(Http2Heard.WindowUpdate, 0, 0, new byte[3]), "FRAME_SIZE_ERROR" },
        { "push", Http2Client.Frame(Http2Heard.Push, 4, 1, new byte[6]), "PROTOCOL_ERROR" },
        { "data on 0", Http2Client.Frame(Http2Heard.Data, 0, 0, 1), "PROTOCOL_ERROR" },
        { "headers on 0", Http2Client.Frame(Http2Heard.Headers, 5, 0, 0x82), "PROTOCOL_ERROR" },
        { "headers on 2", Http2Client.Frame(Http2Heard.Headers, 5, 2, 0x82), "PROTOCOL_ERROR" },
        { "reset on 0", Http2Client.Frame(Http2Heard.Reset, 0, 0, new byte[4]), "PROTOCOL_ERROR" },
        { "short reset", Http2Client.Frame(Http2Heard.Reset, 0, 1, new byte[3]), "FRAME_SIZE_ERROR" },
        { "priority on 0", Http2Client.Frame(Http2Heard.Priority, 0, 0, new byte[5]), "PROTOCOL_ERROR" },
        { "continuation alone", Http2Client.Frame(Http2Heard.Continuation, 4, 1, 0x82), "PROTOCOL_ERROR" },
        { "priority update of 0", Http2Client.Frame(Http2Heard.PriorityUpdate, 0, 0, new byte[4]), "PROTOCOL_ERROR" },
        { "priority update on 1", Http2Client.Frame(Http2Heard.PriorityUpdate, 0, 1, new byte[4]), "PROTOCOL_ERROR" },
        { "much padding", Http2Client.Frame(Http2Heard.Headers, 13, 1, 9, 0x82), "PROTOCOL_ERROR" },
        { "no padding length", Http2Client.Frame(Http2Heard.Headers, 13, 1), "FRAME_SIZE_ERROR" },
        { "bad HPACK", Http2Client.Frame(Http2Heard.Headers, 5, 1, 0x80), "COMPRESSION_ERROR" },
        { "open HPACK", Http2Client.Frame(Http2Heard.Headers, 5, 1, 0x00, 0x05, 0x61), "COMPRESSION_ERROR" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_fault_ends_the_connection_and_is_told(string name, byte[] frame, string code)
    {
        Assert.NotEmpty(name);
        await using TestServer server = await StartAsync(TipiTransport.Sockets);
        using Http2Client client = await Http2Client.ConnectAsync(server);
        await client.SendAsync(frame);

        await client.ConnectionEndsAsync(code);
        Assert.Single(client.Farewells);
    }

    [Theory, OnEachTransport]
    public async Task A_field_block_must_not_be_interrupted(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(transport);
        byte[] open = Http2Client.Frame(Http2Heard.Headers, 1, 1, 0x82);
        byte[][] interruptions =
        [
            Http2Client.Frame(Http2Heard.Ping, 0, 0, new byte[8]), Http2Client.Frame(0xEE, 0, 0),
            Http2Client.Frame(Http2Heard.Continuation, 4, 3, 0x84), Http2Client.Frame(Http2Heard.Data, 0, 1),
            Http2Client.Frame(Http2Heard.Headers, 5, 1, 0x84),
        ];
        foreach (byte[] interruption in interruptions)
        {
            using Http2Client client = await Http2Client.ConnectAsync(server);
            await client.SendAsync([.. open, .. interruption]);
            await client.ConnectionEndsAsync("PROTOCOL_ERROR");
        }
    }

    [Theory, OnEachTransport]
    public async Task A_client_that_ends_its_side_is_answered_still(TipiTransport transport)
    {
        var gate = new TaskCompletionSource();
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
        {
            await gate.Task;
            await context.Response.WriteAsync("late");
        });
        using Http2Client client = await Http2Client.ConnectAsync(server);
        await client.HeadersAsync(1, Http2Client.Get);
        await client.ConnectionGoesOnAsync(); // the request has come
        client.EndSending();
        gate.SetResult();

        // Kestrel gives such a request up. What was flushed may have left; without END_STREAM it is no whole.
        try
        {
            Http2Answer answer = await client.AnswerAsync(1);
            if (answer.ResetCode is null) Assert.Equal("late", answer.Body);
        }
        catch (EndOfStreamException)
        {
            Assert.True(client.Answer(1).Body is "" or "late", client.Answer(1).Body);
        }
    }

    [Theory, OnEachTransport]
    public async Task An_idle_connection_ends_in_time_and_says_so(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(
            transport, options => options.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(1));
        using Http2Client client = await Http2Client.ConnectAsync(server);
        Assert.Equal("hello", (await client.AskAsync(1, Http2Client.Get)).Body);

        await client.ConnectionEndsAsync("NO_ERROR");
        Assert.Equal("GOAWAY 1 NO_ERROR", client.Farewells[^1]);
    }

    /// <summary>As in HTTP/1.1: load balancers and gRPC's channels connect ahead of their first request.</summary>
    [Theory, OnEachTransport]
    public async Task A_client_that_says_nothing_at_all_is_idle_and_not_late(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(transport, options =>
        {
            options.CodeEndpoints[0].Protocols = HttpProtocols.Http2;
            options.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(4);
            options.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(1);
        });
        using RawClient silent = await server.ConnectAsync();
        using Http2Client client = await Http2Client.OpenAsync(server);
        // Longer than a head may take.
        await Task.Delay(TimeSpan.FromSeconds(3));
        await client.BeginAsync();
        Assert.Equal("hello", (await client.AskAsync(1, Http2Client.Get)).Body);

        await silent.ReadToEndAsync();
    }

    [Theory, OnEachTransport]
    public async Task A_client_that_never_begins_is_not_waited_for(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(
            transport, options => options.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(1));
        using Http2Client client = await Http2Client.OpenAsync(server);
        await client.SendAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray());

        await client.ConnectionEndsAsync();
    }

    [Theory, OnEachTransport]
    public async Task A_field_block_that_stays_open_is_not_waited_for(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(
            transport, options => options.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(1));
        using Http2Client client = await Http2Client.ConnectAsync(server);
        await client.SaysAsync(Http2Heard.Headers, 1, 1, 0x82);

        await client.ConnectionEndsAsync();
        Assert.Equal(0, client.Answer(1).Status);
    }

    [Theory, OnEachTransport]
    public async Task A_quiet_client_is_pinged_and_kept_while_it_answers(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(transport, options =>
        {
            options.Limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(1);
            options.Limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(30);
        });
        using Http2Client client = await Http2Client.ConnectAsync(server);
        for (int i = 0; i < 2; i++)
        {
            Http2Heard ping = await client.HearAsync();
            Assert.StartsWith("PING ", ping.ToString(), StringComparison.Ordinal);
            Assert.False(ping.IsAck);
            await client.SaysAsync(Http2Heard.Ping, 1, 0, ping.Payload);
        }

        Assert.Equal("hello", (await client.AskAsync(1, Http2Client.Get)).Body);
    }

    [Theory, OnEachTransport]
    public async Task A_client_that_answers_no_ping_is_given_up(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(transport, options =>
        {
            options.Limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(1);
            options.Limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(1);
        });
        using Http2Client client = await Http2Client.ConnectAsync(server);

        await client.ConnectionEndsAsync();
    }

    /// <summary>What runs after a farewell may run for long, and its client may vanish.</summary>
    [Theory, OnEachTransport]
    public async Task A_client_that_answers_no_ping_after_a_farewell_is_given_up(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(
            transport, context => Task.Delay(Timeout.Infinite, context.RequestAborted), options =>
            {
                options.Limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(1);
                options.Limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(1);
            });
        using Http2Client client = await Http2Client.ConnectAsync(server);
        await client.HeadersAsync(1, Http2Client.Get);
        await client.SaysAsync(Http2Heard.GoAway, 0, 0, new byte[8]);

        await client.ConnectionEndsAsync();
    }

    /// <summary>A client that is just about to begin takes no farewell for a first frame.</summary>
    [Theory, OnEachTransport]
    public async Task At_a_stop_a_client_that_has_not_begun_is_greeted_first(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(
            transport, _ => Task.CompletedTask,
            options => options.Listen(IPAddress.Loopback, 0, endpoint => endpoint.Protocols = HttpProtocols.Http2));
        using Http2Client client = await Http2Client.OpenAsync(server, endpoint: 1);
        await Task.Delay(200); // it is accepted
        Task stop = server.StopAsync(TimeSpan.FromSeconds(20));
        Assert.Equal("SETTINGS", (await client.HearAnyAsync()).ToString());
        await client.HearsAsync("GOAWAY 2147483647 NO_ERROR");
        client.Dispose();
        await stop;
    }

    [Theory, OnEachTransport]
    public async Task At_a_stop_it_is_announced_and_what_runs_is_answered(TipiTransport transport)
    {
        var gate = new TaskCompletionSource();
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
        {
            if (context.Request.Path == "/slow") await gate.Task;
            await context.Response.WriteAsync("done");
        });
        using Http2Client client = await Http2Client.ConnectAsync(server);
        await client.HeadersAsync(1, Http2Client.Get.Replace("path: /", "path: /slow", StringComparison.Ordinal));
        await client.ConnectionGoesOnAsync();

        Task stop = server.StopAsync(TimeSpan.FromSeconds(50));
        await client.HearsAsync("GOAWAY 2147483647 NO_ERROR");
        await client.HeadersAsync(3, Http2Client.Get); // sent before the client knew
        Http2Heard heard = await client.HearAsync();
        Assert.StartsWith("PING ", heard.ToString(), StringComparison.Ordinal);
        Assert.Equal("done", (await client.AnswerAsync(3)).Body);
        await client.SaysAsync(Http2Heard.Ping, 1, 0, heard.Payload);
        await client.HearsAsync("GOAWAY 3 NO_ERROR");
        await client.HeadersAsync(5, Http2Client.Get); // too late: it is not looked at
        gate.SetResult();

        Assert.Equal("done", (await client.AnswerAsync(1)).Body);
        await client.ConnectionEndsAsync();
        Assert.Equal(0, client.Answer(5).Status);
        await stop;
    }

    [Theory, OnEachTransport]
    public async Task A_client_that_says_goaway_is_answered_and_the_connection_ends(TipiTransport transport)
    {
        var gate = new TaskCompletionSource();
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
        {
            await gate.Task;
            await context.Response.WriteAsync("done");
        });
        using Http2Client client = await Http2Client.ConnectAsync(server);
        await client.HeadersAsync(1, Http2Client.Get);
        await client.SaysAsync(Http2Heard.GoAway, 0, 0, [.. new byte[8], .. "bye"u8]);
        gate.SetResult();

        Assert.Equal("done", (await client.AnswerAsync(1)).Body);
        await client.ConnectionEndsAsync();
    }

    [Theory, OnEachTransport]
    public async Task What_is_no_preface_is_refused(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(transport);
        using Http2Client client = await Http2Client.OpenAsync(server);
        await client.SendAsync(Encoding.ASCII.GetBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\rX"));

        await client.ConnectionEndsAsync();
    }

    private static byte[] Setting(byte id, int value) =>
        Http2Client.Frame(Http2Heard.Settings, 0, 0, [0, id, .. Http2Client.Number(value)]);

    private static Task<TestServer> StartAsync(TipiTransport transport, Action<TipiServerOptions>? configure = null) =>
        TestServer.StartAsync(transport, context => context.Response.WriteAsync("hello"), configure);
}
