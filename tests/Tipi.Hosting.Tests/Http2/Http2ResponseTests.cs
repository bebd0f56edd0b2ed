using Microsoft.AspNetCore.Http.Features;
using Tipi.Hosting.Tests.Server;

namespace Tipi.Hosting.Tests.Http2;

/// <summary>Dialogues about responses.</summary>
public sealed class Http2ResponseTests
{
    [Theory, OnEachTransport]
    public async Task A_small_answer_has_a_length_a_date_and_a_server(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(transport, context =>
        {
            context.Response.Headers["X-Mixed-Case"] = "v";
            return context.Response.WriteAsync("hello");
        });
        using Http2Client client = await Http2Client.ConnectAsync(server);
        for (int stream = 1; stream < 9; stream += 2) // the second is encoded by the table
        {
            Http2Answer answer = await client.AskAsync(stream, Http2Client.Get);

            Assert.Equal((200, "hello"), (answer.Status, answer.Body));
            Assert.Equal("v", answer["x-mixed-case"]);
            Assert.NotNull(answer["date"]);
            Assert.NotNull(answer["server"]);
            Assert.Null(answer["connection"]);
            Assert.Null(answer["transfer-encoding"]);
        }
    }

    [Theory, OnEachTransport]
    public async Task An_empty_answer_is_one_frame(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(transport, context =>
        {
            context.Response.StatusCode = 204;
            return Task.CompletedTask;
        });
        using Http2Client client = await Http2Client.ConnectAsync(server);
        await client.HeadersAsync(1, Http2Client.Get);

        await client.HearsAsync("HEADERS 1 END_STREAM 204");
        await client.ConnectionGoesOnAsync();
    }

    [Theory, OnEachTransport]
    public async Task HEAD_has_the_fields_and_no_body(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(transport, async context =>
        {
            context.Response.ContentLength = 5;
            await context.Response.WriteAsync("hello");
        });
        using Http2Client client = await Http2Client.ConnectAsync(server);
        await client.HeadersAsync(1, Http2Client.Get.Replace("GET", "HEAD", StringComparison.Ordinal));

        Http2Answer answer = await client.AnswerAsync(1);
        Assert.Equal((200, "", "5"), (answer.Status, answer.Body, answer["content-length"]));
        await client.ConnectionGoesOnAsync();
    }

    [Theory, OnEachTransport]
    public async Task Trailers_end_the_stream(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(transport, async context =>
        {
            context.Response.DeclareTrailer("grpc-status");
            await context.Response.WriteAsync("hello");
            context.Response.AppendTrailer("grpc-status", "0");
        });
        using Http2Client client = await Http2Client.ConnectAsync(server);

        Http2Answer answer = await client.AskAsync(1, Http2Client.Get);
        Assert.Equal("hello", answer.Body);
        Assert.Equal(("grpc-status", "0"), Assert.Single(answer.Trailers));
    }

    [Theory, OnEachTransport]
    public async Task What_is_flushed_comes_before_the_end(TipiTransport transport)
    {
        var gate = new TaskCompletionSource();
        await using TestServer server = await StartAsync(transport, async context =>
        {
            await context.Response.StartAsync();
            await context.Response.Body.FlushAsync();
            await gate.Task;
            await context.Response.WriteAsync("one");
            await context.Response.Body.FlushAsync();
            await context.Response.WriteAsync("two");
        });
        using Http2Client client = await Http2Client.ConnectAsync(server);
        await client.HeadersAsync(1, Http2Client.Get);
        await client.HearsAsync("HEADERS 1 200");
        gate.SetResult();

        Assert.Equal("onetwo", (await client.AnswerAsync(1)).Body);
    }

    [Theory, OnEachTransport]
    public async Task Informational_heads_come_first(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(transport, async context =>
        {
            IHttpInformationalResponseFeature? feature = context.Features.Get<IHttpInformationalResponseFeature>();
            await feature!.SendAsync(103, new HeaderDictionary { ["Link"] = "</a.css>" }, default);
            await context.Response.WriteAsync("hello");
        });
        using Http2Client client = await Http2Client.ConnectAsync(server);
        await client.HeadersAsync(1, Http2Client.Get);
        Http2Heard early = await client.HearAsync();

        Assert.Equal(("HEADERS 1 103", "</a.css>"), (early.ToString(), early["link"]));
        Assert.Equal("hello", (await client.AnswerAsync(1)).Body);
    }

    [Theory, OnEachTransport]
    public async Task A_large_answer_comes_in_frames_that_the_client_takes(TipiTransport transport)
    {
        byte[] body = new byte[1_000_000];
        new Random(5).NextBytes(body);
        await using TestServer server = await StartAsync(
            transport, context => context.Response.Body.WriteAsync(body).AsTask());
        using Http2Client client = await Http2Client.ConnectAsync(server, (4, 2_000_000));
        await client.GrantAsync(0, 2_000_000);
        await client.HeadersAsync(1, Http2Client.Get);
        var received = new MemoryStream();
        Http2Heard heard;
        do
        {
            heard = await client.HearAsync();
            if (heard.Type != Http2Heard.Data) continue;
            Assert.InRange(heard.Payload.Length, 0, 16_384);
            received.Write(heard.Payload);
        }
        while (!heard.EndsStream);

        Assert.Equal(body, received.ToArray());
    }

