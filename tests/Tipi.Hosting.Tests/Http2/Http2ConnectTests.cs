using Microsoft.AspNetCore.Http.Features;
using Tipi.Hosting.Tests.Server;

namespace Tipi.Hosting.Tests.Http2;

/// <summary>Dialogues that open a tunnel (RFC 8441).</summary>
public sealed class Http2ConnectTests
{
    private const string Connect =
        ":method: CONNECT|:protocol: chat|:scheme: http|:path: /talk?a=b|:authority: localhost";

    [Theory, OnEachTransport]
    public async Task An_accepted_tunnel_carries_bytes_both_ways(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, EchoAsync);
        using Http2Client client = await Http2Client.ConnectAsync(server);
        await client.HeadersAsync(1, Connect, endStream: false);
        await client.HearsAsync("HEADERS 1 200");
        foreach (string word in (string[])["one", "two"])
        {
            await client.DataAsync(1, word);
            await client.HearsAsync($"DATA 1 chat /talk {word}");
        }

        Assert.Equal(405, (await client.AskAsync(3, Http2Client.Get)).Status); // others go on beside it
        await client.DataAsync(1, "", endStream: true);
        Http2Answer answer = await client.AnswerAsync(1);
        Assert.Null(answer.ResetCode);
        Assert.Null(answer["content-length"]);
    }

    /// <summary>A client that has seen the end opens the next one at once.</summary>
    [Theory, OnEachTransport]
    public async Task A_tunnel_that_has_ended_leaves_its_place_to_the_next(TipiTransport transport)
    {
        var gate = new TaskCompletionSource();
        await using TestServer server = await TestServer.StartAsync(
            transport,
            async context =>
            {
                context.Response.OnCompleted(() => gate.Task);
                await context.Features.GetRequiredFeature<IHttpExtendedConnectFeature>().AcceptAsync();
            },
            options => options.Limits.MaxConcurrentUpgradedConnections = 1);
        using Http2Client client = await Http2Client.ConnectAsync(server);
        for (int id = 1; id <= 5; id += 2)
        {
            await client.HeadersAsync(id, Connect, endStream: false);
            Assert.Equal(200, (await client.AnswerAsync(id)).Status);
        }

        gate.SetResult();
    }

    [Theory, OnEachTransport]
    public async Task A_tunnel_may_be_refused(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, context =>
        {
            context.Response.StatusCode = 403;
            return Task.CompletedTask;
        });
        using Http2Client client = await Http2Client.ConnectAsync(server);
        await client.HeadersAsync(1, Connect, endStream: false);

        Assert.Equal(403, (await client.AnswerAsync(1)).Status);
        await client.HearsAsync("RST_STREAM 1 NO_ERROR"); // nobody wants the rest of the request
        await client.ConnectionGoesOnAsync();
    }

    [Theory, OnEachTransport]
    public async Task A_plain_CONNECT_is_told_its_authority(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, context =>
        {
            bool isExtended = context.Features.Get<IHttpExtendedConnectFeature>()?.IsExtendedConnect == true;
            string target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
            context.Response.Headers["x-seen"] = $"{isExtended} {target}";
            context.Response.StatusCode = 403;
            return Task.CompletedTask;
        });
        using Http2Client client = await Http2Client.ConnectAsync(server);
        await client.HeadersAsync(1, ":method: CONNECT|:authority: a.b:443", endStream: false);

        Assert.Equal("False a.b:443", (await client.AnswerAsync(1))["x-seen"]);
    }

    [Theory, OnEachTransport]
    public async Task A_reset_ends_the_tunnel(TipiTransport transport)
    {
        var ended = new TaskCompletionSource();
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
        {
            try
            {
                await EchoAsync(context);
            }
            finally
            {
                ended.TrySetResult();
            }
        });
        using Http2Client client = await Http2Client.ConnectAsync(server);
        await client.HeadersAsync(1, Connect, endStream: false);
        await client.HearsAsync("HEADERS 1 200");
        await client.ResetAsync(1);

        await ended.Task.WaitAsync(TimeSpan.FromSeconds(60));
        await client.ConnectionGoesOnAsync();
    }

    private static async Task EchoAsync(HttpContext context)
    {
        IHttpExtendedConnectFeature feature = context.Features.Get<IHttpExtendedConnectFeature>()!;
        if (!feature.IsExtendedConnect)
        {
            context.Response.StatusCode = 405;
            return;
        }

        await using Stream tunnel = await feature.AcceptAsync();
        var buffer = new byte[100];
        for (int read; (read = await tunnel.ReadAsync(buffer)) > 0;)
        {
            string text = System.Text.Encoding.ASCII.GetString(buffer, 0, read);
            await tunnel.WriteAsync(
                System.Text.Encoding.ASCII.GetBytes($"{feature.Protocol} {context.Request.Path} {text}"));
            await tunnel.FlushAsync();
        }
    }
}
