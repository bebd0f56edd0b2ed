using System.IO.Pipelines;
using System.Net;
using System.Threading.Channels;

namespace Tipi.Stack.Tests.Proxy;

/// <summary>A proxy written with HttpClient: bodies stream both ways, fields and trailers pass.</summary>
public sealed class ProxyTests
{
    private static readonly int[] s_lengths = [1, 5, 4096, 100_000, 3, 1_000_000];

    // On HTTP/1.1 HttpClient reads an answer only after it has sent the body, so that one follows the other.
    [Theory, OnEachServer]
    public async Task An_upload_streams_while_it_is_received(StackServer server)
    {
        var seen = Channel.CreateUnbounded<byte[]>();
        await using ProxiedHost hosts = await ProxiedHost.StartAsync(server, app => app.MapPost("/", async context =>
        {
            foreach (int length in s_lengths)
            {
                byte[] piece = new byte[length];
                await context.Request.Body.ReadExactlyAsync(piece);
                seen.Writer.TryWrite(piece);
            }
            await context.Response.WriteAsync($"{await context.Request.Body.ReadAsync(new byte[1])} more");
        }));
        var upload = new Pipe();
        using var content = new StreamedContent(upload.Reader.AsStream());
        Task<HttpResponseMessage> post = hosts.Front.Client.PostAsync(hosts.Front.Address, content);
        using var limit = new CancellationTokenSource(Eventually.Patience);

        // The next piece is sent only when the origin has the one before it.
        foreach (int length in s_lengths)
        {
            byte[] piece = Piece(length);
            await Task.WhenAll(
                upload.Writer.WriteAsync(piece, limit.Token).AsTask(),
                seen.Reader.WaitToReadAsync(limit.Token).AsTask());
            byte[] received = await seen.Reader.ReadAsync(limit.Token);
            Assert.True(piece.AsSpan().SequenceEqual(received), $"{length} bytes");
        }
        await upload.Writer.CompleteAsync();
        using HttpResponseMessage answer = await post;

        Assert.Equal("0 more", await answer.Content.ReadAsStringAsync());
    }

    [Theory, OnEachServer]
    public async Task A_download_streams_while_it_is_made(StackServer server)
    {
        using var made = new SemaphoreSlim(0);
        await using ProxiedHost hosts = await ProxiedHost.StartAsync(server, app => app.MapGet("/", async context =>
        {
            foreach (int length in s_lengths)
            {
                await made.WaitAsync(context.RequestAborted);
                await context.Response.Body.WriteAsync(Piece(length));
            }
        }));
        made.Release();
        using HttpResponseMessage answer = await hosts.Front.Client.GetAsync(
            hosts.Front.Address, HttpCompletionOption.ResponseHeadersRead);
        await using Stream download = await answer.Content.ReadAsStreamAsync();
        using var limit = new CancellationTokenSource(Eventually.Patience);

        // The next piece is made only when the one before it is here.
        foreach (int length in s_lengths)
        {
            byte[] piece = new byte[length];
            await download.ReadExactlyAsync(piece, limit.Token);
            Assert.True(Piece(length).AsSpan().SequenceEqual(piece), $"{length} bytes");
            made.Release();
        }

        Assert.Equal(0, await download.ReadAsync(new byte[1], limit.Token));
    }

    [Theory, OnEachServer]
    public async Task Status_fields_and_length_pass_both_ways(StackServer server)
    {
        await using ProxiedHost hosts = await ProxiedHost.StartAsync(server, app =>
        {
            app.MapMethods("/fields", ["GET", "HEAD"], (HttpContext context) =>
            {
                context.Response.Headers.Append("Set-Cookie", "a=1");
                context.Response.Headers.Append("Set-Cookie", "b=2");
                context.Response.Headers.ETag = "\"7\"";
                return $"{context.Request.Headers["X-Many"]} {context.Request.QueryString}";
            });
            app.MapGet("/fresh", () => TypedResults.StatusCode(304));
            app.MapDelete("/", () => TypedResults.NoContent());
        });
        using HttpRequestMessage get = Request(HttpMethod.Get, "fields?q=%20a%2F");
        using HttpRequestMessage head = Request(HttpMethod.Head, "fields?q=%20a%2F");

        using HttpResponseMessage whole = await hosts.Front.Client.SendAsync(get);
        using HttpResponseMessage bare = await hosts.Front.Client.SendAsync(head);
        using HttpResponseMessage fresh = await hosts.Front.Client.GetAsync(new Uri("fresh", UriKind.Relative));
        using HttpResponseMessage gone = await hosts.Front.Client.DeleteAsync(new Uri("", UriKind.Relative));

        // HttpClient joins the values so.
        Assert.Equal("one, two ?q=%20a%2F", await whole.Content.ReadAsStringAsync());
        foreach (HttpResponseMessage answer in new[] { whole, bare })
        {
            Assert.Equal(["a=1", "b=2"], answer.Headers.GetValues("Set-Cookie"));
            Assert.Equal("\"7\"", $"{answer.Headers.ETag}");
        }
        Assert.Equal(19, whole.Content.Headers.ContentLength);
        Assert.Equal((HttpStatusCode.NotModified, HttpStatusCode.NoContent), (fresh.StatusCode, gone.StatusCode));
    }

