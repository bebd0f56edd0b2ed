using System.IO.Pipelines;

namespace Tipi.Hosting.Tests.Contract;

/// <summary>
/// Writes that the application does not wait for: they are sent whole, in the order of the calls, and the end of the
/// response comes after them. As in Kestrel.
/// </summary>
public sealed class UnawaitedWritesTests : IDisposable
{
    private const int Large = 1_000_000;

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Theory, OnEachWire]
    public Task One(TipiTransport transport, Wire wire) => AssertWholeAsync(transport, wire, (response, bytes) =>
    {
        _ = response.Body.WriteAsync(bytes).AsTask();
        return Task.CompletedTask;
    });

    [Theory, OnEachWire]
    public Task Many_at_once(TipiTransport transport, Wire wire) =>
        AssertWholeAsync(transport, wire, (response, bytes) =>
        {
            foreach (ReadOnlyMemory<byte> piece in Pieces(bytes)) _ = response.Body.WriteAsync(piece).AsTask();
            return Task.CompletedTask;
        });

    [Theory, OnEachWire]
    public Task Only_the_last_is_awaited(TipiTransport transport, Wire wire) =>
        AssertWholeAsync(transport, wire, async (response, bytes) =>
        {
            _ = response.Body.WriteAsync(bytes.AsMemory(..^10)).AsTask();
            await response.Body.WriteAsync(bytes.AsMemory(^10..));
        });

    [Theory, OnEachWire]
    public Task All_are_awaited_together(TipiTransport transport, Wire wire) =>
        AssertWholeAsync(transport, wire, async (response, bytes) =>
        {
            await Task.Yield();
            await Task.WhenAll(Pieces(bytes).Select(piece => response.Body.WriteAsync(piece).AsTask()).ToList());
        });

    [Theory, OnEachWire]
    public Task By_stream_and_writer_in_turns(TipiTransport transport, Wire wire) =>
        AssertWholeAsync(transport, wire, (response, bytes) =>
        {
            int turn = 0;
            foreach (ReadOnlyMemory<byte> piece in Pieces(bytes))
            {
                if (turn++ % 3 == 0) _ = response.Body.WriteAsync(piece).AsTask();
                else if (turn % 3 == 0) _ = response.BodyWriter.WriteAsync(piece).AsTask();
                else
                {
                    piece.CopyTo(response.BodyWriter.GetMemory(piece.Length));
                    response.BodyWriter.Advance(piece.Length);
                    if (turn % 2 == 0) _ = response.BodyWriter.FlushAsync().AsTask();
                }
            }
            return Task.CompletedTask;
        });

    [Theory, OnEachWire]
    public async Task One_that_ends_does_not_take_memory_away_that_is_filled(TipiTransport transport, Wire wire)
    {
        byte[] bytes = Pattern.Of(24_000_000);
        var isWaiting = new TaskCompletionSource();
        var isRead = new TaskCompletionSource();
        await using WireServer server = await WireServer.StartAsync(transport, wire, async context =>
        {
            Task write = context.Response.Body.WriteAsync(bytes).AsTask();
            Memory<byte> memory = context.Response.BodyWriter.GetMemory(3);
            isWaiting.SetResult();
            await write;
            await Task.WhenAny(isRead.Task, Task.Delay(200)); // what is sent now, the client reads meanwhile
            "end"u8.CopyTo(memory.Span);
            context.Response.BodyWriter.Advance(3);
        });
        using HttpResponseMessage response = await server.SendAsync("GET", "/");
        await isWaiting.Task.WaitAsync(s_patience);
        var body = await response.Content.ReadAsStreamAsync();
        byte[] read = new byte[bytes.Length + 3];
        await body.ReadExactlyAsync(read.AsMemory(..bytes.Length)).AsTask().WaitAsync(s_patience);
        isRead.SetResult();
        await body.ReadExactlyAsync(read.AsMemory(bytes.Length..)).AsTask().WaitAsync(s_patience);
        Assert.Equal(0, await body.ReadAsync(new byte[1]).AsTask().WaitAsync(s_patience));
        Assert.True(read.AsSpan(..bytes.Length).SequenceEqual(bytes));
        Assert.True(read.AsSpan(bytes.Length..).SequenceEqual("end"u8));
    }

    [Theory, OnEachWire]
    public Task Before_the_response_is_completed(TipiTransport transport, Wire wire) =>
        AssertWholeAsync(transport, wire, async (response, bytes) =>
        {
            foreach (ReadOnlyMemory<byte> piece in Pieces(bytes)) _ = response.Body.WriteAsync(piece).AsTask();
            await response.CompleteAsync();
        });

    [Theory, OnEachWire]
    public async Task Before_a_file(TipiTransport transport, Wire wire)
    {
        await File.WriteAllBytesAsync(_file, "end"u8.ToArray());
        await AssertWholeAsync(transport, wire, async (response, bytes) =>
        {
            "end"u8.CopyTo(bytes.AsSpan(^3));
            _ = response.Body.WriteAsync(bytes.AsMemory(..^3)).AsTask();
            await response.SendFileAsync(_file);
        }, bytes => "end"u8.CopyTo(bytes.AsSpan(^3)));
    }

    [Theory, OnEachWire]
    public Task Flushes_alone(TipiTransport transport, Wire wire) =>
        AssertWholeAsync(transport, wire, (response, bytes) =>
        {
            _ = response.BodyWriter.WriteAsync(bytes).AsTask();
            for (int i = 0; i < 10; i++) _ = response.BodyWriter.FlushAsync().AsTask();
            return Task.CompletedTask;
        });

    [Theory, OnEachWire]
    public Task Behind_a_start_that_waits(TipiTransport transport, Wire wire) =>
        AssertWholeAsync(transport, wire, (response, bytes) =>
        {
            response.OnStarting(() => Task.Delay(20));
            _ = response.Body.WriteAsync(bytes.AsMemory(..^10)).AsTask();
            _ = response.Body.WriteAsync(bytes.AsMemory(^10..)).AsTask();
            return Task.CompletedTask;
        });

    [Theory, OnEachWire]
    public Task A_write_whose_token_is_cancelled_in_its_middle_is_sent_whole(TipiTransport transport, Wire wire) =>
        AssertGivenUpAsync(transport, wire, async (response, bytes) =>
        {
            using var source = new CancellationTokenSource(100);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(
                async () => await response.Body.WriteAsync(bytes, source.Token));
        });

    [Theory, OnEachWire]
    public Task A_write_that_is_cancelled_in_its_middle_is_sent_whole(TipiTransport transport, Wire wire) =>
        AssertGivenUpAsync(transport, wire, async (response, bytes) =>
        {
            Task<FlushResult> write = response.BodyWriter.WriteAsync(bytes).AsTask();
            response.BodyWriter.CancelPendingFlush();
            Assert.True((await write).IsCanceled);
        });

    [Theory, OnEachWire]
    public async Task Who_awaits_waits_for_the_client_behind_who_does_not(TipiTransport transport, Wire wire)
    {
        byte[] bytes = Pattern.Of(24_000_000);
        var last = new TaskCompletionSource<Task>();
        await using WireServer server = await WireServer.StartAsync(transport, wire, async context =>
        {
            _ = context.Response.Body.WriteAsync(bytes).AsTask();
            Task write = context.Response.Body.WriteAsync("end"u8.ToArray()).AsTask();
            last.SetResult(write);
            await write;
        });
        using HttpResponseMessage response = await server.SendAsync("GET", "/");
        Task waiting = await last.Task.WaitAsync(s_patience);
        Assert.False(waiting.IsCompleted);
        await AssertBodyAsync(response, bytes);
        await waiting.WaitAsync(s_patience);
    }

    [Theory, OnEachWire]
    public async Task Of_an_answer_to_head(TipiTransport transport, Wire wire)
    {
        await using WireServer server = await WireServer.StartAsync(transport, wire, context =>
        {
            foreach (ReadOnlyMemory<byte> piece in Pieces(new byte[Large]))
                _ = context.Response.Body.WriteAsync(piece).AsTask();
            return Task.CompletedTask;
        });
        for (int i = 0; i < 2; i++)
        {
            using HttpResponseMessage response = await server.SendAsync("HEAD", "/");
            Assert.Empty(await response.Content.ReadAsByteArrayAsync());
        }
    }

    [Theory, OnEachWire]
    public async Task A_client_that_leaves_frees_all(TipiTransport transport, Wire wire)
    {
        var ended = new TaskCompletionSource();
        await using WireServer server = await WireServer.StartAsync(transport, wire, async context =>
        {
            var writes = new List<Task>();
            for (int i = 0; i < 20; i++) writes.Add(context.Response.Body.WriteAsync(new byte[Large]).AsTask());
            await Task.WhenAll(writes).ContinueWith(
                _ => ended.SetResult(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        });
        using HttpClient client = server.NewClient();
        HttpRequestMessage request = server.Request("GET", "/");
        HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        response.Dispose();
        client.Dispose();
        await ended.Task.WaitAsync(s_patience);
    }

    /// <summary>Nobody waits for the client any more when it begins to read.</summary>
    private static async Task AssertGivenUpAsync(
        TipiTransport transport, Wire wire, Func<HttpResponse, byte[], Task> write)
    {
        byte[] bytes = Pattern.Of(24_000_000);
        var isGivenUp = new TaskCompletionSource();
        await using WireServer server = await WireServer.StartAsync(transport, wire, async context =>
        {
            await write(context.Response, bytes);
            isGivenUp.SetResult();
            await context.Response.Body.WriteAsync("end"u8.ToArray());
        });
        using HttpResponseMessage response = await server.SendAsync("GET", "/");
        await isGivenUp.Task.WaitAsync(s_patience);
        await AssertBodyAsync(response, bytes);
    }

    private static async Task AssertBodyAsync(HttpResponseMessage response, byte[] bytes)
    {
        byte[] body = await response.Content.ReadAsByteArrayAsync().WaitAsync(s_patience);
        Assert.Equal(bytes.Length + 3, body.Length);
        Assert.True(body.AsSpan(0, bytes.Length).SequenceEqual(bytes));
        Assert.True(body.AsSpan(bytes.Length).SequenceEqual("end"u8));
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Pieces(byte[] bytes)
    {
        int[] lengths = [70_000, 1, 200_000, 65_536, 10, 65_537, 400_000];
        for (int at = 0, n = 0; at < bytes.Length; n++)
        {
            int length = Math.Min(lengths[n % lengths.Length], bytes.Length - at);
            yield return bytes.AsMemory(at, length);
            at += length;
        }
    }

    /// <summary>With and without the length declared, one after the other on a connection.</summary>
    private static async Task AssertWholeAsync(
        TipiTransport transport, Wire wire, Func<HttpResponse, byte[], Task> write, Action<byte[]>? change = null)
    {
        byte[] expected = Pattern.Of(Large);
        change?.Invoke(expected);
        await using WireServer server = await WireServer.StartAsync(transport, wire, context =>
        {
            if (context.Request.Path == "/declared") context.Response.ContentLength = Large;
            return write(context.Response, Pattern.Of(Large));
        });
        string[] paths = ["/open", "/declared", "/open"];
        foreach (string path in paths)
        {
            using HttpResponseMessage response = await server.SendAsync("GET", path).WaitAsync(s_patience);
            byte[] body = await response.Content.ReadAsByteArrayAsync().WaitAsync(s_patience);
            Assert.Equal((200, Large), ((int)response.StatusCode, body.Length));
            Assert.True(body.AsSpan().SequenceEqual(expected));
        }
    }
}
