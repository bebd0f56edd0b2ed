using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Tipi.Hosting.Tests.Server;

namespace Tipi.Hosting.Tests.Endpoints;

public sealed class ListenOptionsTests
{
    [Theory, OnEachTransport]
    public async Task Middleware_runs_in_the_order_of_its_addition_and_around_HTTP(TipiTransport transport)
    {
        var steps = new List<string>();
        var ended = new TaskCompletionSource();
        await using TestServer server = await TestServer.StartAsync(
            transport, context => context.Response.WriteAsync("hello"),
            options => options.Listen(IPAddress.Loopback, 0, endpoint => endpoint
                .Use(next => async connection =>
                {
                    steps.Add("first");
                    await next(connection);
                    steps.Add("after");
                    ended.SetResult();
                })
                .Use(next => connection =>
                {
                    steps.Add("second");
                    return next(connection);
                })));
        using RawClient client = await server.ConnectAsync(endpoint: 1);
        await client.SendAsync(
            "GET / HTTP/1.1\r\nHost: a\r\n\r\n" + "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        Assert.Equal("hello", (await client.ReadResponseAsync()).Body);
        Assert.Equal("hello", (await client.ReadResponseAsync()).Body);
        await ended.Task.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(["first", "second", "after"], steps);
    }

    [Theory, OnEachTransport]
    public async Task Middleware_may_end_the_connection_or_fail(TipiTransport transport)
    {
        var fails = false;
        await using TestServer server = await TestServer.StartAsync(
            transport, context => context.Response.WriteAsync("hello"),
            options => options.Listen(IPAddress.Loopback, 0, endpoint => endpoint
                .Use(next => connection => fails ? throw new InvalidOperationException("no") : Task.CompletedTask)));
        using RawClient ended = await server.ConnectAsync(endpoint: 1);
        Assert.True(await ended.IsEndedAsync());
        fails = true;
        using RawClient failed = await server.ConnectAsync(endpoint: 1);
        Assert.True(await failed.IsEndedAsync());
        Assert.Equal("hello", (await server.AskAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n")).Body);
    }

    /// <summary>As a middleware does that knows of a TLS which was ended in front, and of no protocol in it.</summary>
    [Theory, OnEachTransport]
    public async Task Middleware_may_say_that_a_connection_is_encrypted(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(
            transport, context => context.Response.WriteAsync(context.Request.Scheme),
            options => options.Listen(IPAddress.Loopback, 0, endpoint => endpoint.Use(next => connection =>
            {
                connection.Features.Set<ITlsConnectionFeature>(new TlsConnectionFeature());
                return next(connection);
            })));
        using RawClient client = await server.ConnectAsync(endpoint: 1);
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal("https", (await client.ReadResponseAsync()).Body);
    }

    [Theory, OnEachTransport]
    public async Task An_endpoint_has_limits_of_its_own_over_those_of_the_server(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(
            transport, context => context.Response.WriteAsync("hello"),
            options =>
            {
                options.Listen(IPAddress.Loopback, 0, endpoint => endpoint
                    .ConfigureLimits(limits => limits.MaxRequestHeaderCount = 2));
                options.Limits.MaxRequestLineSize = 40;
            });
        const string ThreeFields = "GET / HTTP/1.1\r\nHost: a\r\nA: 1\r\nB: 2\r\n\r\n";
        string longLine = $"GET /{new string('x', 60)} HTTP/1.1\r\nHost: a\r\n\r\n";
        Assert.Equal(200, (await server.AskAsync(ThreeFields)).Status);
        Assert.Equal(431, (await server.AskAsync(ThreeFields, endpoint: 1)).Status);
        Assert.Equal(414, (await server.AskAsync(longLine)).Status);
        Assert.Equal(414, (await server.AskAsync(longLine, endpoint: 1)).Status);
    }

    [Fact]
    public void Defaults_hold_for_endpoints_that_are_given_later()
    {
        var options = new TipiServerOptions();
        options.Listen(IPAddress.Loopback, 1);
        options.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = HttpProtocols.Http1);
        options.Listen(IPAddress.Loopback, 2);
        options.Listen(IPAddress.Loopback, 3, endpoint => endpoint.Protocols = HttpProtocols.Http2);
        Assert.Equal(
            [HttpProtocols.Http1AndHttp2, HttpProtocols.Http1, HttpProtocols.Http2],
            options.CodeEndpoints.Select(endpoint => endpoint.Protocols));
    }
}
