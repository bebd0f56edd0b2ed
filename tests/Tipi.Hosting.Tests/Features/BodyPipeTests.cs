using System.IO.Pipelines;

namespace Tipi.Hosting.Tests.Features;

/// <summary>How BodyReader and BodyWriter may be used. Each expectation is what Kestrel 10 does.</summary>
public sealed class BodyPipeTests
{
    private const string Counted = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc";
    private const string Chunked =
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";

    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    [Theory, OnEachTransport]
    public async Task A_read_is_answered_before_the_next_one(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
        {
            PipeReader reader = context.Request.BodyReader;
            ReadResult first = await reader.ReadAtLeastAsync(3);
            await Assert.ThrowsAsync<InvalidOperationException>(async () => await reader.ReadAsync());
            Assert.Throws<InvalidOperationException>(() => reader.TryRead(out _));
            await Assert.ThrowsAsync<InvalidOperationException>(
                async () => await context.Request.Body.ReadExactlyAsync(new byte[1]));
            reader.AdvanceTo(first.Buffer.Start, first.Buffer.End);
            Assert.Throws<InvalidOperationException>(() => reader.AdvanceTo(first.Buffer.End));
            ReadResult again = await reader.ReadAsync();
            Assert.Equal((true, 3), (again.IsCompleted, again.Buffer.Length));
            reader.AdvanceTo(again.Buffer.End);
            ReadResult end = await reader.ReadAsync();
            Assert.Equal((true, 0), (end.IsCompleted, end.Buffer.Length));
            reader.AdvanceTo(end.Buffer.End);
            await context.Response.WriteAsync("ok");
        });
        await AssertOkAsync(server, Counted, Chunked);
    }

    [Theory, OnEachTransport]
    public async Task A_cancelled_read_says_so_and_the_next_goes_on(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
        {
            PipeReader reader = context.Request.BodyReader;
            reader.CancelPendingRead();
            ReadResult cancelled = await reader.ReadAsync();
            Assert.True(cancelled.IsCanceled);
            reader.AdvanceTo(cancelled.Buffer.Start);
            context.Request.BodyReader.CancelPendingRead();
            await Assert.ThrowsAsync<OperationCanceledException>(
                async () => await context.Request.Body.ReadExactlyAsync(new byte[3]));
            ReadResult all = await reader.ReadAtLeastAsync(3);
            Assert.Equal((false, 3), (all.IsCanceled, all.Buffer.Length));
            reader.AdvanceTo(all.Buffer.End);
            reader.CancelPendingRead();
            ReadResult end = await reader.ReadAsync();
            Assert.True(end.IsCanceled);
            reader.AdvanceTo(end.Buffer.End);
            await context.Response.WriteAsync("ok");
        });
        await AssertOkAsync(server, Counted, Chunked);
    }

    [Theory, OnEachTransport]
    public async Task A_read_given_up_by_its_token_leaves_the_body_readable(TipiTransport transport)
    {
        var sent = new TaskCompletionSource();
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
        {
            using var source = new CancellationTokenSource(50);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(
                async () => await context.Request.BodyReader.ReadAsync(source.Token));
            sent.SetResult();
            await context.Response.WriteAsync(await new StreamReader(context.Request.Body).ReadToEndAsync());
        });
        using RawClient client = await server.ConnectAsync();
        await client.SendAsync(Counted[..^3]);
        await sent.Task;
        await client.SendAsync("abc" + Get[..^2]);
        RawResponse response = await client.ReadResponseAsync();
        Assert.Equal(("abc", null), (response.Body, response.Header("Connection")));
    }

    [Theory, OnEachTransport]
    public async Task A_completed_reader_is_not_read(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
        {
            context.Request.BodyReader.Complete();
            await Assert.ThrowsAsync<InvalidOperationException>(
                async () => await context.Request.BodyReader.ReadAsync());
            await Assert.ThrowsAsync<InvalidOperationException>(
                async () => await context.Request.Body.ReadExactlyAsync(new byte[1]));
            await context.Response.WriteAsync("ok");
        });
        await AssertOkAsync(server, Counted, Chunked);
    }

    [Theory, OnEachTransport]
    public async Task A_request_without_body_may_be_read_as_one_likes(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
        {
            PipeReader reader = context.Request.BodyReader;
            for (int i = 0; i < 2; i++) Assert.True((await reader.ReadAsync()).IsCompleted);
            reader.AdvanceTo(default);
            reader.AdvanceTo(default);
            await context.Response.WriteAsync("ok");
        });
        await AssertOkAsync(server, Get);
    }

    [Theory, OnEachTransport]
    public async Task A_completed_writer_is_not_written(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
        {
            PipeWriter writer = context.Response.BodyWriter;
            Assert.True(writer.CanGetUnflushedBytes);
            Assert.ThrowsAny<Exception>(() => writer.Advance(1));
            "ok"u8.CopyTo(writer.GetSpan(2));
            writer.Advance(2);
            Assert.Equal(2, writer.UnflushedBytes);
            await writer.FlushAsync();
            Assert.Equal(0, writer.UnflushedBytes);
            writer.CancelPendingFlush();
            Assert.True((await writer.FlushAsync()).IsCanceled);
            Assert.False((await writer.FlushAsync()).IsCanceled);
            writer.Complete();
            Assert.Throws<InvalidOperationException>(() => writer.GetMemory());
            await Assert.ThrowsAsync<InvalidOperationException>(async () => await writer.WriteAsync(new byte[1]));
            await Assert.ThrowsAsync<InvalidOperationException>(
                async () => await context.Response.Body.WriteAsync(new byte[1]));
            Assert.False((await writer.FlushAsync()).IsCompleted);
        });
        await AssertOkAsync(server, Get);
    }

    private static async Task AssertOkAsync(TestServer server, params string[] requests)
    {
        using RawClient client = await server.ConnectAsync();
        foreach (string request in requests.Concat(requests))
        {
            await client.SendAsync(request);
            RawResponse response = await client.ReadResponseAsync();
            Assert.Equal((200, "ok"), (response.Status, response.Body));
        }
    }
}
