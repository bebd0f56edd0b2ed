using System.Net;

namespace Tipi.Hosting.Tests.Diagnostics;

public sealed class KestrelMetricsTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private const string Duration = "kestrel.connection.duration";

    [Theory, OnEachTransport]
    public async Task A_connection_is_measured_with_kestrels_names_and_tags(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, _ => Task.CompletedTask);
        using var meters = new MeterRecorder(server);
        using RawClient client = await server.ConnectAsync();
        await client.SendAsync(Get);
        await client.ReadResponseAsync();
        string endpoint =
            $"server.address=127.0.0.1 server.port={server.Port} network.type=ipv4 network.transport=tcp";
        Assert.Equal([new Measured("kestrel.active_connections", 1, endpoint)],
            await meters.WaitAsync("kestrel.active_connections"));
        Assert.Equal(
            [new Measured("kestrel.queued_connections", 1, endpoint),
                new Measured("kestrel.queued_connections", -1, endpoint)],
            await meters.WaitAsync("kestrel.queued_connections", 2));
        client.Dispose();
        Measured duration = Assert.Single(await meters.WaitAsync(Duration));
        Assert.Equal($"{endpoint} network.protocol.name=http network.protocol.version=1.1", duration.Tags);
        Assert.InRange(duration.Value, 0, 60);
        Assert.Equal(-1, (await meters.WaitAsync("kestrel.active_connections", 2))[1].Value);
    }

    public static TheoryData<string, string?, TipiTransport> Ends()
    {
        (string Request, string? Error)[] ends =
        [
            ("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", null),
            ("GET /close HTTP/1.1\r\nHost: a\r\n\r\n", null),
            ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", "keep_alive_timeout"),
            ("GET / HTTP/1.1\r\nHos", "request_headers_timeout"),
            ("GET  / HTTP/1.1\r\nHost: a\r\n\r\n", "invalid_request_line"),
            ("GET / HTTP/3.1\r\nHost: a\r\n\r\n", "invalid_http_version"),
            ("GET / HTTP/1.1\r\n\r\n", "invalid_request_headers"),
            ($"GET / HTTP/1.1\r\nHost: a\r\nA: {new string('x', 40_000)}\r\n\r\n",
                "max_request_headers_total_size_exceeded"),
            ($"GET / HTTP/1.1\r\nHost: a\r\n{string.Concat(Enumerable.Repeat("A: b\r\n", 200))}\r\n",
                "max_request_header_count_exceeded"),
            ("POST /read HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n", "max_request_body_size_exceeded"),
            ("POST /read HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n", "min_request_body_data_rate"),
            ("GET /abort HTTP/1.1\r\nHost: a\r\n\r\n", "aborted_by_app"),
            ("GET /short HTTP/1.1\r\nHost: a\r\n\r\n", "response_content_length_mismatch"),
            ("GET /fail HTTP/1.1\r\nHost: a\r\n\r\n", "error_after_starting_response"),
        ];
        var data = new TheoryData<string, string?, TipiTransport>();
        foreach (var (request, error) in ends)
        {
            data.Add(request, error, TipiTransport.Sockets);
            if (Tipi.Transport.Uring.RingSupport.Probe().IsAvailable) data.Add(request, error, TipiTransport.Uring);
        }
        return data;
    }

    [Theory, OnEachTransport]
    public async Task A_connection_that_the_PROXY_protocol_refuses_ends_for_that_reason(TipiTransport transport)
    {
        (string Network, string Sent, string? Error)[] cases =
        [
            ("127.0.0.0/8", Get, "proxy_header_missing"),
            ("127.0.0.0/8", "PROXY x\r\n", "proxy_header_malformed"),
            ("127.0.0.0/8", "PROXY TC", "proxy_header_timeout"),
            ("10.0.0.0/8", Get, "proxy_not_allowed"),
            ("127.0.0.0/8", "", null),
        ];
        foreach (var (network, sent, error) in cases)
        {
            await using TestServer server = await TestServer.StartAsync(transport, ApplicationAsync, options =>
                options.Listen(IPAddress.Loopback, 0, endpoint =>
                {
                    endpoint.ConfigureLimits(limits => limits.RequestHeadersTimeout = TimeSpan.FromSeconds(1));
                    endpoint.UseProxyProtocol(proxy => proxy.AllowedNetworks.Add(IPNetwork.Parse(network)));
                }));
            using var meters = new MeterRecorder(server);
            using RawClient client = await server.ConnectAsync(endpoint: 1);
            if (sent.Length == 0) client.EndSending();
            else await client.SendAsync(sent);
            await client.ReadToEndAsync();
            client.Dispose();
            Measured duration = Assert.Single(await meters.WaitAsync(Duration));
            string expected = error is null ? "network.protocol.version=1.1" : $"error.type={error}";
            Assert.EndsWith(expected, duration.Tags, StringComparison.Ordinal);
            if (error is null) continue;
            Assert.Equal($"reason={error}", Assert.Single(await meters.WaitAsync("tipi.refused_connections")).Tags);
        }
    }

    [Theory, MemberData(nameof(Ends))]
    public async Task The_end_of_a_connection_has_kestrels_error_type(
        string request, string? error, TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, ApplicationAsync, options =>
        {
            // Each where it is waited for: a busy machine may be late elsewhere.
            if (error == "keep_alive_timeout") options.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(1);
            if (error == "request_headers_timeout") options.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(1);
            if (error == "min_request_body_data_rate")
                options.Limits.MinRequestBodyDataRate = new(100, TimeSpan.FromSeconds(1.1));
        });
        using var meters = new MeterRecorder(server);
        using RawClient client = await server.ConnectAsync();
        await client.SendAsync(request);
        try
        {
            await client.ReadToEndAsync();
        }
        catch (System.Net.Sockets.SocketException)
        {
            // An aborted connection ends with a reset.
        }
        client.Dispose();
        string tags = Assert.Single(await meters.WaitAsync(Duration)).Tags;
        string? got = tags.Split(' ').FirstOrDefault(tag => tag.StartsWith("error.type=", StringComparison.Ordinal));
        Assert.Equal(error, got?["error.type=".Length..]);
    }

    [Theory, OnEachTransport]
    public async Task Rejected_connections_are_counted(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(
            transport,
            _ => Task.CompletedTask,
            options => options.Limits.MaxConcurrentConnections = 1);
        using var meters = new MeterRecorder(server);
        using RawClient first = await server.ConnectAsync();
        await first.SendAsync(Get);
        await first.ReadResponseAsync();
        await ConnectInVainAsync(server);
        Assert.Equal(1, Assert.Single(await meters.WaitAsync("kestrel.rejected_connections")).Value);
    }

    [Fact]
    public async Task Unix_sockets_and_IPv6_have_their_tags()
    {
        string path = Path.Combine(Path.GetTempPath(), $"tipi-{Guid.NewGuid():N}.sock");
        await using TestServer server = await TestServer.StartAsync(
            TipiTransport.Sockets, _ => Task.CompletedTask, options =>
            {
                options.Listen(IPAddress.IPv6Loopback, 0);
                options.ListenUnixSocket(path);
            });
        using var meters = new MeterRecorder(server);
        using RawClient v6 = await RawClient.ConnectAsync(new IPEndPoint(IPAddress.IPv6Loopback, server.Ports[1]));
        await meters.WaitAsync("kestrel.active_connections");
        using RawClient unix = await RawClient.ConnectAsync(new System.Net.Sockets.UnixDomainSocketEndPoint(path));
        Measured[] active = await meters.WaitAsync("kestrel.active_connections", 2);
        Assert.Equal(
            $"server.address=::1 server.port={server.Ports[1]} network.type=ipv6 network.transport=tcp",
            active[0].Tags);
        Assert.Equal($"server.address={path} network.transport=unix", active[1].Tags);
    }

    [Fact]
    public async Task They_can_be_left_out()
    {
        await using TestServer server = await TestServer.StartAsync(
            TipiTransport.Sockets, _ => Task.CompletedTask, options => options.EmitKestrelMetrics = false);
        using var meters = new MeterRecorder(server);
        await server.AskAsync(Get);
        Assert.DoesNotContain(meters.Instruments, one => one.Name.StartsWith("kestrel.", StringComparison.Ordinal));
        Assert.Contains(meters.Instruments, one => one.Name == "tipi.active_connections");
    }

    private static async Task ConnectInVainAsync(TestServer server)
    {
        try
        {
            (await server.ConnectAsync()).Dispose();
        }
        catch (System.Net.Sockets.SocketException)
        {
            // The reset may come before the connection is seen to stand.
        }
    }

    private static async Task ApplicationAsync(HttpContext context)
    {
        switch (context.Request.Path.Value)
        {
            case "/close": context.Response.Headers.Connection = "close"; break;
            case "/read": await context.Request.Body.CopyToAsync(Stream.Null); break;
            case "/abort": context.Abort(); break;
            case "/short":
                context.Response.ContentLength = 9;
                await context.Response.WriteAsync("12");
                break;
            case "/fail":
                await context.Response.WriteAsync("12");
                await context.Response.Body.FlushAsync();
                throw new InvalidOperationException("on purpose");
        }
    }
}