    // Kestrel sends no trailers on HTTP/1.1.
    [Theory, OnEachServer(TipiOnly = true)]
    public async Task Trailers_of_the_answer_pass(StackServer server)
    {
        await using ProxiedHost hosts = await ProxiedHost.StartAsync(server, app => app.MapGet("/sum", async context =>
        {
            await context.Response.StartAsync();
            await context.Response.WriteAsync("many bytes");
            context.Response.AppendTrailer("X-Sum", "42");
        }));

        using HttpResponseMessage answer = await hosts.Front.Client.GetAsync(new Uri("sum", UriKind.Relative));

        Assert.Equal("many bytes", await answer.Content.ReadAsStringAsync());
        Assert.Equal(["42"], answer.TrailingHeaders.GetValues("X-Sum"));
    }

    // HttpClient sends no trailers, so that they end at the proxy, which has them when it has read the body.
    [Theory, OnEachServer]
    public async Task Trailers_of_a_request_are_there_when_its_body_has_been_passed_on(StackServer server)
    {
        await using StackHost origin = await StackHost.StartAsync(server, app => app.MapPost("/echo", EchoAsync));
        using var proxy = new StreamingProxy(origin.Address);
        var trailer = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using StackHost front = await StackHost.StartAsync(server, app => app.Run(async context =>
        {
            await proxy.ForwardAsync(context);
            trailer.SetResult($"{context.Request.GetTrailer("X-Sum")}");
        }));
        using RawClient client = await front.ConnectAsync();

        await client.SendAsync("POST /echo HTTP/1.1\r\nHost: tipi\r\nTransfer-Encoding: chunked\r\n\r\n");
        await client.SendAsync("4\r\ntent\r\n0\r\nX-Sum: 42\r\n\r\n");
        RawResponse answer = await client.ReadResponseAsync();

        Assert.Equal((200, "tent"), (answer.Status, answer.Body));
        Assert.Equal("42", await trailer.Task.WaitAsync(Eventually.Patience));
    }

    [Theory, OnEachServer]
    public async Task The_client_is_asked_for_its_body_when_the_origin_asks(StackServer server)
    {
        var asking = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using ProxiedHost hosts = await ProxiedHost.StartAsync(server, app => app.MapPost("/", async context =>
        {
            reached.SetResult();
            await asking.Task;
            await EchoAsync(context);
        }));
        using RawClient client = await hosts.Front.ConnectAsync();
        await client.SendAsync("POST / HTTP/1.1\r\nHost: tipi\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
        await reached.Task.WaitAsync(Eventually.Patience);
        await Task.Delay(100);
        int early = client.Socket.Available;

        asking.SetResult();
        string interim = await client.ReadHeadAsync();
        await client.SendAsync("tent");
        RawResponse answer = await client.ReadResponseAsync();

        Assert.Equal(0, early);
        Assert.StartsWith("HTTP/1.1 100 ", interim, StringComparison.Ordinal);
        Assert.Equal((200, "tent"), (answer.Status, answer.Body));
    }

    [Theory, OnEachServer]
    public async Task A_body_that_the_origin_refuses_is_not_asked_for(StackServer server)
    {
        await using ProxiedHost hosts = await ProxiedHost.StartAsync(
            server, app => app.MapPost("/", () => TypedResults.StatusCode(413)));
        using RawClient client = await hosts.Front.ConnectAsync();

        // HttpClient sends up to 1,024 bytes in spite of the refusal, to keep its connection.
        await client.SendAsync("POST / HTTP/1.1\r\nHost: tipi\r\nContent-Length: 4000\r\nExpect: 100-continue\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 413 ", await client.ReadHeadAsync(), StringComparison.Ordinal);
    }

    private static HttpRequestMessage Request(HttpMethod method, string path)
    {
        var request = new HttpRequestMessage(method, path);
        request.Headers.Add("X-Many", ["one", "two"]);
        return request;
    }

    private static byte[] Piece(int length)
    {
        byte[] piece = new byte[length];
        new Random(length).NextBytes(piece);
        return piece;
    }

    private static async Task EchoAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        await context.Response.WriteAsync(await reader.ReadToEndAsync());
    }
}
