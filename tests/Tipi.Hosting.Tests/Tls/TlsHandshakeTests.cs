using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Tipi.Hosting.Tests.Connections;
using Tipi.Hosting.Tests.Http2;
using Tipi.Hosting.Tests.Server;
using Tipi.Hosting.Tls;
using Tipi.Tests.Cases;
using Tipi.Transport.Uring;

namespace Tipi.Hosting.Tests.Tls;

/// <summary>Handshakes that succeed, fail, or never end: where they run, what the peer sees, what is told.</summary>
public sealed class TlsHandshakeTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    private const string Duration = "kestrel.tls_handshake.duration";
    private const string Active = "kestrel.active_tls_handshakes";

    [Theory, OnEachTransport]
    public async Task A_handshake_runs_on_a_thread_for_it_and_the_application_where_it_belongs(TipiTransport transport)
    {
        string? thread = null;
        bool? isOnRing = null;
        var policy = new TestPolicy
        {
            OnSelect = (context, _) =>
            {
                thread = Thread.CurrentThread.Name;
                Assert.Equal("localhost", context.Hello.ServerName);
                Assert.Equal("localhost", context.Info.ServerName);
                Assert.Equal(22, context.Hello.Bytes.Span[0]);
                return Task.CompletedTask;
            },
        };
        await using TestServer server = await StartAsync(transport, policy, http =>
        {
            isOnRing = http.Features.Get<IRingAffinityFeature>()?.IsOnRing;
            return Task.CompletedTask;
        });
        using TlsClient client = await TlsClient.ConnectAsync(server.Port);

        Assert.Equal(200, (await client.AskAsync(Get)).Status);
        Assert.Equal("tipi-handshake", thread);
        Assert.Equal(transport == TipiTransport.Uring ? true : null, isOnRing);
    }

    [Theory, OnEachTransport]
    public async Task Handshakes_and_requests_may_come_byte_by_byte(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(transport, new TestPolicy());
        foreach (SslProtocols version in (SslProtocols[])[SslProtocols.Tls12, SslProtocols.Tls13])
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(IPAddress.Loopback, server.Port);
            using TlsClient client = await TlsClient.OverAsync(
                socket, new DripStream(socket), options => options.EnabledSslProtocols = version);
            Assert.Equal(200, (await client.AskAsync(Get)).Status);
        }
    }

    [Theory, OnEachTransport]
    public async Task A_handshake_is_measured_and_told_of(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(transport, new TestPolicy());
        using var meters = new MeterRecorder(server);
        using TlsClient client = await TlsClient.ConnectAsync(
            server.Port, options => options.EnabledSslProtocols = SslProtocols.Tls12);
        await client.AskAsync(Get);
        client.Dispose();

        string endpoint =
            $"server.address=127.0.0.1 server.port={server.Port} network.type=ipv4 network.transport=tcp";
        Measured duration = Assert.Single(await meters.WaitAsync(Duration));
        Assert.Equal($"{endpoint} tls.protocol.version=1.2", duration.Tags);
        Assert.Equal([1, -1], (await meters.WaitAsync(Active, 2)).Select(one => one.Value));
        Measured connection = Assert.Single(await meters.WaitAsync("kestrel.connection.duration"));
        Assert.Contains("tls.protocol.version=1.2", connection.Tags, StringComparison.Ordinal);
        Assert.Contains(
            server.Logs, line => line is { EventId: 3, Level: LogLevel.Debug, Category: "Tipi.Server.Tls" });
    }

    [Theory, OnEachTransport]
    public async Task Who_can_not_agree_is_refused_with_an_alert(TipiTransport transport)
    {
        var policy = new TestPolicy { Configure = options => options.EnabledSslProtocols = SslProtocols.Tls13 };
        await using TestServer server = await StartAsync(transport, policy);
        using var meters = new MeterRecorder(server);

        await AssertRefusedAsync(server, options => options.EnabledSslProtocols = SslProtocols.Tls12);
        await AssertRefusedAsync(server, options => options.ApplicationProtocols = [new("acme")]);

        Measured[] failed = await meters.WaitAsync(Duration, 2);
        Assert.All(failed, one => Assert.EndsWith(
            "error.type=System.Security.Authentication.AuthenticationException", one.Tags, StringComparison.Ordinal));
        Measured[] connections = await meters.WaitAsync("kestrel.connection.duration", 2);
        Assert.All(connections, one =>
            Assert.Contains("error.type=tls_handshake_failed", one.Tags, StringComparison.Ordinal));
        Assert.Equal(2, server.Logs.Count(line => line is { EventId: 1, Category: "Tipi.Server.Tls" }));
        Assert.DoesNotContain(server.Logs, line => line.Level > LogLevel.Information);
    }

    [Theory, OnEachTransport]
    public async Task A_client_without_a_list_of_protocols_gets_http_1(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(transport, new TestPolicy());
        using TlsClient client = await TlsClient.ConnectAsync(server.Port);

        Assert.True(client.Stream.NegotiatedApplicationProtocol.Protocol.IsEmpty);
        Assert.Equal(200, (await client.AskAsync(Get)).Status);
    }

    [Theory, OnEachTransport]
    public async Task Malformed_messages_get_an_alert_and_no_reset(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(transport, new TestPolicy());
        byte[][] bad =
        [
            [22, 3, 1, 0, 0], // an empty record
            [22, 3, 1, 0, 5, 1, 2, 0xFF, 0xFF], // a message beyond the limit
            [22, 3, 1, 0, 5, 1, 0, 0, 1, 3], // cut off inside
        ];
        foreach (byte[] bytes in bad)
        {
            using RawClient client = await server.ConnectAsync();
            await client.SendAsync([.. bytes, .. new byte[1000]]);
            Assert.Equal("\u0015\u0003\u0001\u0000\u0002\u0002\u0032", await client.ReadToEndAsync());
        }

        Assert.Equal(bad.Length, server.Logs.Count(line => line is { EventId: 1, Category: "Tipi.Server.Tls" }));
        using RawClient other = await server.ConnectAsync();
        await other.SendAsync([22, 3, 1, 0, 4, 2, 0, 0, 0]); // a message of the server's
        Assert.Equal("\u0015\u0003\u0001\u0000\u0002\u0002\u000A", await other.ReadToEndAsync());
    }

    /// <summary>Tools and middleboxes cut it as finely as the standard permits.</summary>
    [Theory, OnEachTransport]
    public async Task A_first_message_in_records_of_a_byte_is_served(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(transport, new TestPolicy());
        foreach (bool drips in (bool[])[false, true])
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(IPAddress.Loopback, server.Port);
            Stream wire = drips ? new DripStream(socket) : new NetworkStream(socket, ownsSocket: true);
            using TlsClient client = await TlsClient.OverAsync(
                socket, new FirstWriteStream(wire, isCut: true), configure: null);
            Assert.Equal(200, (await client.AskAsync(Get)).Status);
        }
    }

    [Theory, OnEachTransport]
    public async Task Who_says_nothing_or_half_of_it_is_closed_in_time(TipiTransport transport)
    {
        var policy = new TestPolicy { Timeout = TimeSpan.FromMilliseconds(200) };
        await using TestServer server = await StartAsync(transport, policy);
        using var meters = new MeterRecorder(server);

        using RawClient silent = await server.ConnectAsync();
        using RawClient half = await server.ConnectAsync();
        await half.SendAsync([22, 3, 1, 1, 0, 1]);
        Assert.Equal("", await silent.ReadToEndAsync());
        Assert.Equal("", await half.ReadToEndAsync());

        Measured[] failed = await meters.WaitAsync(Duration, 2);
        Assert.All(failed, one => Assert.EndsWith(
            "error.type=System.OperationCanceledException", one.Tags, StringComparison.Ordinal));
        Assert.Equal(2, server.Logs.Count(line => line is { EventId: 2, Category: "Tipi.Server.Tls" }));
    }

    /// <summary>By a timer of its own: by the heartbeat it would take a second or two each.</summary>
    [Theory, OnEachTransport]
    public async Task Ten_times_half_of_it_take_ten_times_the_limit_and_not_ten_heartbeats(TipiTransport transport)
    {
        var policy = new TestPolicy { Timeout = TimeSpan.FromMilliseconds(100) };
        await using TestServer server = await StartAsync(transport, policy);
        long start = Stopwatch.GetTimestamp();

        for (int i = 0; i < 10; i++)
        {
            using RawClient half = await server.ConnectAsync();
            await half.SendAsync([22, 3, 1, 1, 0, 1]);
            Assert.Equal("", await half.ReadToEndAsync());
        }

        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0.9, 9);
    }

    [Theory, OnEachTransport]
    public async Task A_choice_that_never_ends_is_given_up(TipiTransport transport)
    {
        var policy = new TestPolicy
        {
            Timeout = TimeSpan.FromMilliseconds(500),
            OnSelect = static (_, cancellation) => Task.Delay(Timeout.Infinite, cancellation),
        };
        await using TestServer server = await StartAsync(transport, policy);

        await AssertRefusedAsync(server, static _ => { });

        Assert.Contains(server.Logs, line => line is { EventId: 2, Category: "Tipi.Server.Tls" });
    }

    [Theory, OnEachTransport]
    public async Task A_choice_that_fails_is_the_applications_fault(TipiTransport transport)
    {
        var policy = new TestPolicy { OnSelect = static (_, _) => throw new InvalidOperationException("no key") };
        await using TestServer server = await StartAsync(transport, policy);

        await AssertRefusedAsync(server, static _ => { });
        await AssertRefusedAsync(server, static _ => { });

        LogRecord line = Assert.Single(server.Logs, line => line is { EventId: 20, Category: "Tipi.Server.Tls" });
        Assert.Equal((LogLevel.Error, "no key"), (line.Level, line.Error?.Message));
    }

    [Theory, OnEachTransport]
    public async Task No_certificate_for_a_name_is_the_clients_fault(TipiTransport transport)
    {
        var policy = new TestPolicy { OnSelect = static (_, _) => throw new AuthenticationException("no such name") };
        await using TestServer server = await StartAsync(transport, policy);

        await AssertRefusedAsync(server, static _ => { });

        Assert.DoesNotContain(server.Logs, line => line.Level > LogLevel.Information);
        Assert.Contains(server.Logs, line => line is { EventId: 1, Category: "Tipi.Server.Tls" });
    }

    [Theory, OnEachTransport]
    public async Task Clients_that_leave_are_no_fault(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(transport, new TestPolicy());
        using var meters = new MeterRecorder(server);
        (await server.ConnectAsync()).Dispose();
        using (RawClient half = await server.ConnectAsync()) await half.SendAsync([22, 3, 1]);

        Measured[] ends = await meters.WaitAsync("kestrel.connection.duration", 2);

        Assert.All(ends, one => Assert.Contains("tls_handshake_failed", one.Tags, StringComparison.Ordinal));
        Assert.DoesNotContain(server.Logs, line => line.Level > LogLevel.Debug);
    }

    [Theory, OnEachTransport]
    public async Task Handshakes_that_can_not_be_logged_are_counted_once(TipiTransport transport)
    {
        const int Failed = 1, TimedOut = 2, Succeeded = 3;
        var log = new FailingLog(Failed, TimedOut, Succeeded);
        await using TestServer server = await TestServer.StartAppAsync(
            transport, static app => app.Run(static _ => Task.CompletedTask),
            static options => options.CodeEndpoints[0].UseTls(new TestPolicy()),
            services => services.AddSingleton<ILoggerProvider>(log));
        using var meters = new MeterRecorder(server);
        byte[][] pieces = [[], [22, 3, 1], [22, 3, 1, 0, 5, 104, 101, 108, 108, 111], [0xFF, 0xFE], [71, 69, 84, 32]];
        foreach (byte[] piece in pieces)
        {
            using RawClient client = await server.ConnectAsync();
            if (piece.Length > 0) await client.SendAsync(piece);
            client.EndSending();
            await client.ReadToEndAsync();
        }
        using (TlsClient client = await TlsClient.ConnectAsync(server.Port)) await client.AskAsync(Get);

        Assert.Equal(6, (await meters.WaitAsync(Duration, 6)).Length);
        await Eventually.HoldsAsync(
            () => meters.All.Where(one => one.Instrument == "kestrel.active_tls_handshakes").Sum(one => one.Value) == 0
                && meters.All.Count(one => one.Instrument == "kestrel.active_tls_handshakes") == 12,
            () => string.Join('\n', meters.All));
    }

    [Theory, OnEachTransport]
    public async Task A_stop_does_not_wait_for_handshakes(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(transport, new TestPolicy());
        using RawClient silent = await server.ConnectAsync();
        using RawClient half = await server.ConnectAsync();
        await half.SendAsync([22, 3, 1, 1, 0, 1]);
        using TlsClient served = await TlsClient.ConnectAsync(server.Port); // the others are accepted by now

        await server.StopAsync(TimeSpan.FromSeconds(50));

        Assert.Equal("", await silent.ReadToEndAsync());
        Assert.Equal("", await half.ReadToEndAsync());
        Assert.DoesNotContain(server.Logs, line => line is { EventId: 16, Category: "Tipi.Server.Connections" });
    }

    [Theory, OnEachTransport]
    public async Task A_proxy_header_comes_before_tls_in_one_packet_or_in_many(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(
            transport, new TestPolicy(), static http => http.Response.WriteAsync($"{http.Connection.RemoteIpAddress}"),
            options => options.UseProxyProtocol(proxy => proxy.AllowedNetworks.Add(
                System.Net.IPNetwork.Parse("127.0.0.0/8"))));
        byte[] block = ProxyBytes.Relay("[2001:db8::1]:5000", "[2001:db8::2]:443");
        byte[] line = ProxyBytes.Line("PROXY TCP4 192.0.2.1 198.51.100.2 5000 443");
        foreach ((byte[] header, string client) in ((byte[], string)[])[(block, "2001:db8::1"), (line, "192.0.2.1")])
        {
            foreach (bool isApart in (bool[])[true, false])
            {
                using RawClient raw = await server.ConnectAsync();
                await using var tls = new SslStream(new HeaderStream(raw.Socket, header, isApart));
                await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
                {
                    TargetHost = "localhost",
                    RemoteCertificateValidationCallback = static (_, certificate, _, _) =>
                        certificate?.Equals(TestPolicy.Certificate) == true,
                });
                await tls.WriteAsync(Encoding.ASCII.GetBytes(Get));
                using var reader = new StreamReader(tls);
                Assert.Contains(client, await reader.ReadToEndAsync(), StringComparison.Ordinal);
            }
        }
    }

    private static async Task AssertRefusedAsync(TestServer server, Action<SslClientAuthenticationOptions> configure)
    {
        Exception error = await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            using TlsClient client = await TlsClient.ConnectAsync(server.Port, configure);
            await client.AskAsync(Get); // in TLS 1.3 a client is done before the server
        });
        Assert.True(error is AuthenticationException or IOException, error.ToString());
    }

    private static Task<TestServer> StartAsync(
        TipiTransport transport, TlsPolicy policy, RequestDelegate? application = null,
        Action<TipiListenOptions>? configure = null) =>
        TestServer.StartAsync(transport, application ?? (static _ => Task.CompletedTask), options =>
        {
            configure?.Invoke(options.CodeEndpoints[0]);
            options.CodeEndpoints[0].UseTls(policy);
        });
}
