using System.Net;
using System.Net.Security;
using Tipi.Hosting.Tests.Server;
using Tipi.Hosting.Tls;

namespace Tipi.Hosting.Tests.Tls;

/// <summary>The framework's client over TLS, in both versions.</summary>
public sealed class HttpClientTests
{
    [Theory, OnEachTransport]
    public async Task Both_versions_are_agreed_on_and_carry_bodies_at_once(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(
            transport,
            async http =>
            {
                http.Response.Headers["X-Seen"] = $"{http.Request.Protocol} {http.Request.Scheme}";
                // Not piece by piece: this client reads nothing before it has sent all.
                using var body = new MemoryStream();
                await http.Request.Body.CopyToAsync(body);
                await http.Response.Body.WriteAsync(body.GetBuffer().AsMemory(0, (int)body.Length));
            },
            options => options.CodeEndpoints[0].UseTls(new TestPolicy()));
        foreach (Version version in (Version[])[HttpVersion.Version11, HttpVersion.Version20])
        {
            using HttpClient client = MakeClient(server, version);
            byte[][] bodies = await Task.WhenAll(Enumerable.Range(0, 20).Select(async number =>
            {
                byte[] body = new byte[number * 20_000];
                new Random(number).NextBytes(body);
                using HttpResponseMessage response = await client.PostAsync("/", new ByteArrayContent(body));
                Assert.Equal(version, response.Version);
                Assert.Equal([$"HTTP/{version.ToString(version.Major == 2 ? 1 : 2)} https"],
                    response.Headers.GetValues("X-Seen"));
                byte[] answer = await response.Content.ReadAsByteArrayAsync();
                Assert.True(body.AsSpan().SequenceEqual(answer), $"{version} {number}");
                return answer;
            }));
            Assert.Equal(20, bodies.Length);
        }
    }

    [Theory, OnEachTransport]
    public async Task Handshakes_of_many_clients_at_once_all_succeed(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(
            transport, static http => http.Response.WriteAsync(http.Connection.Id),
            options => options.CodeEndpoints[0].UseTls(new TestPolicy()));

        string[] ids = await Task.WhenAll(Enumerable.Range(0, 60).Select(async _ =>
        {
            using HttpClient client = MakeClient(server, HttpVersion.Version11);
            return await client.GetStringAsync("/");
        }));

        Assert.Equal(60, ids.Distinct().Count());
    }

    private static HttpClient MakeClient(TestServer server, Version version) =>
        new(new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                RemoteCertificateValidationCallback = static (_, certificate, _, _) =>
                    certificate?.Equals(TestPolicy.Certificate) == true,
            },
        })
        {
            BaseAddress = new Uri($"https://localhost:{server.Port}"),
            DefaultRequestVersion = version,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Timeout = TimeSpan.FromSeconds(120),
        };
}
