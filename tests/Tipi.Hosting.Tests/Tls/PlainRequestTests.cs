using System.Text.Json;
using Microsoft.Extensions.Logging;
using Tipi.Hosting.Tests.Configuration;
using Tipi.Hosting.Tests.Server;
using Tipi.Hosting.Tls;

namespace Tipi.Hosting.Tests.Tls;

/// <summary>Plain HTTP on a port with TLS.</summary>
public sealed class PlainRequestTests
{
    [Theory, OnEachTransport]
    public async Task A_request_is_sent_to_https(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(transport);
        (string Line, string Host, string Location)[] cases =
        [
            ("GET /a/b?c=d HTTP/1.1", "Host: site.example:8443\r\n", "https://site.example:8443/a/b?c=d"),
            ("GET / HTTP/1.1", "Host: site.example\r\n", $"https://site.example:{server.Port}/"),
            ("POST /%2f..;x HTTP/1.1", "Host: [::1]\r\nContent-Length: 2\r\n", $"https://[::1]:{server.Port}/%2f..;x"),
            ("GET /a HTTP/1.1", "Host: [::1]:9\r\n", "https://[::1]:9/a"),
            ("GET http://site.example:7?q HTTP/1.1", "Host: site.example:7\r\n", "https://site.example:7/?q"),
            ("HEAD / HTTP/1.0", "Host: h:1\r\n", "https://h:1/"),
        ];
        foreach (var (line, host, location) in cases)
        {
            using RawClient client = await server.ConnectAsync();
            await client.SendAsync($"{line}\r\n{host}\r\n");
            RawResponse response = await client.ReadResponseAsync();
            Assert.Equal((308, location, "0", "close"), (
                response.Status, response.Header("Location"), response.Header("Content-Length"),
                response.Header("Connection")));
            Assert.True(await client.IsEndedAsync());
        }
    }

    [Theory, OnEachTransport]
    public async Task A_request_may_be_refused_instead(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(
            transport, options => options.PlainRequests = PlainRequestAnswer.BadRequest);

        RawResponse response = await server.AskAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");

        Assert.Equal((400, null), (response.Status, response.Header("Location")));
    }

    [Theory, OnEachTransport]
    public async Task Configuration_says_what_it_gets_and_may_change_it(TipiTransport transport)
    {
        using var authority = new TestAuthority();
        using var folder = new TestFolder();
        string path = folder.Write("a.pfx", authority.ToPfx(authority.Issue("a.example"), "pw"));
        await using ConfiguredApp app = await ConfiguredApp.StartAsync(transport, new()
        {
            ["Tipi:Certificates:Default:Path"] = path,
            ["Tipi:Certificates:Default:Password"] = "pw",
            ["Tipi:EndpointDefaults:PlainRequests"] = "badrequest",
            ["Tipi:Endpoints:A:Url"] = "https://127.0.0.1:0",
            ["Tipi:Endpoints:B:Url"] = "https://127.0.0.1:0",
            ["Tipi:Endpoints:B:PlainRequests"] = "Redirect",
        });
        Assert.Equal("400 308", await AskAllAsync(app));

        app.Change(("Tipi:Endpoints:A:PlainRequests", "Redirect"), ("Tipi:Endpoints:B:PlainRequests", null));
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await AskAllAsync(app) != "308 400") await Task.Delay(50, late.Token);

        static async Task<string> AskAllAsync(ConfiguredApp app) =>
            string.Join(' ', await Task.WhenAll(app.Addresses.Select(AskAsync)));

