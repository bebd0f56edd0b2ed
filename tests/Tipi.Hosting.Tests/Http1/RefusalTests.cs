using Microsoft.AspNetCore.Server.Kestrel.Core;
using Tipi.Hosting.Http1;
using Tipi.Tests.Cases;

namespace Tipi.Hosting.Tests.Http1;

public sealed class RefusalTests
{
    /// <summary>Where a connection ends in both directions at once, who may still be sending is waited for.</summary>
    [Theory]
    [InlineData("BAD\r\n\r\n", true)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX : y\r\n\r\n", true)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX : y\r\n", false)]
    [InlineData("POST / HTTP/1.1\r\nX : y\r\nContent-Length: 9\r\n\r\n", false)]
    [InlineData("POST / HTTP/1.1\r\nX : y\r\ncontent-length: 9\r\n\r\n", false)]
    [InlineData("POST / HTTP/1.1\r\nX : y\r\nTRANSFER-ENCODING: chunked\r\n\r\n", false)]
    [InlineData("", false)]
    public void Who_has_sent_all_is_told_apart(string received, bool hasNothingBehind) =>
        Assert.Equal(
            hasNothingBehind,
            Http1Refusal.HasNothingBehind(new(System.Text.Encoding.ASCII.GetBytes(received))));

    /// <summary>The whole table at once on one server: each case waits for its connection's end.</summary>
    [Theory, OnEachTransport]
    public async Task Every_case_gets_its_answer(TipiTransport transport)
    {
        int served = 0;
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null);
            Interlocked.Increment(ref served);
            context.Response.StatusCode = 299;
        }, OnlyHttp1);
        IEnumerable<Task<string?>> all = RequestCases.All.Select(one => Check(server, one));
        string[] wrong = (await Task.WhenAll(all)).OfType<string>().ToArray();
        Assert.True(wrong.Length == 0, string.Join("\n", wrong));
        Assert.Equal(RequestCases.All.Count(one => one.IsAccepted), served);
        Assert.DoesNotContain(server.Logs, record => record.Level >= Microsoft.Extensions.Logging.LogLevel.Error);
    }

    [Theory, OnEachTransport]
    public async Task A_refusal_is_a_whole_answer(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, _ => Task.CompletedTask);
        using RawClient client = await server.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nHost : a\r\n\r\n" + new string('x', 50_000));
        RawResponse response = await client.ReadResponseAsync();
        Assert.Equal(
            "HTTP/1.1 400 Bad Request\r\nServer: Tipi\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
            response.HeadWithoutDate);
        Assert.NotNull(response.Header("Date"));
        Assert.True(await client.IsEndedAsync());
        Assert.Contains(server.Logs, record =>
            record is { EventId: 17, Level: Microsoft.Extensions.Logging.LogLevel.Debug });
    }

    [Theory, OnEachTransport]
    public async Task Who_ends_its_sending_in_a_head_is_told(TipiTransport transport)
    {
        using var file = new LogFile();
        string[] heads = ["G", "GET / HTTP/1.1", "GET / HTTP/1.1\r\nHost: a\r\n", "\r\nGET / HTTP/1.1\r\nHos"];
        await using (TestServer server = await TestServer.StartAsync(transport, _ => Task.CompletedTask, options =>
        {
            options.AccessLog.Format = AccessLogFormat.Json;
            options.AccessLog.Path = file.Path;
        }))
        {
            foreach (string head in heads)
            {
                using RawClient client = await server.ConnectAsync();
                await client.SendAsync(head);
                client.EndSending();
                RawResponse response = await client.ReadResponseAsync();
                Assert.Equal((400, "close"), (response.Status, response.Header("Connection")));
                Assert.True(await client.IsEndedAsync());
            }
            // No request, so no answer.
            using RawClient silent = await server.ConnectAsync();
            await silent.SendAsync("\r\n");
            silent.EndSending();
            Assert.True(await silent.IsEndedAsync());
            Assert.Equal(heads.Length, server.Logs.Count(record => record.EventId == 17));
        }
        Assert.Equal(heads.Length, file.Lines.Length);
        Assert.All(file.Lines, line => Assert.Contains("\"outcome\":\"refused\"", line, StringComparison.Ordinal));
    }

    [Theory, OnEachTransport]
    public async Task A_client_that_goes_on_sending_sees_the_answer_and_no_reset(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, _ => Task.CompletedTask);
        using RawClient client = await server.ConnectAsync();
        await client.SendAsync("BAD\r\n\r\n");
        for (int i = 0; i < 5; i++)
        {
            await Task.Delay(30);
            await client.SendAsync(new string('x', 1000));
        }
        Assert.Equal(400, (await client.ReadResponseAsync()).Status);
        Assert.True(await client.IsEndedAsync());
    }

    [Theory, OnEachTransport]
    public async Task What_came_before_a_bad_request_is_answered(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(
            transport, context => context.Response.WriteAsync("ok"));
        using RawClient client = await server.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\nBAD\r\n\r\n");
        Assert.Equal("ok", (await client.ReadResponseAsync()).Body);
        Assert.Equal(400, (await client.ReadResponseAsync()).Status);
        Assert.True(await client.IsEndedAsync());
    }

    /// <summary>What a client sends at once, although its first bytes are refused, costs no answer.</summary>
    [Theory, OnEachTransport]
    public async Task Megabytes_behind_a_refusal_do_not_destroy_it(TipiTransport transport)
    {
        string megabyte = new('x', 1 << 20);
        string manyFields = string.Concat(Enumerable.Repeat($"X: {new string('x', 1000)}\r\n", 1 << 10));
        await using TestServer server = await TestServer.StartAsync(
            transport, async context =>
            {
                await context.Request.Body.CopyToAsync(Stream.Null);
                await context.Response.WriteAsync("ok");
            }, options => options.Limits.MaxRequestBodySize = 1000);
        (int Status, string Text)[] cases =
        [
            (431, "GET / HTTP/1.1\r\nHost: a\r\n" + manyFields + "\r\n"),
            (431, "GET / HTTP/1.1\r\nHost: a\r\nX: " + megabyte + "\r\n\r\n"),
            (414, "GET /" + megabyte + " HTTP/1.1\r\nHost: a\r\n\r\n"),
            (413, $"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {1 << 20}\r\n\r\n" + megabyte),
            (413, $"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {10 << 20}\r\n\r\n"
                + new string('x', 10 << 20)),
            (413, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n100000\r\n" + megabyte),
            (400, "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n" + megabyte),
            (414, megabyte),
        ];
        await Task.WhenAll(cases.Select(async one =>
        {
            using RawClient client = await server.ConnectAsync();
            await client.SendAsync(one.Text);
            Assert.Equal(one.Status, (await client.ReadResponseAsync()).Status);
            Assert.True(await client.IsEndedAsync());
        }));
    }

    [Theory, OnEachTransport]
    public async Task Garbage_behind_many_requests_leaves_all_their_answers(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(
            transport, context => context.Response.WriteAsync("ok"));
        using RawClient client = await server.ConnectAsync();
        string requests = string.Concat(Enumerable.Repeat("GET / HTTP/1.1\r\nHost: a\r\n\r\n", 100));
        await client.SendAsync(requests + "\0" + new string('x', 100_000));
        for (int i = 0; i < 100; i++) Assert.Equal("ok", (await client.ReadResponseAsync()).Body);
        Assert.Equal(400, (await client.ReadResponseAsync()).Status);
        Assert.True(await client.IsEndedAsync());
    }

    [Theory, OnEachTransport]
    public async Task A_body_that_is_still_being_sent_does_not_destroy_the_answer(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(
            transport, async context => await context.Request.Body.CopyToAsync(Stream.Null),
            options => options.Limits.MaxRequestBodySize = 1000);
        using RawClient client = await server.ConnectAsync();
        await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10000000\r\n\r\n");
        for (int i = 0; i < 5; i++)
        {
            await client.SendAsync(new string('x', 10_000));
            await Task.Delay(30);
        }
        Assert.Equal(413, (await client.ReadResponseAsync()).Status);
        Assert.True(await client.IsEndedAsync());
    }

    /// <summary>A slow upload looks at its answer when it is done; a silent client is not waited for.</summary>
    [Theory, OnEachTransport]
    public async Task An_upload_of_some_seconds_ends_with_its_answer(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(
            transport, async context => await context.Request.Body.CopyToAsync(Stream.Null), options =>
            {
                options.Limits.MaxRequestBodySize = 1000;
                options.Limits.RequestDrainTimeout = TimeSpan.FromSeconds(30);
            });
        for (int attempt = 1; ; attempt++)
        {
            using RawClient client = await server.ConnectAsync();
            await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10000000\r\n\r\n");
            long lastMs = Environment.TickCount64;
            long silentMs = 0;
            try
            {
                for (int i = 0; i < 40; i++)
                {
                    await client.SendAsync(new string('x', 1000));
                    await Task.Delay(100);
                    long nowMs = Environment.TickCount64;
                    silentMs = Math.Max(silentMs, nowMs - lastMs);
                    lastMs = nowMs;
                }
                Assert.Equal(413, (await client.ReadResponseAsync()).Status);
                Assert.True(await client.IsEndedAsync());
                return;
            }
            catch (System.Net.Sockets.SocketException) when (silentMs > 300 && attempt < 5)
            {
                // A machine so busy made a silent client of it, which the server need not wait for.
            }
        }
    }

    [Theory, OnEachTransport]
    public async Task An_upload_without_end_is_ended(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(
            transport, _ => Task.CompletedTask,
            options => options.Limits.RequestDrainTimeout = TimeSpan.FromMilliseconds(1));
        using RawClient client = await server.ConnectAsync();
        await client.SendAsync("BAD\r\n\r\n");
        await Assert.ThrowsAsync<System.Net.Sockets.SocketException>(async () =>
        {
            for (int i = 0; i < 1000; i++)
            {
                await client.SendAsync("x");
                await Task.Delay(20);
            }
        });
    }

    [Theory, OnEachTransport]
    public async Task Limits_come_from_the_options(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, _ => Task.CompletedTask, options =>
        {
            options.Limits.MaxRequestLineSize = 100;
            options.Limits.MaxRequestHeaderCount = 2;
            options.Limits.MaxRequestHeadersTotalSize = 200;
        });
        Assert.Equal(414, (await server.AskAsync($"GET /{new string('a', 100)} HTTP/1.1\r\nHost: a\r\n\r\n")).Status);
        Assert.Equal(431, (await server.AskAsync("GET / HTTP/1.1\r\nHost: a\r\nA: 1\r\nB: 2\r\n\r\n")).Status);
        Assert.Equal(431, (await server.AskAsync(
            $"GET / HTTP/1.1\r\nHost: a\r\nA: {new string('a', 200)}\r\n\r\n")).Status);
    }

    [Theory, OnEachTransport]
    public async Task A_path_with_an_encoded_nul_is_refused(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, _ => Task.CompletedTask);
        Assert.Equal(400, (await server.AskAsync("GET /a%00b HTTP/1.1\r\nHost: a\r\n\r\n")).Status);
    }

    /// <summary>Where HTTP/2 is spoken too, its preface is no mistake.</summary>
    private static void OnlyHttp1(TipiServerOptions options) =>
        options.Listen(System.Net.IPAddress.Loopback, 0, endpoint => endpoint.Protocols = HttpProtocols.Http1);

    private static async Task<string?> Check(TestServer server, RequestCase one)
    {
        using RawClient client = await server.ConnectAsync(endpoint: 1);
        try
        {
            await client.SendAsync(one.Bytes);
            client.EndSending();
            string answer = await client.ReadToEndAsync();
            int wanted = one.IsAccepted ? 299 : one.Status;
            if (!answer.StartsWith($"HTTP/1.1 {wanted} ", StringComparison.Ordinal))
                return $"{one.Name}: wanted {wanted}, got \"{answer}\"";
            if (!one.IsAccepted && !answer.Contains("\r\nConnection: close\r\n", StringComparison.Ordinal))
                return $"{one.Name}: the refusal does not say that it closes";
            return null;
        }
        catch (System.Net.Sockets.SocketException error)
        {
            return $"{one.Name}: {error.Message}";
        }
    }
}
