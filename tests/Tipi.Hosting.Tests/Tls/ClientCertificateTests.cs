using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Tipi.Hosting.Tests.Server;
using Tipi.Hosting.Tls;

namespace Tipi.Hosting.Tests.Tls;

/// <summary>Clients that show a certificate, in the handshake or when the application asks.</summary>
public sealed class ClientCertificateTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";

    private static readonly X509Certificate2 s_certificate = TestPolicy.MakeCertificate("client");

    [Theory, OnEachTransport]
    public async Task A_certificate_of_the_handshake_is_seen(TipiTransport transport)
    {
        var policy = new TestPolicy
        {
            Configure = static options =>
            {
                options.ClientCertificateRequired = true;
                options.RemoteCertificateValidationCallback = static (_, certificate, _, _) =>
                    certificate?.Equals(s_certificate) == true;
            },
        };
        await using TestServer server = await StartAsync(transport, policy, static http =>
            WriteAsync(http, http.Connection.ClientCertificate));
        using TlsClient client = await TlsClient.ConnectAsync(server.Port, Show);

        Assert.Equal("CN=client", (await client.AskAsync(Get)).Body);
        Exception error = await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            using TlsClient nobody = await TlsClient.ConnectAsync(server.Port);
            await nobody.AskAsync(Get);
        });
        Assert.True(error is AuthenticationException or IOException, error.ToString());
    }

    [Theory]
    [InlineData(TipiTransport.Uring, SslProtocols.Tls12)]
    [InlineData(TipiTransport.Uring, SslProtocols.Tls13)]
    [InlineData(TipiTransport.Sockets, SslProtocols.Tls12)]
    [InlineData(TipiTransport.Sockets, SslProtocols.Tls13)]
    public async Task An_application_can_ask_later(TipiTransport transport, SslProtocols version)
    {
        await using TestServer server = await StartAsync(transport, Delayed(), static async http =>
        {
            if (http.Connection.ClientCertificate is not null) throw new InvalidOperationException("too early");
            using var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body);
            Task<X509Certificate2?> first = http.Connection.GetClientCertificateAsync();
            Task<X509Certificate2?> second = http.Connection.GetClientCertificateAsync();
            if (await first != await second) throw new InvalidOperationException("asked twice");
            await WriteAsync(http, http.Connection.ClientCertificate);
        });
        using TlsClient client = await TlsClient.ConnectAsync(server.Port, options =>
        {
            Show(options);
            options.EnabledSslProtocols = version;
            options.AllowRenegotiation = true;
        });
        await client.SendAsync("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello");

        Assert.Equal("CN=client", (await client.ReadResponseAsync()).Body);
    }

    /// <summary>The shapes in which an app allows it.</summary>
    public static TheoryData<TipiTransport, bool> Shapes => new()
    {
        { TipiTransport.Uring, true },
        { TipiTransport.Uring, false },
        { TipiTransport.Sockets, true },
        { TipiTransport.Sockets, false },
    };

    [Theory, MemberData(nameof(Shapes))]
    public async Task An_endpoint_of_UseHttps_can_ask_later(TipiTransport transport, bool byCallback)
    {
        bool wasThere = true;
        await using TestServer server = await TestServer.StartAsync(
            transport,
            async http =>
            {
                wasThere = http.Connection.ClientCertificate is not null;
                await WriteAsync(http, await http.Connection.GetClientCertificateAsync());
            },
            options =>
            {
                if (byCallback) options.CodeEndpoints[0].UseHttps(Callback());
                else options.CodeEndpoints[0].UseHttps(TestPolicy.Certificate, AskLater);
            });
        using TlsClient client = await TlsClient.ConnectAsync(server.Port, Show);

        Assert.Equal("CN=client", (await client.AskAsync(Get)).Body);
        Assert.False(wasThere);
        Assert.Equal("CN=client", (await client.AskAsync(Get)).Body);
        Assert.True(wasThere);
    }

    [Theory, OnEachTransport]
    public async Task A_client_may_have_none(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(transport, Delayed(), static async http =>
            await WriteAsync(http, await http.Connection.GetClientCertificateAsync()));
        using TlsClient client = await TlsClient.ConnectAsync(
            server.Port,
            options =>
            {
                options.EnabledSslProtocols = SslProtocols.Tls12;
                options.AllowRenegotiation = true;
            });

        Assert.Equal("none", (await client.AskAsync(Get)).Body);
        Assert.Equal("none", (await client.AskAsync(Get)).Body);
    }

    /// <summary>As under Kestrel: what has arrived by then is kept for whoever reads it.</summary>
    [Theory, OnEachTransport]
    public async Task Requests_that_wait_behind_and_an_unread_body_are_kept(TipiTransport transport)
    {
        var sent = new TaskCompletionSource();
        await using TestServer server = await StartAsync(transport, Delayed(), async http =>
        {
            await sent.Task;
            await Task.Delay(200); // it is on its way through the server
            X509Certificate2? certificate = await http.Connection.GetClientCertificateAsync();
            using var body = new StreamReader(http.Request.Body);
            await WriteAsync(http, $"{http.Request.Path} {certificate?.Subject} {await body.ReadToEndAsync()}");
        });
        using TlsClient client = await TlsClient.ConnectAsync(server.Port, Show);
        // The first requests in one record, and two further ones in records of their own, before anybody reads.
        await client.SendAsync(Post("/1") + Post("/2"));
        await client.SendAsync(Post("/3"));
        await client.SendAsync(Post("/4"));
        sent.SetResult();

        for (int i = 1; i <= 4; i++)
            Assert.Equal($"/{i} CN=client hello", (await client.ReadResponseAsync()).Body);

        static string Post(string path) => $"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello";
    }

    [Theory, OnEachTransport]
    public async Task Nobody_is_asked_while_a_body_is_unread_and_the_connection_ends(TipiTransport transport)
    {
        var sent = new TaskCompletionSource();
        await using TestServer server = await StartAsync(transport, Delayed(), async http =>
        {
            await sent.Task;
            await Task.Delay(200); // it is on its way through the server
            try
            {
                await http.Features.Get<ITlsConnectionFeature>()!.GetClientCertificateAsync(CancellationToken.None);
            }
            catch (InvalidOperationException error)
            {
                await WriteAsync(http, error.Message);
            }
        });
        using TlsClient client = await TlsClient.ConnectAsync(server.Port, Show);
        // More than is decrypted ahead of its reader.
        await client.SendAsync("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 300000\r\n\r\n");
        await client.SendAsync(new string('x', 300_000));
        sent.SetResult();

        RawResponse response = await client.ReadResponseAsync();

        Assert.Contains("Read the request body", response.Body, StringComparison.Ordinal);
        Assert.Equal("close", response.Header("Connection"));
        Assert.Equal("", await client.ReadToEndAsync());
    }

    [Theory, OnEachTransport]
    public async Task Where_it_is_not_allowed_nobody_is_asked(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(transport, new TestPolicy(), static async http =>
            await WriteAsync(http, await http.Connection.GetClientCertificateAsync()));
        using TlsClient client = await TlsClient.ConnectAsync(server.Port, Show);

        Assert.Equal("none", (await client.AskAsync(Get)).Body);
    }

    private static TestPolicy Delayed() => new()
    {
        OnSelect = static (context, _) =>
        {
            context.AllowsDelayedClientCertificate = true;
            return Task.CompletedTask;
        },
        Configure = static options => options.RemoteCertificateValidationCallback = static (_, certificate, _, _) =>
            certificate is null || certificate.Equals(s_certificate),
    };

    private static void AskLater(HttpsConnectionAdapterOptions https)
    {
        https.ClientCertificateMode = ClientCertificateMode.DelayCertificate;
        https.ClientCertificateValidation = static (certificate, _, _) => certificate.Equals(s_certificate);
    }

    private static TipiTlsHandshakeCallbackOptions Callback() => new()
    {
        OnConnection = static context =>
        {
            context.AllowDelayedClientCertificateNegotation = true;
            return ValueTask.FromResult(new SslServerAuthenticationOptions
            {
                ServerCertificate = TestPolicy.Certificate,
                RemoteCertificateValidationCallback = static (_, certificate, _, _) =>
                    certificate is null || certificate.Equals(s_certificate),
            });
        },
    };

    private static void Show(SslClientAuthenticationOptions options)
    {
        options.ClientCertificates = [s_certificate];
        options.LocalCertificateSelectionCallback = static (_, _, _, _, _) => s_certificate;
    }

    private static Task WriteAsync(HttpContext http, X509Certificate2? certificate) =>
        WriteAsync(http, certificate?.Subject ?? "none");

    private static Task WriteAsync(HttpContext http, string text)
    {
        http.Response.ContentLength = text.Length;
        return http.Response.WriteAsync(text);
    }

    private static Task<TestServer> StartAsync(
        TipiTransport transport, TestPolicy policy, RequestDelegate application) =>
        TestServer.StartAsync(transport, application, options => options.CodeEndpoints[0].UseTls(policy));
}
