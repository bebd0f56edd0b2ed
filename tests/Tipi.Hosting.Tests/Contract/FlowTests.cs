using System.Buffers;
using System.Text;

namespace Tipi.Hosting.Tests.Contract;

/// <summary>One side is faster than the other, or both talk at once.</summary>
public sealed class FlowTests
{
    private const int Piece = 64 * 1024;
    private const int Pieces = 800;
    private const long Whole = (long)Piece * Pieces;

    /// <summary>More than all buffers on the way hold together: the sockets', the windows, the client's own.</summary>
    private const long Held = Whole * 2 / 3;

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    [Theory, OnEachWire]
    public async Task An_application_waits_for_a_slow_client(TipiTransport transport, Wire wire)
    {
        long written = 0;
        await using WireServer server = await WireServer.StartAsync(transport, wire, async context =>
        {
            byte[] bytes = Pattern.Of(Piece);
            for (int i = 0; i < Pieces; i++)
            {
                await context.Response.Body.WriteAsync(bytes);
                Interlocked.Add(ref written, Piece);
            }
        });
        using HttpResponseMessage response = await server.SendAsync("GET", "/");
        Assert.InRange(await UntilStillAsync(() => Interlocked.Read(ref written)), 1, Held);
        await using Stream body = await response.Content.ReadAsStreamAsync();
        await AssertPatternAsync(body);
        Assert.Equal(Whole, Interlocked.Read(ref written));
    }

    [Theory, OnEachWire]
    public async Task A_client_waits_for_a_slow_application(TipiTransport transport, Wire wire)
    {
        var release = new TaskCompletionSource();
        long written = 0;
        await using WireServer server = await WireServer.StartAsync(
            transport, wire,
            async context =>
            {
                await release.Task;
                await AssertPatternAsync(context.Request.Body);
                await context.Response.WriteAsync("ok");
            },
            options => options.Limits.MaxRequestBodySize = null);
        Task<string> answer = server.TextAsync("POST", "/", new StreamedContent(async stream =>
        {
            byte[] bytes = Pattern.Of(Piece);
            for (int i = 0; i < Pieces; i++)
            {
                await stream.WriteAsync(bytes);
                Interlocked.Add(ref written, Piece);
            }
        }));
        Assert.InRange(await UntilStillAsync(() => Interlocked.Read(ref written)), 0, Held);
        release.SetResult();
        Assert.Equal("ok", await answer.WaitAsync(s_patience));
    }

    [Theory, OnEachWire(OnlyHttp2 = true)]
    public async Task Both_sides_talk_in_turns(TipiTransport transport, Wire wire)
    {
        await using WireServer server = await WireServer.StartAsync(transport, wire, EchoAsync);
        var channel = new TaskCompletionSource<Stream>();
        var done = new TaskCompletionSource();
        using HttpResponseMessage response = await server.SendAsync("POST", "/", new StreamedContent(async stream =>
        {
            await stream.FlushAsync(); // the client keeps the head back until then
            channel.SetResult(stream);
            await done.Task;
        }));
        Stream up = await channel.Task;
        await using Stream down = await response.Content.ReadAsStreamAsync();
        byte[] received = new byte[5];
        for (int i = 0; i < 20; i++)
        {
            byte[] sent = Pattern.Of(5 + i)[i..];
            await up.WriteAsync(sent);
            await up.FlushAsync();
            await down.ReadExactlyAsync(received).AsTask().WaitAsync(s_patience);
            Assert.Equal(sent, received);
        }
        done.SetResult();
        Assert.Equal(0, await down.ReadAsync(received).AsTask().WaitAsync(s_patience));
    }

    [Theory, OnEachWire(OnlyHttp2 = true)]
    public async Task Both_sides_talk_at_once(TipiTransport transport, Wire wire)
    {
        await using WireServer server = await WireServer.StartAsync(
            transport, wire, EchoAsync, options => options.Limits.MaxRequestBodySize = null);
        await Task.WhenAll(Enumerable.Range(0, 3).Select(async _ =>
        {
            using HttpResponseMessage response = await server.SendAsync("POST", "/", new StreamedContent(
                async stream =>
                {
                    byte[] bytes = Pattern.Of(Piece);
                    for (int i = 0; i < Pieces / 10; i++) await stream.WriteAsync(bytes);
                }));
            await using Stream body = await response.Content.ReadAsStreamAsync();
            await AssertPatternAsync(body, Pieces / 10);
        })).WaitAsync(s_patience);
    }

    [Theory, OnEachWire]
    public async Task Many_requests_at_once_get_their_own_answers(TipiTransport transport, Wire wire)
    {
        await using WireServer server = await WireServer.StartAsync(transport, wire, async context =>
        {
            string name = context.Request.Path.Value![1..];
            string body = await new StreamReader(context.Request.Body).ReadToEndAsync();
            if (name.Length % 2 == 0) await Task.Delay(5);
            context.Response.Headers["X-Name"] = name;
            await context.Response.WriteAsync($"{name} {body} ");
            await context.Response.Body.WriteAsync(Pattern.Of(int.Parse(name) * 100));
        });
        await Task.WhenAll(Enumerable.Range(0, 200).Select(async i =>
        {
            using HttpResponseMessage response = await server.SendAsync("POST", $"/{i}", new StringContent($"<{i}>"));
            Assert.Equal($"{i}", response.Headers.GetValues("X-Name").Single());
            byte[] expected = [.. Encoding.ASCII.GetBytes($"{i} <{i}> "), .. Pattern.Of(i * 100)];
            Assert.Equal(expected, await response.Content.ReadAsByteArrayAsync());
        })).WaitAsync(s_patience);
    }

    private static async Task EchoAsync(HttpContext context)
    {
        await context.Response.Body.FlushAsync();
        await context.Request.BodyReader.CopyToAsync(context.Response.BodyWriter);
    }

    /// <summary>The figure once it has not changed for a while.</summary>
    private static async Task<long> UntilStillAsync(Func<long> read)
    {
        long last = -1;
        for (int still = 0; still < 6;)
        {
            await Task.Delay(100);
            long now = read();
            still = now == last ? still + 1 : 0;
            last = now;
        }
        return last;
    }

    private static async Task AssertPatternAsync(Stream stream, int pieces = Pieces)
    {
        byte[] pattern = Pattern.Of(Piece);
        byte[] received = ArrayPool<byte>.Shared.Rent(Piece);
        for (int i = 0; i < pieces; i++)
        {
            await stream.ReadExactlyAsync(received.AsMemory(0, Piece));
            Assert.True(received.AsSpan(0, Piece).SequenceEqual(pattern), $"piece {i}");
        }
        Assert.Equal(0, await stream.ReadAsync(received));
        ArrayPool<byte>.Shared.Return(received);
    }
}