    [Theory, OnEachTransport]
    public async Task A_large_head_comes_in_pieces(TipiTransport transport)
    {
        string value = new('v', 50_000);
        await using TestServer server = await StartAsync(transport, context =>
        {
            context.Response.Headers["x-long"] = value;
            return context.Response.WriteAsync("hello");
        });
        using Http2Client client = await Http2Client.ConnectAsync(server);
        for (int stream = 1; stream < 5; stream += 2)
        {
            Http2Answer answer = await client.AskAsync(stream, Http2Client.Get);
            Assert.Equal((value, "hello"), (answer["x-long"], answer.Body));
        }
    }

    [Theory, OnEachTransport]
    public async Task An_application_that_fails_answers_500_or_resets(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(transport, async context =>
        {
            if (context.Request.Path == "/late")
            {
                await context.Response.WriteAsync("half");
                await context.Response.Body.FlushAsync();
            }

            throw new InvalidOperationException("on purpose");
        });
        using Http2Client client = await Http2Client.ConnectAsync(server);

        Assert.Equal(500, (await client.AskAsync(1, Http2Client.Get)).Status);
        Http2Answer late = await client.AskAsync(
            3, Http2Client.Get.Replace("path: /", "path: /late", StringComparison.Ordinal));
        Assert.Equal("INTERNAL_ERROR", late.ResetCode); // which may overtake the half
        await client.ConnectionGoesOnAsync();
    }

    [Theory, OnEachTransport]
    public async Task An_answer_shorter_than_announced_is_reset(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(transport, async context =>
        {
            context.Response.ContentLength = 10;
            await context.Response.WriteAsync("short");
            await context.Response.Body.FlushAsync();
        });
        using Http2Client client = await Http2Client.ConnectAsync(server);

        Assert.Equal("INTERNAL_ERROR", (await client.AskAsync(1, Http2Client.Get)).ResetCode);
        await client.ConnectionGoesOnAsync();
    }

    [Theory, OnEachTransport]
    public async Task The_application_may_reset_with_a_code(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(transport, context =>
        {
            context.Features.Get<IHttpResetFeature>()!.Reset(0xB);
            return Task.CompletedTask;
        });
        using Http2Client client = await Http2Client.ConnectAsync(server);
        await client.HeadersAsync(1, Http2Client.Get);

        await client.HearsAsync("RST_STREAM 1 ENHANCE_YOUR_CALM");
        await client.ConnectionGoesOnAsync();
    }

    [Theory, OnEachTransport]
    public async Task An_abort_ends_the_stream_only(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(transport, context =>
        {
            context.Abort();
            return Task.CompletedTask;
        });
        using Http2Client client = await Http2Client.ConnectAsync(server);
        await client.HeadersAsync(1, Http2Client.Get);

        Assert.StartsWith("RST_STREAM 1 ", (await client.HearAsync()).ToString(), StringComparison.Ordinal);
        await client.ConnectionGoesOnAsync();
    }

    [Theory, OnEachTransport]
    public async Task An_answer_before_the_end_of_the_request_stops_the_upload_kindly(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(
            transport, context => context.Response.WriteAsync("enough"));
        using Http2Client client = await Http2Client.ConnectAsync(server);
        await client.HeadersAsync(1, Http2Client.Post, endStream: false);

        Http2Answer answer = await client.AnswerAsync(1);
        Assert.Equal((200, "enough", null), (answer.Status, answer.Body, answer.ResetCode));
        await client.HearsAsync("RST_STREAM 1 NO_ERROR"); // RFC 9113 §8.1
        await client.DataAsync(1, "late");
        await client.ConnectionGoesOnAsync();
    }

    [Theory, OnEachTransport]
    public async Task Fields_of_HTTP_1_are_not_sent(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(transport, context =>
        {
            context.Response.Headers.Connection = "close";
            context.Response.Headers.KeepAlive = "timeout=5";
            context.Response.Headers["Proxy-Connection"] = "close";
            context.Response.Headers.Upgrade = "x";
            return context.Response.WriteAsync("hello");
        });
        using Http2Client client = await Http2Client.ConnectAsync(server);

        Http2Answer answer = await client.AskAsync(1, Http2Client.Get);
        Assert.Equal("hello", answer.Body);
        foreach (string name in (string[])["connection", "keep-alive", "proxy-connection", "upgrade"])
            Assert.Null(answer[name]);
    }

    private static Task<TestServer> StartAsync(TipiTransport transport, RequestDelegate application) =>
        TestServer.StartAsync(transport, application);
}
