using System.Text;
using Tipi.Hosting.Tests.Server;

namespace Tipi.Hosting.Tests.Http2;

/// <summary>Dialogues about requests: what the application sees, and what it never sees.</summary>
public sealed class Http2RequestTests
{
    [Theory, OnEachTransport]
    public async Task A_request_is_what_its_fields_say(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, context =>
        {
            HttpRequest request = context.Request;
            return context.Response.WriteAsync(
                $"{request.Protocol} {request.Method} {request.Scheme} {request.Host} {request.Path}"
                + $" {request.QueryString} {request.Headers["x-a"]} {request.Headers.ContentLength}");
        });
        using Http2Client client = await Http2Client.ConnectAsync(server);

        Http2Answer answer = await client.AskAsync(1,
            ":method: DELETE|:authority: a.b:81|:scheme: http|:path: /x%20y/../z?q=%20|x-a: 1|x-a: 2");

        Assert.Equal("HTTP/2 DELETE http a.b:81 /z ?q=%20 1,2 ", answer.Body);
    }

    [Theory, OnEachTransport]
    public async Task Another_scheme_is_taken_where_it_is_allowed(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(
            transport, context => context.Response.WriteAsync(context.Request.Scheme),
            options => options.AllowAlternateSchemes = true);
        using Http2Client client = await Http2Client.ConnectAsync(server);
        string https = Http2Client.Get.Replace("http|", "https|", StringComparison.Ordinal);

        Assert.Equal("https", (await client.AskAsync(1, https)).Body);
        Assert.Equal("http", (await client.AskAsync(3, Http2Client.Get)).Body);
    }

    [Theory, OnEachTransport]
    public async Task Host_may_stand_for_the_authority(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(
            transport, context => context.Response.WriteAsync(context.Request.Host.ToString()));
        using Http2Client client = await Http2Client.ConnectAsync(server);

        Assert.Equal("a.b", (await client.AskAsync(1, ":method: GET|:scheme: http|:path: /|host: a.b")).Body);
        Assert.Equal("localhost", (await client.AskAsync(3, Http2Client.Get + "|host: localhost:80")).Body);
    }

    [Theory, OnEachTransport]
    public async Task Cookie_crumbs_are_one_field(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(
            transport, context => context.Response.WriteAsync(string.Join('/', context.Request.Headers.Cookie!)));
        using Http2Client client = await Http2Client.ConnectAsync(server);

        Http2Answer answer = await client.AskAsync(1, Http2Client.Get + "|cookie: a=b|x: y|cookie: c=d|cookie: e=f");

        Assert.Equal("a=b; c=d; e=f", answer.Body);
    }

    [Theory, OnEachTransport]
    public async Task A_body_comes_as_data(TipiTransport transport)
    {
        await using TestServer server = await StartEchoAsync(transport);
        using Http2Client client = await Http2Client.ConnectAsync(server);
        await client.HeadersAsync(1, Http2Client.Post + "|content-length: 10", endStream: false);
        await client.DataAsync(1, "01234");
        await client.DataAsync(1, "");
        await client.DataAsync(1, "56789", endStream: true);

        Assert.Equal("0123456789", (await client.AnswerAsync(1)).Body);
    }

    [Theory, OnEachTransport]
    public async Task A_body_may_end_with_an_empty_frame(TipiTransport transport)
    {
        await using TestServer server = await StartEchoAsync(transport);
        using Http2Client client = await Http2Client.ConnectAsync(server);
        await client.HeadersAsync(1, Http2Client.Post, endStream: false);
        await client.DataAsync(1, "abc");
        await client.DataAsync(1, "", endStream: true);

        Assert.Equal("abc", (await client.AnswerAsync(1)).Body);
    }

    [Theory, OnEachTransport]
    public async Task Padding_is_not_content_but_counts(TipiTransport transport)
    {
        await using TestServer server = await StartEchoAsync(
            transport, options => options.Limits.Http2.InitialConnectionWindowSize = 65_535);
        using Http2Client client = await Http2Client.ConnectAsync(server);
        await client.SaysAsync(Http2Heard.Headers, 4 | 8, 1,
            [5, .. FieldBlock.Encode(Http2Client.Post), 0, 0, 0, 0, 0]);
        for (int i = 0; i < 400; i++) // 400 × 252 bytes: more than the window, if padding were not given back
        {
            await client.SaysAsync(Http2Heard.Data, 8, 1, [250, (byte)'x', .. new byte[250]]);
            while (client.Granted.GetValueOrDefault(0) + 65_535 < (i + 2) * 252) await client.HearAnyAsync();
        }

        await client.SaysAsync(Http2Heard.Data, 9, 1, 0);
        Assert.Equal(new string('x', 400), (await client.AnswerAsync(1)).Body);
    }

    [Theory, OnEachTransport]
    public async Task A_head_may_come_in_pieces(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(
            transport, context => context.Response.WriteAsync(context.Request.Headers["x-long"].ToString()));
        using Http2Client client = await Http2Client.ConnectAsync(server);
        string value = new('v', 300);
        byte[] block = FieldBlock.Encode(Http2Client.Get + "|x-long: " + value);
        for (int stream = 1; stream < 20; stream += 2)
        {
            int size = stream * 3;
            byte[] priority = [0x80, 0, 0, 0, 16];
            await client.SaysAsync(Http2Heard.Headers, 1 | 0x20, stream, [.. priority, .. block.AsSpan(0, size)]);
            byte[] rest = block[size..];
            byte[][] pieces = [.. rest.Chunk(97), []];
            for (int i = 0; i < pieces.Length; i++)
                await client.SaysAsync(Http2Heard.Continuation, i == pieces.Length - 1 ? 4 : 0, stream, pieces[i]);
            Assert.Equal(value, (await client.AnswerAsync(stream)).Body);
        }
    }

    [Theory, OnEachTransport]
    public async Task Trailers_come_after_the_body(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
        {
            string body = await new StreamReader(context.Request.Body).ReadToEndAsync();
            await context.Response.WriteAsync($"{body} {context.Request.GetTrailer("x-sum")}");
        });
        using Http2Client client = await Http2Client.ConnectAsync(server);
        await client.HeadersAsync(1, Http2Client.Post + "|te: trailers|trailer: x-sum", endStream: false);
        await client.DataAsync(1, "abc");
        await client.HeadersAsync(1, "x-sum: 6");

        Assert.Equal("abc 6", (await client.AnswerAsync(1)).Body);
    }

    [Theory, OnEachTransport]
    public async Task A_client_that_waits_is_told_to_go_on(TipiTransport transport)
    {
        await using TestServer server = await StartEchoAsync(transport);
        using Http2Client client = await Http2Client.ConnectAsync(server);
        await client.HeadersAsync(1, Http2Client.Post + "|expect: 100-continue", endStream: false);
        await client.HearsAsync("HEADERS 1 100");
        await client.DataAsync(1, "abc", endStream: true);

        Http2Answer answer = await client.AnswerAsync(1);
        Assert.Equal((200, "abc"), (answer.Status, answer.Body));
        Assert.Equal([100], answer.Informational);
    }

    [Theory, OnEachTransport]
    public async Task An_unknown_expectation_is_not_met(TipiTransport transport)
    {
        await using TestServer server = await StartEchoAsync(transport);
        using Http2Client client = await Http2Client.ConnectAsync(server);

        Assert.Equal(417, (await client.AskAsync(1, Http2Client.Get + "|expect: more")).Status);
        await client.ConnectionGoesOnAsync();
    }

    [Theory, OnEachTransport]
    public async Task Malformed_requests_are_reset_and_the_connection_goes_on(TipiTransport transport)
    {
        string seen = "";
        await using TestServer server = await TestServer.StartAsync(transport, context =>
        {
            seen += context.Request.Path;
            return Task.CompletedTask;
        });
        using Http2Client client = await Http2Client.ConnectAsync(server);
        string[] malformed =
        [
            ":method: GET|:scheme: http|:authority: a", ":method: GET|:path: /|:authority: a",
            ":scheme: http|:path: /|:authority: a", ":method: GET|:scheme: http|:path: /",
            Http2Client.Get + "|:method: GET", Http2Client.Get + "|x: y|:protocol: z", Http2Client.Get + "|:x: y",
            Http2Client.Get + "|Upper: case", Http2Client.Get + "|x: a\r\nb: c", Http2Client.Get + "|x: a\0",
            Http2Client.Get + "|connection: close", Http2Client.Get + "|transfer-encoding: chunked",
            Http2Client.Get + "|te: gzip", Http2Client.Get + "|host: other",
            Http2Client.Get + "|content-length: 1|content-length: 2", Http2Client.Get + "|content-length: 5",
            ":method: GET|:scheme: http|:path: |:authority: a", ":method: GET|:scheme: http|:path: *|:authority: a",
            ":method: GET|:scheme: http|:path: /|:authority: u@a", ":method: G T|:scheme: http|:path: /|:authority: a",
            ":method: CONNECT|:scheme: http|:path: /|:authority: a:1", ":method: GET|:scheme: http|:path: /\\|host: a",
            ":method: GET|:scheme: https|:path: /|:authority: a", // a lie about TLS
        ];
        for (int i = 0; i < malformed.Length; i++)
        {
            await client.HeadersAsync(1 + 2 * i, malformed[i]);
            Http2Heard heard = await client.HearAsync();
            Assert.True(heard.ToString() == $"RST_STREAM {1 + 2 * i} PROTOCOL_ERROR", $"{malformed[i]}: {heard}");
        }

        Assert.Equal(200, (await client.AskAsync(999, Http2Client.Get)).Status);
        Assert.Equal("/", seen);
    }

    [Theory, OnEachTransport]
    public async Task Content_must_be_as_long_as_announced(TipiTransport transport)
    {
        await using TestServer server = await StartEchoAsync(transport);
        using Http2Client client = await Http2Client.ConnectAsync(server);
        string lines = Http2Client.Post + "|content-length: 5";
        await client.HeadersAsync(1, lines, endStream: false);
        await client.DataAsync(1, "123456");
        await client.HearsAsync("RST_STREAM 1 PROTOCOL_ERROR");
        await client.HeadersAsync(3, lines, endStream: false);
        await client.DataAsync(3, "1234", endStream: true);
        await client.HearsAsync("RST_STREAM 3 PROTOCOL_ERROR");
        await client.HeadersAsync(5, lines, endStream: false);
        await client.DataAsync(5, "1234");
        await client.HeadersAsync(5, "x: y");
        await client.HearsAsync("RST_STREAM 5 PROTOCOL_ERROR");
        await client.ConnectionGoesOnAsync();
    }

    [Theory, OnEachTransport]
    public async Task Wrong_trailers_are_refused(TipiTransport transport)
    {
        await using TestServer server = await StartEchoAsync(transport);
        using Http2Client client = await Http2Client.ConnectAsync(server);
        string[] wrong = [":path: /", "Upper: case", "x: \n", "content-length: 3", "connection: close"];
        for (int i = 0; i < wrong.Length; i++)
        {
            int stream = 1 + 2 * i;
            await client.HeadersAsync(stream, Http2Client.Post, endStream: false);
            await client.DataAsync(stream, "abc");
            await client.HeadersAsync(stream, wrong[i]);
            await client.HearsAsync($"RST_STREAM {stream} PROTOCOL_ERROR");
        }

        await client.ConnectionGoesOnAsync();
    }

    [Theory, OnEachTransport]
    public async Task Too_many_fields_are_answered_with_431(TipiTransport transport)
    {
        await using TestServer server = await StartEchoAsync(transport);
        using Http2Client client = await Http2Client.ConnectAsync(server);
        string many = Http2Client.Get + string.Concat(Enumerable.Repeat("|x: y", 150));
        string[] large = [.. Enumerable.Range(0, 5).Select(i => $"|x{i}: " + new string('v', 7_000))];

        Assert.Equal(431, (await client.AskAsync(1, many)).Status);
        byte[] block = FieldBlock.Encode(Http2Client.Get + string.Concat(large));
        await client.SaysAsync(Http2Heard.Headers, 1, 3, block[..16_384]);
        await client.SaysAsync(Http2Heard.Continuation, 0, 3, block[16_384..32_768]);
        await client.SaysAsync(Http2Heard.Continuation, 4, 3, block[32_768..]);
        Assert.Equal(431, (await client.AnswerAsync(3)).Status);
        Assert.Equal(200, (await client.AskAsync(5, Http2Client.Get)).Status);
    }

    [Theory, OnEachTransport]
    public async Task A_long_path_is_answered_with_414(TipiTransport transport)
    {
        await using TestServer server = await StartEchoAsync(transport);
        using Http2Client client = await Http2Client.ConnectAsync(server);
        string lines = Http2Client.Get.Replace("path: /", "path: /" + new string('p', 9_000), StringComparison.Ordinal);

        Assert.Equal(414, (await client.AskAsync(1, lines)).Status);
        await client.ConnectionGoesOnAsync();
    }

    [Theory, OnEachTransport]
    public async Task Streams_beyond_the_limit_are_refused(TipiTransport transport)
    {
        var gate = new TaskCompletionSource();
        await using TestServer server = await TestServer.StartAsync(
            transport, _ => gate.Task, options => options.Limits.Http2.MaxStreamsPerConnection = 3);
        using Http2Client client = await Http2Client.ConnectAsync(server);
        for (int stream = 1; stream <= 9; stream += 2) await client.HeadersAsync(stream, Http2Client.Get);

        await client.HearsAsync("RST_STREAM 7 REFUSED_STREAM");
        await client.HearsAsync("RST_STREAM 9 REFUSED_STREAM");
        gate.SetResult();
        for (int stream = 1; stream <= 5; stream += 2)
            Assert.Equal(200, (await client.AnswerAsync(stream)).Status);
        Assert.Equal(200, (await client.AskAsync(11, Http2Client.Get)).Status);
    }

    [Theory, OnEachTransport]
    public async Task A_body_beyond_the_limit_is_answered_with_413(TipiTransport transport)
    {
        await using TestServer server = await StartEchoAsync(
            transport, options => options.Limits.MaxRequestBodySize = 100);
        using Http2Client client = await Http2Client.ConnectAsync(server);
        await client.HeadersAsync(1, Http2Client.Post + "|content-length: 101", endStream: false);
        Assert.Equal(413, (await client.AnswerAsync(1)).Status);
        await client.HeadersAsync(3, Http2Client.Post, endStream: false);
        await client.DataAsync(3, new string('x', 101), endStream: true);
        Assert.Equal(413, (await client.AnswerAsync(3)).Status);
        Assert.Equal(200, (await client.AskAsync(5, Http2Client.Get)).Status);
    }

    [Theory, OnEachTransport]
    public async Task A_reset_by_the_client_is_told_to_the_application(TipiTransport transport)
    {
        var entered = new TaskCompletionSource();
        var told = new TaskCompletionSource();
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
        {
            if (context.Request.Method == "GET") return;
            using CancellationTokenRegistration registration = context.RequestAborted.Register(told.SetResult);
            entered.SetResult();
            var buffer = new byte[10];
            await Assert.ThrowsAnyAsync<IOException>(async () => _ = await context.Request.Body.ReadAsync(buffer));
            await told.Task;
        });
        using Http2Client client = await Http2Client.ConnectAsync(server);
        await client.HeadersAsync(1, Http2Client.Post, endStream: false);
        await entered.Task;
        await client.ResetAsync(1);

        await told.Task.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(200, (await client.AskAsync(3, Http2Client.Get)).Status);
        Assert.Null(client.Answer(1).ResetCode);
    }

    private static Task<TestServer> StartEchoAsync(
        TipiTransport transport, Action<TipiServerOptions>? configure = null) =>
        TestServer.StartAsync(transport, async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            await context.Response.WriteAsync(Encoding.Latin1.GetString(body.ToArray()));
        }, configure);
}