        static async Task<int> AskAsync(string address)
        {
            try
            {
                return (await ConfiguredApp.AskAsync(address.Replace("https:", "http:"))).Status;
            }
            catch (Exception error) when (error is IOException or System.Net.Sockets.SocketException)
            {
                return 0; // it is bound anew
            }
        }
    }

    [Theory, OnEachTransport]
    public async Task The_access_log_has_it(TipiTransport transport)
    {
        foreach (PlainRequestAnswer answer in Enum.GetValues<PlainRequestAnswer>())
        {
            using var file = new LogFile();
            await using (TestServer server = await StartAsync(
                transport, options => options.PlainRequests = answer, options =>
                {
                    options.AccessLog.Format = AccessLogFormat.Json;
                    options.AccessLog.Path = file.Path;
                }))
            {
                await server.AskAsync("GET /a?b HTTP/1.1\r\nHost: site.example\r\nUser-Agent: x\r\n\r\n");
                using RawClient noise = await server.ConnectAsync();
                await noise.SendAsync([0]); // neither a request nor a refusal of one
                Assert.True(await noise.IsEndedAsync());
                await LogFile.WaitForLinesAsync(file.Path, 1);
            }

            JsonElement line = JsonDocument.Parse(Assert.Single(file.Lines)).RootElement;
            string[] names = ["status", "outcome", "method", "target", "host", "user_agent"];
            Assert.Equal(
                $"{(answer == PlainRequestAnswer.Redirect ? 308 : 400)} refused GET /a?b site.example x",
                string.Join(' ', names.Select(name => line.GetProperty(name))));
            Assert.Contains("TLS", line.GetProperty("reason").GetString(), StringComparison.Ordinal);
        }
    }

    [Theory, OnEachTransport]
    public async Task What_is_no_request_is_refused(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(transport);

        Assert.Equal(400, (await server.AskAsync("GET / HTTP/1.1\r\n\r\n")).Status);
        Assert.Equal(400, (await server.AskAsync("GET / HTTP/1.0\r\n\r\n")).Status); // names no host
        Assert.Equal(400, (await server.AskAsync("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n")).Status);
        Assert.Equal(400, (await server.AskAsync("GET / HTTP/1.1\r\nHost: a\r\n b: c\r\n\r\n")).Status);
        Assert.Equal(505, (await server.AskAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")).Status);
        Assert.Equal(
            414, (await server.AskAsync($"GET /{new string('a', 20_000)} HTTP/1.1\r\nHost: a\r\n\r\n")).Status);
        Assert.Equal(
            431, (await server.AskAsync($"GET / HTTP/1.1\r\nHost: a\r\nB: {new string('a', 60_000)}\r\n\r\n")).Status);
    }

    [Theory, OnEachTransport]
    public async Task Noise_is_closed_without_an_answer(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(transport);
        foreach (byte[] noise in (byte[][])[[0], [0xFF, 0xFE, 0xFD], [0x80, 0x2E, 1, 3, 1, 0, 0]])
        {
            using RawClient client = await server.ConnectAsync();
            await client.SendAsync(noise);
            Assert.True(await client.IsEndedAsync());
        }

        Assert.Equal(3, server.Logs.Count(line => line is { EventId: 1, Category: "Tipi.Server.Tls" }));
        Assert.DoesNotContain(server.Logs, line => line.Level > LogLevel.Debug);
    }

    [Theory, OnEachTransport]
    public async Task A_head_that_comes_byte_by_byte_is_answered_at_its_end(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(transport);
        using RawClient client = await server.ConnectAsync();
        foreach (char one in "GET /slow HTTP/1.1\r\nHost: a:1\r\n\r\n") await client.SendAsync($"{one}");

        Assert.Equal("https://a:1/slow", (await client.ReadResponseAsync()).Header("Location"));
    }

    /// <summary>An empty port is none (RFC 3986 §3.2.3).</summary>
    [Theory, OnEachTransport]
    public async Task An_empty_port_does_not_get_into_the_location(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(transport);

        RawResponse response = await server.AskAsync("GET /a HTTP/1.1\r\nHost: a:\r\n\r\n");
        Assert.Equal($"https://a:{server.Port}/a", response.Header("Location"));
    }

    [Theory, OnEachTransport]
    public async Task A_head_that_does_not_come_is_given_up(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(transport, options => options.ConfigureLimits(
            limits => limits.RequestHeadersTimeout = TimeSpan.FromMilliseconds(100)));
        using RawClient client = await server.ConnectAsync();
        await client.SendAsync("GET / HT");

        Assert.Equal(408, (await client.ReadResponseAsync()).Status);
    }

    private static Task<TestServer> StartAsync(
        TipiTransport transport, Action<TipiListenOptions>? configure = null,
        Action<TipiServerOptions>? configureServer = null) =>
        TestServer.StartAsync(
            transport,
            static _ => throw new InvalidOperationException("The application must not see plain HTTP requests."),
            options =>
            {
                configureServer?.Invoke(options);
                configure?.Invoke(options.CodeEndpoints[0]);
                options.CodeEndpoints[0].UseTls(new TestPolicy());
            });
}
