namespace Tipi.Hosting.Tests.Http2;

/// <summary>Responses that are whole before their request is, and responses that stay without their end.</summary>
public sealed class EarlyAnswerTests
{
    /// <summary>
    /// Clients lose an answer that a reset comes with (curl 7.88), and wait for an end when they have it.
    /// </summary>
    [Theory, OnEachTransport]
    public async Task Who_has_its_answer_is_reset_only_when_it_pauses(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(transport);
        using Http2Client client = await Http2Client.ConnectAsync(server);
        await client.HeadersAsync(1, Http2Client.Post, endStream: false);
        Http2Answer answer = await client.AnswerAsync(1);
        Assert.Equal((200, "early", null), (answer.Status, answer.Body, answer.ResetCode));
        // A ping is answered behind what was sent before it.
        await client.ConnectionGoesOnAsync();
        await client.HearsAsync("RST_STREAM 1 NO_ERROR");
        await client.ConnectionGoesOnAsync();
    }

    [Theory, OnEachTransport]
    public async Task Who_goes_on_sending_may_send_all_of_it(TipiTransport transport)
    {
        const int Pieces = 2000;
        await using TestServer server = await StartAsync(transport);
        using Http2Client client = await Http2Client.ConnectAsync(server);
        await client.HeadersAsync(1, Http2Client.Post, endStream: false);
        await client.AnswerAsync(1);
        string piece = new('x', 1000);
        for (int i = 0; i < Pieces; i++)
        {
            // No more than the windows permit.
            while ((i + 1) * piece.Length > 65_535 + Math.Min(client.Granted.GetValueOrDefault(0), Granted(client)))
                await client.HearAnyAsync();
            await client.DataAsync(1, piece, endStream: i == Pieces - 1);
        }
        Assert.Null(client.Answer(1).ResetCode);
        Assert.Equal("early", (await client.AskAsync(3, Http2Client.Get)).Body);
        Assert.Null(client.Answer(1).ResetCode);
    }

    [Theory, OnEachTransport]
    public async Task Who_sends_more_than_is_read_in_its_place_is_reset(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(
            transport, options => options.Limits.MaxRequestDrainSize = 5_000);
        using Http2Client client = await Http2Client.ConnectAsync(server);
        await client.HeadersAsync(1, Http2Client.Post, endStream: false);
        await client.AnswerAsync(1);
        for (int i = 0; i < 5; i++) await client.DataAsync(1, new string('x', 1000));
        await client.ConnectionGoesOnAsync();
        await client.DataAsync(1, "x");
        await client.HearsAsync("RST_STREAM 1 NO_ERROR");
    }

    /// <summary>As under Kestrel: the .NET client's write waits until it is told.</summary>
    [Theory, OnEachTransport]
    public async Task Who_speaks_gRPC_is_reset_at_once(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(transport);
        using Http2Client client = await Http2Client.ConnectAsync(server);
        int stream = 1;
        foreach (string type in (string[])["application/grpc", "application/grpc+proto", "Application/gRPC; a=b"])
        {
            await client.HeadersAsync(stream, $"{Http2Client.Post}|content-type: {type}", endStream: false);
            Assert.Equal("early", (await client.AnswerAsync(stream)).Body);
            await client.HearsAsync($"RST_STREAM {stream} NO_ERROR");
            await client.DataAsync(stream, "what was on its way");
            stream += 2;
        }
        await client.HeadersAsync(stream, $"{Http2Client.Post}|content-type: application/grpc-web", endStream: false);
        await client.AnswerAsync(stream);
        await client.ConnectionGoesOnAsync();
        await client.DataAsync(stream, "the rest", endStream: true);
        await client.ConnectionGoesOnAsync();
        Assert.Null(client.Answer(stream).ResetCode);
    }

    /// <summary>HttpClient does so when its call is over while a piece of the body is being written.</summary>
    [Theory, OnEachTransport]
    public async Task DATA_behind_the_clients_reset_of_an_answered_request_is_dropped(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(transport);
        using Http2Client client = await Http2Client.ConnectAsync(server);
        await client.HeadersAsync(1, Http2Client.Post, endStream: false);
        await client.AnswerAsync(1);
        await client.ResetAsync(1);
        for (int i = 0; i < 5; i++) await client.DataAsync(1, new string('x', 10_000), endStream: i == 4);
        await client.ConnectionGoesOnAsync();
        Assert.Equal("early", (await client.AskAsync(3, Http2Client.Get)).Body);
    }

    /// <summary>Frames for a stream that was reset pay for nothing, whatever they carry.</summary>
    [Theory, OnEachTransport]
    public async Task Ends_of_a_stream_that_was_reset_are_not_taken_without_end(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(transport);
        using Http2Client client = await Http2Client.ConnectAsync(server);
        await client.HeadersAsync(1, Http2Client.Post, endStream: false);
        await client.AnswerAsync(1);
        await client.ResetAsync(1);
        byte[] end = [0, 0, 0, 0, 1, 0, 0, 0, 1];
        await client.SendAsync([.. Enumerable.Repeat(end, 20_000).SelectMany(static one => one)]);
        await client.ConnectionEndsAsync("ENHANCE_YOUR_CALM");
    }

