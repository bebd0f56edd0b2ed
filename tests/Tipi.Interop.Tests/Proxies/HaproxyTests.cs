using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Tipi.Hosting;

namespace Tipi.Interop.Tests.Proxies;

/// <summary>The inventor's own proxy in front: what it sends is what the server reads.</summary>
public sealed class HaproxyTests
{
    private static readonly TimeSpan CheckLimit = TimeSpan.FromSeconds(60);

    public static TheoryData<TipiTransport, string> Headers => new()
    {
        { TipiTransport.Uring, "send-proxy" },
        { TipiTransport.Uring, "send-proxy-v2" },
        { TipiTransport.Uring, "send-proxy-v2 proxy-v2-options crc32c" },
        { TipiTransport.Sockets, "send-proxy" },
        { TipiTransport.Sockets, "send-proxy-v2" },
        { TipiTransport.Sockets, "send-proxy-v2 proxy-v2-options crc32c" },
    };

    public static TheoryData<TipiTransport> Transports => [TipiTransport.Uring, TipiTransport.Sockets];

    [Theory]
    [MemberData(nameof(Headers))]
    public async Task The_client_is_seen_over_IPv4(TipiTransport transport, string header) =>
        await CheckAsync(transport, header, "tcp", IPAddress.Loopback);

    [Theory]
    [MemberData(nameof(Headers))]
    public async Task The_client_is_seen_over_IPv6(TipiTransport transport, string header) =>
        await CheckAsync(transport, header, "tcp", IPAddress.IPv6Loopback);

    [Theory]
    [MemberData(nameof(Headers))]
    public async Task The_client_is_seen_where_the_proxy_understands_HTTP(TipiTransport transport, string header) =>
        await CheckAsync(transport, header, "http", IPAddress.Loopback);

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task The_client_is_seen_over_a_Unix_socket(TipiTransport transport)
    {
        var path = Path.Combine(Path.GetTempPath(), $"tipi-{Guid.NewGuid():N}.sock");
        await using var app = await ProxiedApp.StartAsync(transport, path);
        await using var proxy = await Haproxy.StartAsync("tcp", IPAddress.Loopback, $"{app.Address} send-proxy-v2");

        await CheckAsync(proxy, "2");
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task A_checksum_was_there_and_right(TipiTransport transport)
    {
        await using var app = await ProxiedApp.StartAsync(transport);
        await using var proxy = await Haproxy.StartAsync(
            "tcp", IPAddress.Loopback, $"{app.Address} send-proxy-v2 proxy-v2-options crc32c");
        using var client = new HttpClient();

        var seen = await client.GetStringAsync(new Uri($"http://{proxy.FrontEnd}/"));

        Assert.StartsWith("030004", seen.Split(' ')[^1], StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task A_health_check_is_the_proxys_own(TipiTransport transport)
    {
        await using var app = await ProxiedApp.StartAsync(transport);
        await using var proxy = await Haproxy.StartAsync(
            "http", IPAddress.Loopback, $"{app.Address} send-proxy-v2 check inter 100 fall 1",
            // A busy machine may need longer than the time between two checks, which is the limit otherwise.
            "option httpchk GET /health HTTP/1.1\n    http-check send hdr Host a\n    timeout check 30s");
        var began = Stopwatch.GetTimestamp();
        while (app.Local.Count < 3)
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < CheckLimit, "No health check came.");
            await Task.Delay(50);
        }

        Assert.All(app.Local, seen => Assert.Equal("/health 127.0.0.1 2", seen));
        // Checks that failed would have taken the server away.
        await CheckAsync(proxy, "2", oneConnection: false);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task Without_the_header_the_proxy_is_told_no(TipiTransport transport)
    {
        await using var app = await ProxiedApp.StartAsync(transport);
        await using var proxy = await Haproxy.StartAsync("http", IPAddress.Loopback, app.Address);
        using var client = new HttpClient();

        using var answer = await client.GetAsync(new Uri($"http://{proxy.FrontEnd}/"));

        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
    }

    private static async Task CheckAsync(TipiTransport transport, string header, string mode, IPAddress address)
    {
        await using var app = await ProxiedApp.StartAsync(transport);
        await using var proxy = await Haproxy.StartAsync(mode, address, $"{app.Address} {header}");

        var version = header.Contains("v2", StringComparison.Ordinal) ? "2" : "1";
        // A proxy that understands HTTP may use another connection for the next request.
        await CheckAsync(proxy, version, oneConnection: mode is "tcp");
    }

    /// <summary>Two clients, each with several requests on one connection.</summary>
    private static async Task CheckAsync(Haproxy proxy, string version, bool oneConnection = true)
    {
        for (var i = 0; i < 2; i++)
        {
            EndPoint? own = null;
            using var handler = new SocketsHttpHandler();
            handler.ConnectCallback = async (_, cancellation) =>
            {
                Assert.Null(own); // one connection serves all requests
                var socket = new Socket(proxy.FrontEnd.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(proxy.FrontEnd, cancellation);
                own = socket.LocalEndPoint;
                return new NetworkStream(socket, ownsSocket: true);
            };
            using var client = new HttpClient(handler);
            string? connection = null;
            for (var request = 0; request < 3; request++)
            {
                var seen = (await client.GetStringAsync(new Uri($"http://{proxy.FrontEnd}/"))).Split(' ');
                Assert.Equal($"{own} {proxy.FrontEnd} {version}", string.Join(' ', seen[..3]));
                if (oneConnection) Assert.Equal(connection ??= seen[3], seen[3]);
            }
        }
    }
}
