using System.Buffers;
using System.IO.Pipelines;

namespace Tipi.Hosting.Tests.Contract;

public sealed class RequestBodyTests
{
    private static readonly int[] s_sizes = [0, 1, 64 * 1024, 5_000_000];

    [Theory, OnEachWire]
    public Task Read_by_the_stream(TipiTransport transport, Wire wire) =>
        AssertWholeAsync(transport, wire, async request =>
        {
            var body = new MemoryStream();
            await request.Body.CopyToAsync(body);
            return body.ToArray();
        });

    [Theory, OnEachWire]
    public Task Read_by_the_stream_synchronously(TipiTransport transport, Wire wire) =>
        AssertWholeAsync(transport, wire, request =>
        {
            request.HttpContext.Features.Get<IHttpBodyControlFeature>()!.AllowSynchronousIO = true;
            var body = new MemoryStream();
            request.Body.CopyTo(body);
            return Task.FromResult(body.ToArray());
        });

    [Theory, OnEachWire]
    public Task Read_by_the_reader(TipiTransport transport, Wire wire) =>
        AssertWholeAsync(transport, wire, async request =>
        {
            var body = new MemoryStream();
            while (true)
            {
                ReadResult result = await request.BodyReader.ReadAsync();
                foreach (ReadOnlyMemory<byte> piece in result.Buffer) body.Write(piece.Span);
                request.BodyReader.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted) return body.ToArray();
            }
        });

    [Theory, OnEachWire]
    public Task Looked_at_and_left_until_it_is_whole(TipiTransport transport, Wire wire) =>
        AssertWholeAsync(transport, wire, LookUntilWholeAsync, [0, 1, 64 * 1024, 600_000]);

    [Theory, OnEachWire]
    public async Task A_body_that_drips(TipiTransport transport, Wire wire)
    {
        await using WireServer server = await WireServer.StartAsync(transport, wire, async context =>
            await context.Response.WriteAsync(Pattern.HashOf(context.Request.Path == "/look"
                ? await LookUntilWholeAsync(context.Request)
                : await ReadAsync(context.Request))));
        byte[] bytes = Pattern.Of(40);
        foreach (string path in new[] { "/look", "/read" })
        {
            var drip = new StreamedContent(async stream =>
            {
                for (int i = 0; i < bytes.Length; i++)
                {
                    await stream.WriteAsync(bytes.AsMemory(i, 1));
                    await stream.FlushAsync();
                    if (i % 4 == 0) await Task.Delay(10);
                }
            });
            Assert.Equal(Pattern.HashOf(bytes), await server.TextAsync("POST", path, drip));
        }
    }

    [Theory, OnEachWire]
    public async Task A_request_tells_whether_it_has_a_body(TipiTransport transport, Wire wire)
    {
        await using WireServer server = await WireServer.StartAsync(transport, wire, async context =>
        {
            bool can = context.Features.Get<IHttpRequestBodyDetectionFeature>()!.CanHaveBody;
            int read = await context.Request.Body.ReadAsync(new byte[10]);
            await context.Response.WriteAsync($"{can} {context.Request.ContentLength} {read}");
        });
        Assert.Equal("False  0", await server.GetTextAsync());
        // Over HTTP/2 this client ends the stream only behind the fields, so that a body may come; as under Kestrel.
        string empty = await server.TextAsync("POST", "/", new ByteArrayContent([]));
        Assert.Equal(server.IsHttp2 ? "True 0 0" : "False 0 0", empty);
        Assert.Equal("True 3 3", await server.TextAsync("POST", "/", new ByteArrayContent([1, 2, 3])));
        Assert.Equal("True  3", await server.TextAsync("POST", "/", StreamedContent.Of([1, 2, 3])));
        Assert.Equal("True 3 3", await server.TextAsync("GET", "/", new ByteArrayContent([1, 2, 3])));
    }

    [Theory, OnEachWire]
    public async Task A_body_that_nobody_reads_does_not_hurt_the_next_request(TipiTransport transport, Wire wire)
    {
        await using WireServer server = await WireServer.StartAsync(transport, wire, async context =>
        {
            if (context.Request.Path == "/some") await context.Request.Body.ReadExactlyAsync(new byte[10]);
            await context.Response.WriteAsync(context.Connection.Id);
        });
        string first = await server.GetTextAsync();
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal(first, await server.TextAsync("POST", "/none", new ByteArrayContent(Pattern.Of(2_000))));
            Assert.Equal(first, await server.TextAsync("POST", "/some", StreamedContent.Of(Pattern.Of(2_000))));
            Assert.Equal(first, await server.GetTextAsync());
        }
    }

    [Theory, OnEachWire(OnlyHttp2 = true)]
    public async Task Large_bodies_that_nobody_reads_give_their_window_back(TipiTransport transport, Wire wire)
    {
        await using WireServer server = await WireServer.StartAsync(
            transport, wire, context => context.Response.WriteAsync(context.Connection.Id));
        string first = await server.GetTextAsync();
        for (int i = 0; i < 20; i++)
            Assert.Equal(first, await server.TextAsync("POST", "/", new ByteArrayContent(Pattern.Of(300_000))));
    }

    [Theory, OnEachWire]
    public async Task Expect_continue_is_answered_when_the_body_is_read(TipiTransport transport, Wire wire)
    {
        await using WireServer server = await WireServer.StartAsync(transport, wire, async context =>
        {
            if (context.Request.Path == "/refuse")
            {
                context.Response.StatusCode = 403;
                return;
            }
            await context.Response.WriteAsync(Pattern.HashOf(await ReadAsync(context.Request)));
        });
        for (int i = 0; i < 2; i++)
        {
            HttpRequestMessage wanted = server.Request("POST", "/read", new ByteArrayContent(Pattern.Of(100_000)));
            wanted.Headers.ExpectContinue = true;
            Assert.Equal(Pattern.HashOf(100_000), await server.TextAsync(wanted));
            bool isSent = false;
            HttpRequestMessage refused = server.Request("POST", "/refuse", new StreamedContent(stream =>
            {
                isSent = true;
                return stream.WriteAsync(new byte[10]).AsTask();
            }));
            refused.Headers.ExpectContinue = true;
            using HttpResponseMessage response = await server.SendAsync(refused);
            Assert.Equal((403, false), ((int)response.StatusCode, isSent));
        }
    }

    private static async Task<byte[]> ReadAsync(HttpRequest request)
    {
        var body = new MemoryStream();
        await request.Body.CopyToAsync(body);
        return body.ToArray();
    }

    private static async Task<byte[]> LookUntilWholeAsync(HttpRequest request)
    {
        while (true)
        {
            ReadResult result = await request.BodyReader.ReadAsync();
            byte[] bytes = result.Buffer.ToArray();
            SequencePosition consumed = result.IsCompleted ? result.Buffer.End : result.Buffer.Start;
            request.BodyReader.AdvanceTo(consumed, result.Buffer.End);
            if (result.IsCompleted) return bytes;
        }
    }

    /// <summary>Each size, with and without its length declared, one after the other on a connection.</summary>
    private static async Task AssertWholeAsync(
        TipiTransport transport, Wire wire, Func<HttpRequest, Task<byte[]>> read, int[]? sizes = null)
    {
        await using WireServer server = await WireServer.StartAsync(transport, wire, async context =>
        {
            byte[] body = await read(context.Request);
            await context.Response.WriteAsync($"{context.Request.ContentLength} {body.Length} {Pattern.HashOf(body)}");
        });
        foreach (int size in sizes ?? s_sizes)
        {
            string rest = $" {size} {Pattern.HashOf(size)}";
            byte[] bytes = Pattern.Of(size);
            Assert.Equal($"{size}{rest}", await server.TextAsync("POST", "/", new ByteArrayContent(bytes)));
            Assert.Equal(rest, await server.TextAsync("POST", "/", StreamedContent.Of(bytes)));
        }
    }
}