    [Theory, OnEachTransport]
    public async Task Content_that_nobody_reads_has_to_be_as_declared(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(transport);
        using Http2Client client = await Http2Client.ConnectAsync(server);
        (int Stream, int Declared)[] cases = [(1, 4), (3, 6)];
        foreach ((int stream, int declared) in cases)
        {
            await client.HeadersAsync(stream, $"{Http2Client.Post}|content-length: {declared}", endStream: false);
            await client.AnswerAsync(stream);
            await client.DataAsync(stream, "hello", endStream: true);
            await client.HearsAsync($"RST_STREAM {stream} PROTOCOL_ERROR");
        }
        await client.HeadersAsync(5, $"{Http2Client.Post}|content-length: 5", endStream: false);
        await client.AnswerAsync(5);
        await client.DataAsync(5, "hello");
        await client.HeadersAsync(5, "x-trailer: 1");
        Assert.Equal("early", (await client.AskAsync(7, Http2Client.Get)).Body);
        Assert.Null(client.Answer(5).ResetCode);
    }

    [Theory, OnEachTransport]
    public async Task What_was_flushed_arrives_before_the_reset(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
        {
            await context.Response.WriteAsync("flushed");
            throw new InvalidOperationException("Not whole.");
        });
        for (int i = 0; i < 20; i++)
        {
            using Http2Client client = await Http2Client.ConnectAsync(server);
            await client.HeadersAsync(1, Http2Client.Get);
            await client.HearsAsync("HEADERS 1 200");
            await client.HearsAsync("DATA 1 flushed");
            // The reset follows when the client says that it has this.
            Http2Heard ping = await client.HearAsync();
            Assert.Equal((Http2Heard.Ping, false), (ping.Type, ping.IsAck));
            if (i % 2 == 0) await client.SaysAsync(Http2Heard.Ping, 1, 0, ping.Payload);
            await client.HearsAsync("RST_STREAM 1 INTERNAL_ERROR");
            await client.ConnectionGoesOnAsync();
            if (i > 2) i++; // time alone has been seen to do
        }
    }

    /// <summary>Each one is reset once, and asked about once, whatever its client grants meanwhile.</summary>
    [Theory, OnEachTransport]
    public async Task Updates_of_a_response_that_was_cut_off_do_not_multiply_pings(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
        {
            await context.Response.WriteAsync("flushed");
            throw new InvalidOperationException("Not whole.");
        });
        using Http2Client client = await Http2Client.ConnectAsync(server);
        await client.HeadersAsync(1, Http2Client.Get);
        await client.HearsAsync("HEADERS 1 200");
        await client.HearsAsync("DATA 1 flushed");
        Assert.Equal(Http2Heard.Ping, (await client.HearAsync()).Type);
        for (int i = 0; i < 100; i++) await client.GrantAsync(1, 1);
        await client.ConnectionGoesOnAsync();
        await client.HearsAsync("RST_STREAM 1 INTERNAL_ERROR");
        await client.ConnectionGoesOnAsync();
    }

    /// <summary>Of a window that is closed the client has to open more, and the rest still comes.</summary>
    [Theory, OnEachTransport]
    public async Task What_was_flushed_waits_for_its_window(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
        {
            await context.Response.WriteAsync("flushed");
            throw new InvalidOperationException("Not whole.");
        });
        using Http2Client client = await Http2Client.ConnectAsync(server, (4, 3));
        await client.HeadersAsync(1, Http2Client.Get);
        await client.HearsAsync("HEADERS 1 200");
        await client.HearsAsync("DATA 1 flu");
        await client.ConnectionGoesOnAsync();
        await client.GrantAsync(1, 10);
        await client.HearsAsync("DATA 1 shed");
        Assert.Equal(Http2Heard.Ping, (await client.HearAsync()).Type);
        await client.HearsAsync("RST_STREAM 1 INTERNAL_ERROR");
    }

    [Theory, OnEachTransport]
    public async Task Who_speaks_http1_is_told_so_and_hears_no_frames(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(
            transport, _ => Task.CompletedTask,
            options => options.Listen(
                System.Net.IPAddress.Loopback, 0,
                endpoint => endpoint.Protocols = Microsoft.AspNetCore.Server.Kestrel.Core.HttpProtocols.Http2));
        foreach (int[] cuts in (int[][])[[], [1], [5, 20]])
        {
            using RawClient client = await server.ConnectAsync(endpoint: 1);
            const string Request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
            int sent = 0;
            foreach (int cut in cuts)
            {
                await client.SendAsync(Request[sent..cut]);
                sent = cut;
                await Task.Delay(20);
            }
            await client.SendAsync(Request[sent..]);
            RawResponse response = await client.ReadResponseAsync();
            Assert.Equal((400, "close"), (response.Status, response.Header("Connection")));
            Assert.Contains("HTTP/2 only", response.Body, StringComparison.Ordinal);
            Assert.True(await client.IsEndedAsync());
        }
    }

    private static Task<TestServer> StartAsync(TipiTransport transport, Action<TipiServerOptions>? configure = null) =>
        TestServer.StartAsync(transport, context => context.Response.WriteAsync("early"), configure);

    private static long Granted(Http2Client client) =>
        client.Settings[4] - 65_535 + client.Granted.GetValueOrDefault(1);
}
