using System.IO.Pipelines;

namespace Tipi.Hosting.Tests.Contract;

/// <summary>How BodyReader, BodyWriter and the streams may be used. Each expectation is what Kestrel 10 does.</summary>
public sealed class PipeRulesTests
{
    [Theory, OnEachWire]
    public async Task A_read_is_answered_before_the_next_one(TipiTransport transport, Wire wire)
    {
        await using WireServer server = await WireServer.StartAsync(transport, wire, async context =>
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
        await AssertOkAsync(server);
    }

    [Theory, OnEachWire]
    public async Task A_cancelled_read_says_so_and_the_next_goes_on(TipiTransport transport, Wire wire)
    {
        await using WireServer server = await WireServer.StartAsync(transport, wire, async context =>
        {
            PipeReader reader = context.Request.BodyReader;
            reader.CancelPendingRead();
            ReadResult cancelled = await reader.ReadAsync();
            Assert.True(cancelled.IsCanceled);
            reader.AdvanceTo(cancelled.Buffer.Start);
            reader.CancelPendingRead();
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
        await AssertOkAsync(server);
    }

    [Theory, OnEachWire]
    public async Task A_read_that_waits_is_cancelled_or_given_up_and_the_body_stays_readable(
        TipiTransport transport, Wire wire)
    {
        var sent = new TaskCompletionSource();
        await using WireServer server = await WireServer.StartAsync(transport, wire, async context =>
        {
            PipeReader reader = context.Request.BodyReader;
            using var source = new CancellationTokenSource(50);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await reader.ReadAsync(source.Token));
            ValueTask<ReadResult> waiting = reader.ReadAsync();
            reader.CancelPendingRead();
            ReadResult cancelled = await waiting;
            Assert.True(cancelled.IsCanceled);
            reader.AdvanceTo(cancelled.Buffer.Start);
            sent.TrySetResult();
            await context.Response.WriteAsync(await new StreamReader(context.Request.Body).ReadToEndAsync());
        });
        var held = new StreamedContent(async stream =>
        {
            await stream.FlushAsync();
            await sent.Task;
            await stream.WriteAsync("abc"u8.ToArray());
        });
        Assert.Equal("abc", await server.TextAsync("POST", "/", held));
    }

    [Theory, OnEachWire]
    public async Task A_completed_reader_is_not_read(TipiTransport transport, Wire wire)
    {
        await using WireServer server = await WireServer.StartAsync(transport, wire, async context =>
        {
            context.Request.BodyReader.Complete();
            await Assert.ThrowsAsync<InvalidOperationException>(
                async () => await context.Request.BodyReader.ReadAsync());
            await Assert.ThrowsAsync<InvalidOperationException>(
                async () => await context.Request.Body.ReadExactlyAsync(new byte[1]));
            await context.Response.WriteAsync("ok");
        });
        await AssertOkAsync(server);
    }

    [Theory, OnEachWire]
    public async Task A_request_without_body_may_be_read_as_one_likes(TipiTransport transport, Wire wire)
    {
        await using WireServer server = await WireServer.StartAsync(transport, wire, async context =>
        {
            PipeReader reader = context.Request.BodyReader;
            for (int i = 0; i < 2; i++) Assert.True((await reader.ReadAsync()).IsCompleted);
            reader.AdvanceTo(default);
            reader.AdvanceTo(default);
            await context.Response.WriteAsync("ok");
        });
        for (int i = 0; i < 2; i++) Assert.Equal("ok", await server.GetTextAsync());
    }

    [Theory, OnEachWire]
    public async Task A_completed_writer_is_not_written(TipiTransport transport, Wire wire)
    {
        await using WireServer server = await WireServer.StartAsync(transport, wire, async context =>
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
        await AssertOkAsync(server);
    }

    [Theory, OnEachWire]
    public async Task A_flush_that_waits_is_cancelled(TipiTransport transport, Wire wire)
    {
        var cancelled = new TaskCompletionSource();
        await using WireServer server = await WireServer.StartAsync(transport, wire, async context =>
        {
            PipeWriter writer = context.Response.BodyWriter;
            Task<FlushResult> flush;
            do
            {
                writer.GetSpan(64 * 1024);
                writer.Advance(64 * 1024);
                flush = writer.FlushAsync().AsTask();
                if (await Task.WhenAny(flush, Task.Delay(500)) != flush) writer.CancelPendingFlush();
            }
            while (!(await flush).IsCanceled);
            cancelled.SetResult();
            await context.Response.Body.WriteAsync(new byte[100]);
        });
        using HttpResponseMessage response = await server.SendAsync("GET", "/");
        await cancelled.Task.WaitAsync(TimeSpan.FromMinutes(2));
        byte[] body = await response.Content.ReadAsByteArrayAsync();
        Assert.Equal(100, body.Length % (64 * 1024));
    }

    [Theory, OnEachWire]
    public async Task Synchronous_calls_are_refused_unless_allowed(TipiTransport transport, Wire wire)
    {
        await using WireServer server = await WireServer.StartAsync(transport, wire, async context =>
        {
            Stream input = context.Request.Body;
            Stream output = context.Response.Body;
            Action[] refused =
            [
                () => input.ReadByte(), () => input.ReadExactly(new byte[1]), () => input.CopyTo(Stream.Null),
                () => output.WriteByte(1), () => output.Write(new byte[1]), () => output.Write([1], 0, 1), output.Flush,
            ];
            Assert.All(refused, act => Assert.Throws<InvalidOperationException>(act));
            input.Flush();
            var control = context.Features.Get<IHttpBodyControlFeature>()!;
            Assert.False(control.AllowSynchronousIO);
            control.AllowSynchronousIO = true;
            byte[] body = new byte[3];
            input.ReadExactly(body);
            output.Write("ok"u8);
            output.Flush();
            await output.FlushAsync();
            output.Dispose();
        });
        await AssertOkAsync(server);
    }

    private static async Task AssertOkAsync(WireServer server)
    {
        for (int i = 0; i < 2; i++)
        {
            Assert.Equal("ok", await server.TextAsync("POST", "/", new StringContent("abc")));
            Assert.Equal("ok", await server.TextAsync("POST", "/", StreamedContent.Of("abc"u8.ToArray())));
        }
    }
}
