using System.IO.Pipelines;

namespace Tipi.Hosting.Tests.Contract;

public sealed class ResponseBodyTests : IDisposable
{
    private static readonly int[] s_sizes = [0, 1, 64 * 1024, 5_000_000];

    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Theory, OnEachWire]
    public Task By_the_stream(TipiTransport transport, Wire wire) => AssertWholeAsync(
        transport, wire, (response, bytes) => response.Body.WriteAsync(bytes).AsTask());

    [Theory, OnEachWire]
    public Task By_the_stream_in_pieces(TipiTransport transport, Wire wire) =>
        AssertWholeAsync(transport, wire, async (response, bytes) =>
        {
            for (int at = 0, length = 1; at < bytes.Length; at += length, length = length * 3 % 50_021)
            {
                length = Math.Min(length, bytes.Length - at);
                await response.Body.WriteAsync(bytes.AsMemory(at, length));
                if (length % 2 == 0) await response.Body.FlushAsync();
            }
        });

    [Theory, OnEachWire]
    public Task By_the_stream_synchronously(TipiTransport transport, Wire wire) => AssertWholeAsync(
        transport, wire, (response, bytes) =>
        {
            response.HttpContext.Features.Get<IHttpBodyControlFeature>()!.AllowSynchronousIO = true;
            response.Body.Write(bytes);
            response.Body.Flush();
            return Task.CompletedTask;
        });

    [Theory, OnEachWire]
    public Task By_the_writer(TipiTransport transport, Wire wire) =>
        AssertWholeAsync(transport, wire, async (response, bytes) =>
        {
            PipeWriter writer = response.BodyWriter;
            for (int at = 0, n = 0; at < bytes.Length; n++)
            {
                Memory<byte> memory = writer.GetMemory(n % 3 == 0 ? 0 : 10_000);
                int length = Math.Min(memory.Length, bytes.Length - at);
                bytes.AsMemory(at, length).CopyTo(memory);
                writer.Advance(length);
                at += length;
                if (n % 2 == 1) await writer.FlushAsync();
            }
        });

    [Theory, OnEachWire]
    public Task By_the_writer_that_nobody_flushes(TipiTransport transport, Wire wire) =>
        AssertWholeAsync(transport, wire, (response, bytes) =>
        {
            while (bytes.Length > 0)
            {
                int length = Math.Min(bytes.Length, 100_000);
                bytes.AsSpan(0, length).CopyTo(response.BodyWriter.GetSpan(length));
                response.BodyWriter.Advance(length);
                bytes = bytes[length..];
            }
            return Task.CompletedTask;
        });

    [Theory, OnEachWire]
    public Task By_a_copied_stream(TipiTransport transport, Wire wire) => AssertWholeAsync(
        transport, wire, (response, bytes) => new MemoryStream(bytes).CopyToAsync(response.Body));

    [Theory, OnEachWire]
    public Task By_a_file(TipiTransport transport, Wire wire) =>
        AssertWholeAsync(transport, wire, async (response, bytes) =>
        {
            await File.WriteAllBytesAsync(_file, bytes);
            await response.SendFileAsync(_file);
        });

    [Theory, OnEachWire]
    public async Task A_part_of_a_file_between_other_bytes(TipiTransport transport, Wire wire)
    {
        await File.WriteAllBytesAsync(_file, Pattern.Of(200_000));
        await using WireServer server = await WireServer.StartAsync(transport, wire, async context =>
        {
            await context.Response.WriteAsync("before ");
            await context.Response.SendFileAsync(_file, 1_000, 150_000);
            await context.Response.WriteAsync(" after");
        });
        using HttpResponseMessage response = await server.SendAsync("GET", "/");
        byte[] body = await response.Content.ReadAsByteArrayAsync();
        Assert.Equal([.. "before "u8, .. Pattern.Of(200_000).AsSpan(1_000, 150_000), .. " after"u8], body);
    }

    /// <summary>Each size, with and without its length declared, one after the other on a connection.</summary>
    private static async Task AssertWholeAsync(
        TipiTransport transport, Wire wire, Func<HttpResponse, byte[], Task> write)
    {
        await using WireServer server = await WireServer.StartAsync(transport, wire, context =>
        {
            byte[] bytes = Pattern.Of(int.Parse(context.Request.Query["size"]!));
            if (context.Request.Path == "/declared") context.Response.ContentLength = bytes.Length;
            return write(context.Response, bytes);
        });
        foreach (int size in s_sizes)
            foreach (string path in new[] { "/declared", "/open" })
            {
                using HttpResponseMessage response = await server.SendAsync("GET", $"{path}?size={size}");
                if (path == "/declared") Assert.Equal(size, response.Content.Headers.ContentLength);
                byte[] body = await response.Content.ReadAsByteArrayAsync();
                Assert.Equal((200, size), ((int)response.StatusCode, body.Length));
                Assert.Equal(Pattern.HashOf(size), Pattern.HashOf(body));
            }
    }
}
