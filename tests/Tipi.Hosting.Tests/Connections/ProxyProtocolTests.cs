using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;
using Tipi.Tests.Cases;

namespace Tipi.Hosting.Tests.Connections;

public sealed class ProxyProtocolTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private const string GetAndClose = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    private const int Proxied = 1;

    /// <summary>The case to compare others with: what a connection shows without a header.</summary>
    private const string OwnAddresses = "127.0.0.1:* 127.0.0.1:*";

    [Theory, OnEachTransport]
    public async Task The_clients_addresses_are_seen_wherever_the_header_is_cut(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(transport);
        byte[] line = ProxyBytes.Line("PROXY TCP4 192.0.2.1 198.51.100.2 5000 443");
        byte[] block = ProxyBytes.WithChecksum(
            ProxyBytes.Relay("[2001:db8::1]:5000", "[2001:db8::2]:443", ProxyBytes.Tlv(1, 2)));
        IEnumerable<Task> all = new[] { line, block }.SelectMany(header =>
            Enumerable.Range(1, header.Length + 5).Select(async cut =>
            {
                byte[] whole = [.. header, .. Encoding.ASCII.GetBytes(Get + GetAndClose)];
                using RawClient client = await server.ConnectAsync(Proxied);
                await client.SendAsync(whole[..cut]);
                await Task.Delay(20);
                await client.SendAsync(whole[cut..]);
                string wanted = header == line
                    ? "192.0.2.1:5000 198.51.100.2:443"
                    : "[2001:db8::1]:5000 [2001:db8::2]:443";
                Assert.StartsWith(wanted, (await client.ReadResponseAsync()).Body, StringComparison.Ordinal);
                Assert.StartsWith(wanted, (await client.ReadResponseAsync()).Body, StringComparison.Ordinal);
                Assert.True(await client.IsEndedAsync());
            }));
        await Task.WhenAll(all);
    }

    [Theory, OnEachTransport]
    public async Task Every_header_is_accepted_or_refused_without_a_reset(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(transport);
        using var refusals = new RefusalCounter(server);
        await Task.WhenAll(ProxyCases.All.Select(async one =>
        {
            using RawClient client = await server.ConnectAsync(Proxied);
            await client.SendAsync([.. one.Bytes, .. Encoding.ASCII.GetBytes(GetAndClose)]);
            string answer = await client.ReadToEndAsync();
            Assert.True(
                one.IsAccepted == answer.StartsWith("HTTP/1.1 200 ", StringComparison.Ordinal), $"{one}: {answer}");
            if (!one.IsAccepted) Assert.Equal("", answer);
        }));
        int absent = ProxyCases.All.Count(one => one.Wanted == "Absent");
        Assert.Equal(absent, refusals.Count("proxy_header_missing"));
        Assert.Equal(
            ProxyCases.All.Count(one => !one.IsAccepted) - absent, refusals.Count("proxy_header_malformed"));
        Assert.All(
            server.Logs.Where(record => record.EventId == 11), record => Assert.Equal(LogLevel.Debug, record.Level));
        Assert.DoesNotContain(server.Logs, record => record.Level > LogLevel.Debug);
    }

    [Theory, OnEachTransport]
    public async Task A_proxy_that_speaks_for_itself_shows_its_own_address(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(transport);
        byte[][] headers =
        [
            ProxyBytes.Block(0x20, 0, []), ProxyBytes.Line("PROXY UNKNOWN"),
            ProxyBytes.Block(0x21, ProxyBytes.UnixStream, ProxyBytes.Paths("/a", "/b")),
        ];
        foreach (byte[] header in headers)
        {
            string seen = await AskAsync(server, header);
            Assert.StartsWith(OwnAddresses, WithoutPorts(seen), StringComparison.Ordinal);
            Assert.Contains("local=True", seen, StringComparison.Ordinal);
        }
    }

    [Theory, OnEachTransport]
    public async Task The_feature_tells_what_was_behind_the_addresses(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(transport);
        byte[] header = ProxyBytes.Relay("192.0.2.1:5000", "198.51.100.2:443", ProxyBytes.Tlv(0xEA, 1, 2));
        string seen = await AskAsync(server, header);
        Assert.EndsWith(
            " version=2 local=False proxy=127.0.0.1:* server=127.0.0.1:* tlvs=EA00020102", WithoutPorts(seen),
            StringComparison.Ordinal);
        Assert.EndsWith(" none", (await server.AskAsync(Get)).Body, StringComparison.Ordinal);
    }

    [Theory, OnEachTransport]
    public async Task From_elsewhere_it_is_refused_before_a_byte_is_read(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(
            transport, proxy => proxy.AllowedNetworks[0] = IPNetwork.Parse("192.0.2.0/24"));
        using var refusals = new RefusalCounter(server);
        for (int i = 0; i < 3; i++)
        {
            using RawClient client = await server.ConnectAsync(Proxied);
            await client.SendAsync([.. ProxyBytes.Line("PROXY UNKNOWN"), .. Encoding.ASCII.GetBytes(Get)]);
            Assert.Equal("", await client.ReadToEndAsync());
        }
        Assert.Equal(3, refusals.Count("proxy_not_allowed"));
        LogRecord warning = Assert.Single(server.Logs, record => record.Level == LogLevel.Warning);
        Assert.Contains("AllowedNetworks", warning.Text, StringComparison.Ordinal);
    }

    [Theory, OnEachTransport]
    public async Task Optional_lets_the_first_bytes_decide_for_those_who_may(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(
            transport, proxy => proxy.Mode = ProxyProtocolMode.Optional);
        Assert.StartsWith("192.0.2.1:5000 ", await AskAsync(
            server, ProxyBytes.Line("PROXY TCP4 192.0.2.1 198.51.100.2 5000 443")), StringComparison.Ordinal);
        string direct = (await server.AskAsync(Get, Proxied)).Body;
        Assert.Equal(OwnAddresses + " none", WithoutPorts(direct));
        Assert.Equal(200, (await server.AskAsync("\r\n" + Get, Proxied)).Status);
        Assert.Equal(200, (await server.AskAsync("PROXYING" + Get[3..], Proxied)).Status);
        using RawClient malformed = await server.ConnectAsync(Proxied);
        await malformed.SendAsync("PROXY TCP4\r\n" + Get);
        Assert.Equal("", await malformed.ReadToEndAsync());
    }

    [Theory, OnEachTransport]
    public async Task Optional_takes_no_header_from_others(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(transport, proxy =>
        {
            proxy.Mode = ProxyProtocolMode.Optional;
            proxy.AllowedNetworks[0] = IPNetwork.Parse("192.0.2.0/24");
        });
        Assert.Equal(200, (await server.AskAsync(Get, Proxied)).Status);
        Assert.Equal(400, (await server.AskAsync("PROXY UNKNOWN\r\n" + Get, Proxied)).Status);
    }

    [Theory, OnEachTransport]
    public async Task A_header_that_does_not_come_is_not_waited_for(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(
            transport, limits: limits => limits.RequestHeadersTimeout = TimeSpan.FromMilliseconds(1));
        using var refusals = new RefusalCounter(server);
        using RawClient slow = await server.ConnectAsync(Proxied);
        await slow.SendAsync("PROXY TCP4");
        Assert.Equal("", await slow.ReadToEndAsync());
        Assert.Equal(1, refusals.Count("proxy_header_timeout"));
    }

    [Theory, OnEachTransport]
    public async Task A_connection_without_a_byte_is_no_refusal_and_holds_up_no_stop(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(transport);
        using var refusals = new RefusalCounter(server);
        using (RawClient check = await server.ConnectAsync(Proxied)) check.EndSending();
        using RawClient idle = await server.ConnectAsync(Proxied);
        using RawClient cut = await server.ConnectAsync(Proxied);
        await cut.SendAsync("PROXY TC");
        cut.EndSending();
        Assert.Equal("", await cut.ReadToEndAsync());
        await server.StopAsync(TimeSpan.FromSeconds(30));
        Assert.True(await idle.IsEndedAsync());
        Assert.Equal(1, refusals.Total);
    }

    [Theory, OnEachTransport]
    public async Task Limits_for_an_address_hold_for_the_client_and_not_for_the_proxy(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(transport, limits: limits => limits.MaxConnectionsPerIP = 1);
        using RawClient first = await server.ConnectAsync(Proxied);
        await first.SendAsync("PROXY TCP4 192.0.2.1 198.51.100.2 1 443\r\n" + Get);
        Assert.Equal(200, (await first.ReadResponseAsync()).Status);
        using RawClient another = await server.ConnectAsync(Proxied);
        await another.SendAsync("PROXY TCP4 192.0.2.2 198.51.100.2 1 443\r\n" + Get);
        Assert.Equal(200, (await another.ReadResponseAsync()).Status);
        using RawClient same = await server.ConnectAsync(Proxied);
        await same.SendAsync("PROXY TCP4 192.0.2.1 198.51.100.2 2 443\r\n" + Get);
        Assert.Equal("", await EndAsync(same));
    }

    [Theory, OnEachTransport]
    public async Task Middleware_sees_the_client(TipiTransport transport)
    {
        EndPoint? seen = null;
        await using TestServer server = await TestServer.StartAsync(transport, EchoAsync, options =>
            options.Listen(IPAddress.Loopback, 0, endpoint => endpoint
                .UseProxyProtocol(proxy => proxy.AllowedNetworks.Add(IPNetwork.Parse("127.0.0.0/8")))
                .Use(next => connection =>
                {
                    seen = connection.RemoteEndPoint;
                    return next(connection);
                })));
        string body = await AskAsync(server, ProxyBytes.Line("PROXY TCP4 192.0.2.1 198.51.100.2 5000 443"));
        Assert.StartsWith("192.0.2.1:5000 ", body, StringComparison.Ordinal);
        Assert.Equal("192.0.2.1:5000", seen?.ToString());
    }

    [Theory, OnEachTransport]
    public async Task A_Unix_socket_is_allowed_as_a_whole(TipiTransport transport)
    {
        string path = Path.Combine(Path.GetTempPath(), $"tipi-{Guid.NewGuid():N}.sock");
        await using TestServer server = await TestServer.StartAsync(transport, EchoAsync, options =>
            options.ListenUnixSocket(
                path, endpoint => endpoint.UseProxyProtocol(proxy => proxy.AllowUnixSocket = true)));
        using RawClient client = await RawClient.ConnectAsync(new System.Net.Sockets.UnixDomainSocketEndPoint(path));
        await client.SendAsync("PROXY TCP4 192.0.2.1 198.51.100.2 5000 443\r\n" + Get);
        Assert.StartsWith(
            "192.0.2.1:5000 198.51.100.2:443 ", (await client.ReadResponseAsync()).Body, StringComparison.Ordinal);
    }

    [Theory, OnEachTransport]
    public async Task Options_that_can_not_work_fail_the_start(TipiTransport transport)
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(
            () => StartAsync(transport, proxy => proxy.AllowedNetworks.Clear()));
        Assert.Contains("AllowedNetworks", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => StartAsync(transport, proxy => proxy.MaxTlvSize = -1));
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => StartAsync(transport, proxy => proxy.Mode = (ProxyProtocolMode)7));
    }

    [Fact]
    public void IPv4_networks_hold_for_IPv4_clients_of_IPv6_sockets()
    {
        var options = new ProxyProtocolOptions();
        options.AllowedNetworks.Add(IPNetwork.Parse("10.0.0.0/8"));
        var gate = new Tipi.Hosting.Connections.ProxyProtocolGate(options);
        var local = IPEndPoint.Parse("[::]:80");
        Assert.True(gate.Allows(IPEndPoint.Parse("[::ffff:10.1.2.3]:1"), local));
        Assert.True(gate.Allows(IPEndPoint.Parse("10.1.2.3:1"), local));
        Assert.False(gate.Allows(IPEndPoint.Parse("[::ffff:11.1.2.3]:1"), local));
        Assert.False(gate.Allows(IPEndPoint.Parse("[::1]:1"), local));
        Assert.False(gate.Allows(null, local));
        Assert.False(gate.Allows(null, new UnixDomainSocketEndPoint("/run/a")));
    }

    [Fact]
    public void Whoever_has_no_known_address_is_no_unix_socket()
    {
        var gate = new Tipi.Hosting.Connections.ProxyProtocolGate(new ProxyProtocolOptions { AllowUnixSocket = true });
        Assert.True(gate.Allows(null, new UnixDomainSocketEndPoint("/run/a")));
        Assert.True(gate.Allows(new UnixDomainSocketEndPoint("/run/b"), null));
        Assert.False(gate.Allows(null, IPEndPoint.Parse("127.0.0.1:80")));
        Assert.False(gate.Allows(null, null));
    }

    [Theory, OnEachTransport]
    public async Task Middleware_is_not_woken_by_the_time_that_the_header_had(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, EchoAsync, options =>
            options.Listen(IPAddress.Loopback, 0, endpoint =>
            {
                endpoint.ConfigureLimits(limits => limits.RequestHeadersTimeout = TimeSpan.FromMilliseconds(100));
                endpoint.UseProxyProtocol(proxy => proxy.AllowedNetworks.Add(IPNetwork.Parse("127.0.0.0/8")));
                endpoint.Use(_ => async connection =>
                {
                    ReadResult read = await connection.Transport.Input.ReadAsync();
                    string seen = read.IsCanceled ? "woken" : "undisturbed";
                    connection.Transport.Input.AdvanceTo(read.Buffer.End);
                    await connection.Transport.Output.WriteAsync(Encoding.ASCII.GetBytes(seen));
                    await connection.Transport.Output.CompleteAsync();
                });
            }));
        using RawClient client = await server.ConnectAsync(Proxied);
        await client.SendAsync(ProxyBytes.Line("PROXY TCP4 192.0.2.1 198.51.100.2 5000 443"));
        await Task.Delay(2500);
        await client.SendAsync("x");
        Assert.Equal("undisturbed", await client.ReadToEndAsync());
    }

    private static Task<TestServer> StartAsync(
        TipiTransport transport, Action<ProxyProtocolOptions>? configure = null,
        Action<TipiServerLimits>? limits = null) =>
        TestServer.StartAsync(
            transport, EchoAsync, options => options.Listen(IPAddress.Loopback, 0, endpoint => endpoint
                .ConfigureLimits(limits ?? (_ => { }))
                .UseProxyProtocol(proxy =>
                {
                    proxy.AllowedNetworks.Add(IPNetwork.Parse("127.0.0.0/8"));
                    configure?.Invoke(proxy);
                })));

    private static async Task<string> AskAsync(TestServer server, byte[] header)
    {
        using RawClient client = await server.ConnectAsync(Proxied);
        await client.SendAsync([.. header, .. Encoding.ASCII.GetBytes(Get)]);
        return (await client.ReadResponseAsync()).Body;
    }

    /// <summary>What comes until the end, by a reset too: a connection that is one too many is aborted.</summary>
    private static async Task<string> EndAsync(RawClient client)
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

    private static string WithoutPorts(string text) =>
        System.Text.RegularExpressions.Regex.Replace(text, @"127\.0\.0\.1:\d+", "127.0.0.1:*");

    private static Task EchoAsync(HttpContext context)
    {
        ConnectionInfo connection = context.Connection;
        IPEndPoint? remote = EndPointOf(connection.RemoteIpAddress, connection.RemotePort);
        IPEndPoint? local = EndPointOf(connection.LocalIpAddress, connection.LocalPort);
        var feature = context.Features.Get<IProxyProtocolFeature>();
        string proxy = feature is null
            ? "none"
            : $"version={feature.Version} local={feature.IsLocal} proxy={feature.ProxyEndPoint} "
                + $"server={feature.ServerEndPoint} tlvs={Convert.ToHexString(feature.Tlvs.Span)}";
        return context.Response.WriteAsync($"{remote} {local} {proxy}");
    }

    private static IPEndPoint? EndPointOf(IPAddress? address, int port) =>
        address is null ? null : new IPEndPoint(address, port);
}
