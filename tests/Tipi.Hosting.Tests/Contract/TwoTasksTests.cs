using System.Diagnostics;
using System.IO.Pipelines;

namespace Tipi.Hosting.Tests.Contract;

/// <summary>
/// One task reads the request, another one writes the response, as in every proxy; and the client waits for 100.
/// </summary>
public sealed class TwoTasksTests
{
    private const int Clients = 12;
    private const int Requests = 100;

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    [Theory, OnEachWire]
    public async Task Each_answer_is_whole_and_its_own(TipiTransport transport, Wire wire)
    {
        await using WireServer server = await WireServer.StartAsync(transport, wire, ServeAsync);
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(async client =>
        {
            using HttpClient own = server.NewClient();
            for (int i = 0; i < Requests && watch.Elapsed < s_patience; i++)
                await AskAsync(server, own, client * 100_000 + i);
        })).WaitAsync(s_patience * 2);
        // The same process serves who came later as well.
        Assert.Equal("ok", await server.GetTextAsync("/plain"));
        await server.StopAsync(TimeSpan.FromSeconds(10));
    }

    [Theory, OnEachWire]
    public async Task Memory_that_is_lent_is_not_where_100_is_written(TipiTransport transport, Wire wire)
    {
        await using WireServer server = await WireServer.StartAsync(transport, wire, async context =>
        {
            Memory<byte> lent = context.Response.BodyWriter.GetMemory(100);
            lent.Span[..100].Fill((byte)'a');
            // Asks for 100, and waits until the client has answered it.
            await context.Request.Body.CopyToAsync(Stream.Null);
            lent.Span[50..100].Fill((byte)'b');
            context.Response.BodyWriter.Advance(100);
        });
        await AssertTextAsync(server, new string('a', 50) + new string('b', 50));
    }

    [Theory, OnEachWire]
    public async Task Memory_that_is_lent_outlives_the_start(TipiTransport transport, Wire wire)
    {
        await using WireServer server = await WireServer.StartAsync(transport, wire, async context =>
        {
            PipeWriter writer = context.Response.BodyWriter;
            writer.GetSpan(10)[..10].Fill((byte)'1');
            writer.Advance(10);
            Memory<byte> lent = writer.GetMemory(100);
            await context.Response.StartAsync();
            lent.Span[..100].Fill((byte)'2');
            writer.Advance(40);
            writer.Advance(60);
            writer.GetSpan(10)[..10].Fill((byte)'3');
            writer.Advance(10);
        });
        await AssertTextAsync(server, new string('1', 10) + new string('2', 100) + new string('3', 10));
    }

    [Theory, OnEachWire]
    public async Task Memory_that_was_not_given_is_not_sent(TipiTransport transport, Wire wire)
    {
        await using WireServer server = await WireServer.StartAsync(transport, wire, async context =>
        {
            PipeWriter writer = context.Response.BodyWriter;
            await context.Response.Body.WriteAsync("ok"u8.ToArray());
            Assert.ThrowsAny<ArgumentException>(() => writer.Advance(1));
            int given = writer.GetMemory().Length;
            Assert.ThrowsAny<ArgumentException>(() => writer.Advance(given + 1));
            await writer.FlushAsync();
            // What was given before a flush is not given any more.
            Assert.ThrowsAny<ArgumentException>(() => writer.Advance(1));
        });
        await AssertTextAsync(server, "ok");
    }

    [Theory, OnEachWire]
    public async Task A_start_that_waits_comes_behind_100(TipiTransport transport, Wire wire)
    {
        await using WireServer server = await WireServer.StartAsync(transport, wire, async context =>
        {
            var isRead = new TaskCompletionSource();
            context.Response.OnStarting(() => isRead.Task);
            Task write = context.Response.WriteAsync("answer");
            await context.Request.Body.CopyToAsync(Stream.Null);
            isRead.SetResult();
            await write;
        });
        await AssertTextAsync(server, "answer");
    }

    [Theory, OnEachWire]
    public async Task Two_reads_at_once_are_refused(TipiTransport transport, Wire wire)
    {
        var held = new TaskCompletionSource();
        await using WireServer server = await WireServer.StartAsync(transport, wire, async context =>
        {
            Stream body = context.Request.Body;
            Task<int> first = body.ReadAsync(new byte[10]).AsTask();
            await Assert.ThrowsAnyAsync<InvalidOperationException>(
                async () => await body.ReadExactlyAsync(new byte[1]));
            Assert.Throws<InvalidOperationException>(() => context.Request.BodyReader.TryRead(out _));
            held.TrySetResult();
            int count = await first;
            await context.Response.WriteAsync($"{count}");
        });
        var content = new StreamedContent(async stream =>
        {
            await stream.FlushAsync();
            await held.Task;
            await stream.WriteAsync("abc"u8.ToArray());
        });
        Assert.Equal("3", await server.TextAsync("POST", "/", content).WaitAsync(s_patience));
    }

    private static async Task ServeAsync(HttpContext context)
    {
        if (context.Request.Path == "/plain")
        {
            await context.Response.WriteAsync("ok");
            return;
        }
        int id = int.Parse(context.Request.Path.Value!.AsSpan(1));
        byte[] answer = AnswerOf(id);
        if (id % 2 == 0) context.Response.ContentLength = answer.Length;
        Task<int> read = Task.Run(() => ReadAsync(context.Request.Body));
        await WriteAsync(context.Response, answer, id);
        Assert.Equal(BodyOf(id).Length, await read);
    }

    private static async Task<int> ReadAsync(Stream body)
    {
        byte[] buffer = new byte[1000];
        int total = 0;
        while (await body.ReadAsync(buffer) is > 0 and int count) total += count;
        return total;
    }

    private static async Task WriteAsync(HttpResponse response, byte[] answer, int id)
    {
        if (id % 5 == 0) await Task.Yield();
        Thread.SpinWait(id % 7 * 200);
        for (int at = 0, length = 1 + id % 500; at < answer.Length; at += length, length += 300)
        {
            length = Math.Min(length, answer.Length - at);
            if (id % 3 == 0)
            {
                await response.Body.WriteAsync(answer.AsMemory(at, length));
                continue;
            }
            Memory<byte> memory = response.BodyWriter.GetMemory(length);
            answer.AsMemory(at, length).CopyTo(memory);
            response.BodyWriter.Advance(length);
            await response.BodyWriter.FlushAsync();
        }
    }

    private static async Task AskAsync(WireServer server, HttpClient client, int id)
    {
        HttpRequestMessage request = server.Request("POST", $"/{id}", new ByteArrayContent(BodyOf(id)));
        request.Headers.ExpectContinue = true;
        using HttpResponseMessage response = await client.SendAsync(request);
        byte[] body = await response.Content.ReadAsByteArrayAsync();
        Assert.True(body.AsSpan().SequenceEqual(AnswerOf(id)), $"The answer to {id} is another one.");
    }

    private static async Task AssertTextAsync(WireServer server, string expected)
    {
        for (int i = 0; i < 3; i++)
        {
            HttpRequestMessage request = server.Request("POST", "/", new StringContent("body"));
            request.Headers.ExpectContinue = true;
            Assert.Equal(expected, await server.TextAsync(request).WaitAsync(s_patience));
        }
    }

    private static byte[] BodyOf(int id) => new byte[1 + id % 3000];

    private static byte[] AnswerOf(int id)
    {
        byte[] answer = new byte[100 + id * 7 % 4000];
        for (int i = 0; i < answer.Length; i++) answer[i] = (byte)(id * 31 + i * 7 + (i >> 8));
        return answer;
    }
}
