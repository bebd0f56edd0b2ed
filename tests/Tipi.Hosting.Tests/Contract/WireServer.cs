using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Hosting;
using Tipi.Hosting.Tests.Tls;

namespace Tipi.Hosting.Tests.Contract;

/// <summary>A server and a client that speak over one wire, and nothing else.</summary>
internal sealed class WireServer : IAsyncDisposable
{
    private static readonly X509Certificate2 s_certificate = MakeCertificate();

    private readonly TestServer _server;
    private readonly Wire _wire;

    private WireServer(TestServer server, Wire wire)
    {
        _server = server;
        _wire = wire;
        Client = NewClient();
    }

    internal HttpClient Client { get; }

    internal bool IsHttp2 => _wire is Wire.H2c or Wire.H2;

    internal bool IsSecure => _wire is Wire.Https1 or Wire.H2;

    internal int Port => _server.Ports[IsSecure ? 1 : 0];

    internal string Address => $"{(IsSecure ? "https" : "http")}://localhost:{Port}";

    /// <summary>What the server has logged.</summary>
    internal IEnumerable<LogRecord> Logs => _server.Logs;

    internal static async Task<WireServer> StartAsync(
        TipiTransport transport, Wire wire, RequestDelegate application, Action<TipiServerOptions>? configure = null)
    {
        TestServer server = await TestServer.StartAsync(transport, application, options =>
        {
            options.Listen(IPAddress.Loopback, 0, endpoint => endpoint.UseHttps(s_certificate));
            // Nobody is too slow here: the tests run on busy machines, and some of them wait on purpose.
            options.Limits.MinRequestBodyDataRate = options.Limits.MinResponseDataRate = null;
            configure?.Invoke(options);
        });
        return new WireServer(server, wire);
    }

    /// <summary>A client with connections of its own.</summary>
    internal HttpClient NewClient()
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            // Not by time: a test that waits for 100 (Continue) shall not go on without it.
            Expect100ContinueTimeout = TimeSpan.FromMinutes(5),
        };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) =>
            shown?.GetCertHashString() == s_certificate.GetCertHashString();
        return new HttpClient(handler)
        {
            BaseAddress = new Uri(Address),
            Timeout = TimeSpan.FromMinutes(2),
            DefaultRequestVersion = IsHttp2 ? HttpVersion.Version20 : HttpVersion.Version11,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
    }

    internal HttpRequestMessage Request(string method, string path, HttpContent? content = null)
    {
        var canonical = new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true };
        return new HttpRequestMessage(new HttpMethod(method), new Uri(Address + path, canonical))
        {
            Version = Client.DefaultRequestVersion,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
    }

    /// <summary>Sends a request; the answer is there with its head.</summary>
    internal Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellation = default) =>
        Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);

    internal Task<HttpResponseMessage> SendAsync(string method, string path, HttpContent? content = null) =>
        SendAsync(Request(method, path, content));

    /// <summary>The whole body of a 200; what the application threw is told when it is another status.</summary>
    internal async Task<string> TextAsync(HttpRequestMessage request)
    {
        using HttpResponseMessage response = await SendAsync(request);
        string text = await response.Content.ReadAsStringAsync();
        Exception? fault = Logs.FirstOrDefault(record => record.EventId == 13)?.Error;
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"{(int)response.StatusCode} {fault}");
        Assert.Equal(Client.DefaultRequestVersion, response.Version);
        return text;
    }

    internal Task<string> TextAsync(string method, string path, HttpContent? content = null) =>
        TextAsync(Request(method, path, content));

    internal Task<string> GetTextAsync(string path = "/") => TextAsync("GET", path);

    internal Task StopAsync(TimeSpan patience) => _server.StopAsync(patience);

    public ValueTask DisposeAsync()
    {
        Client.Dispose();
        return _server.DisposeAsync();
    }

    private static X509Certificate2 MakeCertificate()
    {
        using var authority = new TestAuthority();
        return authority.Issue("localhost");
    }
}
