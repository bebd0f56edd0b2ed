using System.Net;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Tipi.Hosting.Tests.Exchange;

public sealed class RequestFeaturesTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    [Theory]
    [InlineData("GET /a%20b/%C3%A9?q=%20x HTTP/1.1", "GET", "/a b/é", "?q=%20x", "/a%20b/%C3%A9?q=%20x")]
    [InlineData("GET /a/../b HTTP/1.1", "GET", "/b", "", "/a/../b")]
    [InlineData("GET /a%2Fb HTTP/1.1", "GET", "/a%2Fb", "", "/a%2Fb")]
    [InlineData("GET http://a/x?y HTTP/1.1", "GET", "/x", "?y", "http://a/x?y")]
    [InlineData("GET http://a HTTP/1.1", "GET", "/", "", "http://a")]
    [InlineData("OPTIONS * HTTP/1.1", "OPTIONS", "", "", "*")]
    [InlineData("BREW / HTTP/1.1", "BREW", "/", "", "/")]
    public async Task A_request_line_becomes_what_kestrel_makes_of_it(
        string line, string method, string path, string query, string target)
    {
        var seen = new TaskCompletionSource<(string, string, string, string, string)>();
        await using TestServer server = await TestServer.StartAsync(TipiTransport.Sockets, context =>
        {
            var request = context.Features.Get<IHttpRequestFeature>()!;
            seen.SetResult((request.Method, request.Path, request.QueryString, request.RawTarget, request.Protocol));
            return Task.CompletedTask;
        });
        await server.AskAsync(line + "\r\nHost: a\r\n\r\n");
        Assert.Equal((method, path, query, target, "HTTP/1.1"), await seen.Task);
    }

    [Theory, OnEachTransport]
    public async Task Connection_and_request_have_names_and_addresses(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, context =>
        {
            ConnectionInfo info = context.Connection;
            string text = $"{info.Id} {context.TraceIdentifier} {info.RemoteIpAddress} {info.LocalPort}";
            info.RemoteIpAddress = IPAddress.Parse("9.9.9.9");
            return context.Response.WriteAsync(text + " " + info.RemoteIpAddress);
        });
        using RawClient client = await server.ConnectAsync();
        for (int i = 1; i <= 2; i++)
        {
            await client.SendAsync(Get);
            string[] parts = (await client.ReadResponseAsync()).Body.Split(' ');
            Assert.Equal([parts[0], $"{parts[0]}:{i:X8}", "127.0.0.1", $"{server.Port}", "9.9.9.9"], parts);
        }
    }

    [Theory, OnEachTransport]
    public async Task State_lasts_for_the_connection_and_features_for_the_request(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, context =>
        {
            var state = context.Features.Get<IPersistentStateFeature>()!.State;
            int count = state.TryGetValue("count", out object? value) ? (int)value! + 1 : 1;
            state["count"] = count;
            bool hadItem = context.Items.ContainsKey("x") || context.Features.Get<string>() is not null;
            context.Items["x"] = 1;
            context.Features.Set("mine");
            context.Features.Set<IHttpUpgradeFeature>(null);
            return context.Response.WriteAsync($"{count} {hadItem}");
        });
        for (int connection = 0; connection < 2; connection++)
        {
            using RawClient client = await server.ConnectAsync();
            for (int i = 1; i <= 3; i++)
            {
                await client.SendAsync(Get);
                Assert.Equal($"{i} False", (await client.ReadResponseAsync()).Body);
            }
        }
    }

    [Theory, OnEachTransport]
    public async Task A_removed_feature_is_back_in_the_next_request_asked_for_before_or_not(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, context =>
        {
            bool isThere = true;
            if (context.Request.Path != "/remove") isThere = context.Features.Get<IHttpUpgradeFeature>() is not null;
            if (context.Request.Path != "/ask") context.Features.Set<IHttpUpgradeFeature>(null);
            return context.Response.WriteAsync($"{isThere}");
        });
        using RawClient client = await server.ConnectAsync();
        foreach (string path in (string[])["remove", "ask-and-remove", "ask", "remove", "remove", "ask"])
        {
            await client.SendAsync($"GET /{path} HTTP/1.1\r\nHost: a\r\n\r\n");
            Assert.Equal("True", (await client.ReadResponseAsync()).Body);
        }
    }

    [Theory, OnEachTransport]
    public async Task What_this_version_does_not_have_says_so(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
        {
            var connect = context.Features.Get<IHttpExtendedConnectFeature>()!;
            await Assert.ThrowsAsync<InvalidOperationException>(async () => await connect.AcceptAsync());
#pragma warning disable CA2252 // A preview of the framework
            var transport = context.Features.Get<IHttpWebTransportFeature>()!;
            await Assert.ThrowsAsync<NotSupportedException>(async () => await transport.AcceptAsync(default));
            bool isNeither = !connect.IsExtendedConnect && connect.Protocol is null && !transport.IsWebTransportRequest;
#pragma warning restore CA2252
            bool hasReset = context.Features.Get<IHttpResetFeature>() is not null;
            await context.Response.WriteAsync($"{isNeither} {hasReset}");
        });
        Assert.Equal("True False", (await server.AskAsync(Get)).Body);
    }

    [Theory, OnEachTransport]
    public async Task Routing_sees_its_own_request_only(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAppAsync(transport, app =>
        {
            app.UseRouting();
            app.MapGet("/r/{id}", (HttpContext context) => context.Response.WriteAsync(
                $"{context.GetRouteValue("id")} {context.GetEndpoint() is not null}"));
            app.Run(context => context.Response.WriteAsync(
                $"{context.GetRouteValue("id")} {context.GetEndpoint() is not null}"));
        });
        using RawClient client = await server.ConnectAsync();
        await client.SendAsync("GET /r/7 HTTP/1.1\r\nHost: a\r\n\r\nGET /other HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal("7 True", (await client.ReadResponseAsync()).Body);
        Assert.Equal(" False", (await client.ReadResponseAsync()).Body);
    }

    [Theory, OnEachTransport]
    public async Task The_host_reuses_its_context(TipiTransport transport)
    {
        var contexts = new HashSet<HttpContext>(ReferenceEqualityComparer.Instance);
        var threads = new HashSet<int>();
        await using TestServer server = await TestServer.StartAsync(transport, context =>
        {
            lock (contexts)
            {
                contexts.Add(context);
                threads.Add(Environment.CurrentManagedThreadId);
            }
            return Task.CompletedTask;
        });
        using RawClient client = await server.ConnectAsync();
        for (int i = 0; i < 50; i++)
        {
            await client.SendAsync(Get);
            await client.ReadResponseAsync();
        }
        // One for each thread the requests came to, at most.
        Assert.InRange(contexts.Count, 1, Math.Max(10, threads.Count));
    }
}
