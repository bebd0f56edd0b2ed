using System.Diagnostics;
using System.Net;
using Tipi.Stack.Tests.Files;

namespace Tipi.Stack.Tests.Proxy;

/// <summary>Through a proxy, who is slow slows the other end, and who goes takes the other end with him.</summary>
public sealed class ProxyFlowTests
{
    private const long Length = 400L * 1024 * 1024;

    // What four sockets' buffers can take, which grow as the kernel likes; far from the whole.
    private const long Most = 64L * 1024 * 1024;

    [Theory, OnEachServer]
    public async Task A_client_that_does_not_read_stops_the_origin(StackServer server)
    {
        long written = 0;
        await using ProxiedHost hosts = await ProxiedHost.StartAsync(server, app => app.MapGet("/", async context =>
        {
            byte[] block = new byte[64 * 1024];
            while (Interlocked.Read(ref written) < Length)
            {
                await context.Response.Body.WriteAsync(block, context.RequestAborted);
                Interlocked.Add(ref written, block.Length);
            }
        }));
        using HttpResponseMessage answer = await hosts.Front.Client.GetAsync(
            hosts.Front.Address, HttpCompletionOption.ResponseHeadersRead);
        await using Stream download = await answer.Content.ReadAsStreamAsync();

        long held = await SettledAsync(() => Interlocked.Read(ref written));
        using var limit = new CancellationTokenSource(Eventually.Patience);
        await download.ReadExactlyAsync(new byte[held / 2], limit.Token);

        Assert.InRange(held, 1, Most);
        await Eventually.TrueAsync(() => Interlocked.Read(ref written) > held, () => "The origin did not go on.");
    }

    [Theory, OnEachServer]
    public async Task An_origin_that_does_not_read_stops_the_client(StackServer server)
    {
        var reading = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        long sent = 0;
        await using ProxiedHost hosts = await ProxiedHost.StartAsync(server, app => app.MapPost("/", async context =>
        {
            await reading.Task;
            await context.Request.Body.ReadExactlyAsync(new byte[Most / 4]);
            context.Abort();
        }).WithMetadata(new SizeLimit(null)));
        using var content = new PatternContent(Length, count => Interlocked.Exchange(ref sent, count));
        Task<HttpResponseMessage> post = hosts.Front.Client.PostAsync(hosts.Front.Address, content);

        long held = await SettledAsync(() => Interlocked.Read(ref sent));
        reading.SetResult();

        Assert.InRange(held, 1, Most);
        await Eventually.TrueAsync(() => Interlocked.Read(ref sent) > held, () => "The client did not go on.");
        await EndAsync(post);
    }

    [Theory, OnEachServer]
    public async Task A_client_that_goes_cancels_the_request_to_the_origin(StackServer server)
    {
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using ProxiedHost hosts = await ProxiedHost.StartAsync(server, app => app.MapGet("/", async context =>
        {
            context.RequestAborted.Register(told.SetResult);
            await context.Response.WriteAsync("first");
            await told.Task;
        }));
        using (RawClient client = await hosts.Front.ConnectAsync())
        {
            await client.SendAsync("GET / HTTP/1.1\r\nHost: tipi\r\n\r\n");
            await client.ReadHeadAsync();
        }

        await told.Task.WaitAsync(Eventually.Patience);
    }

    [Theory, OnEachServer]
    public async Task A_client_that_goes_in_its_upload_ends_the_origins_body(StackServer server)
    {
        var ended = new TaskCompletionSource<Exception>(TaskCreationOptions.RunContinuationsAsynchronously);
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using ProxiedHost hosts = await ProxiedHost.StartAsync(server, app => app.MapPost("/", async context =>
        {
            try
            {
                await context.Request.Body.ReadExactlyAsync(new byte[4]);
                begun.SetResult();
                await context.Request.Body.ReadExactlyAsync(new byte[4]);
            }
            catch (Exception error)
            {
                ended.SetResult(error);
            }
        }));
        using (RawClient client = await hosts.Front.ConnectAsync())
        {
            await client.SendAsync("POST / HTTP/1.1\r\nHost: tipi\r\nContent-Length: 100\r\n\r\ntent");
            await begun.Task.WaitAsync(Eventually.Patience);
        }

        // Not the end of the stream, which would pass half a body for a whole one.
        Exception seen = await ended.Task.WaitAsync(Eventually.Patience);
        Assert.True(seen is BadHttpRequestException or Microsoft.AspNetCore.Connections.ConnectionResetException
            or OperationCanceledException, $"{seen}");
    }

    [Theory, OnEachServer]
    public async Task An_origin_that_fails_in_the_middle_is_not_a_proper_end(StackServer server)
    {
        var received = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using ProxiedHost hosts = await ProxiedHost.StartAsync(server, app => app.MapGet("/", async context =>
        {
            await context.Response.WriteAsync("first");
            await received.Task;
            context.Abort();
        }));
        using RawClient client = await hosts.Front.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nHost: tipi\r\n\r\n");
        await client.ReadHeadAsync();
        string first = await client.ReadExactlyAsync("5\r\nfirst\r\n".Length);
        received.SetResult();

        Assert.Equal("5\r\nfirst\r\n", first);
        Assert.Equal("", await RestAsync(client));
    }

    [Theory, OnEachServer]
    public async Task An_origin_that_answers_nothing_is_a_bad_gateway(StackServer server)
    {
        await using ProxiedHost hosts = await ProxiedHost.StartAsync(
            server, app => app.Run(context =>
            {
                context.Abort();
                return Task.CompletedTask;
            }));

        using HttpResponseMessage answer = await hosts.Front.Client.GetAsync(hosts.Front.Address);

        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
    }

    // A bad gateway or a reset, as far as the client had come.
    private static async Task EndAsync(Task<HttpResponseMessage> post)
    {
        try
        {
            using HttpResponseMessage answer = await post;
            Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        }
        catch (HttpRequestException)
        {
            // The connection ended before an answer.
        }
    }

    // A reset is an end as well, and no proper one.
    private static async Task<string> RestAsync(RawClient client)
    {
        try
        {
            return await client.ReadToEndAsync();
        }
        catch (System.Net.Sockets.SocketException)
        {
            return "";
        }
    }

    private static async Task<long> SettledAsync(Func<long> count)
    {
        var total = Stopwatch.StartNew();
        var still = Stopwatch.StartNew();
        long last = 0;
        while (still.ElapsedMilliseconds < 500 || last == 0)
        {
            Assert.True(total.Elapsed < Eventually.Patience, $"{last} bytes, and no end");
            await Task.Delay(20);
            if (count() is var now && now == last) continue;
            last = now;
            still.Restart();
        }
        return last;
    }
}
