using System.Security.Authentication;
using System.Text;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Tipi.Hosting.Tests.Server;
using Tipi.Hosting.Tls;

namespace Tipi.Hosting.Tests.Tls;

/// <summary>HTTP/1.1 through TLS: what is sent arrives, whatever the sizes and cuts.</summary>
public sealed class TlsSessionTests
{
    private const string Get = "GET /a?b=c HTTP/1.1\r\nHost: localhost\r\n\r\n";

    [Theory, OnEachTransport]
    public async Task Requests_are_served_one_after_the_other(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(transport, http => http.Response.WriteAsync(
            $"{http.Request.Scheme} {http.Request.Path}{http.Request.QueryString} {http.Request.IsHttps}"));
        using TlsClient client = await TlsClient.ConnectAsync(server.Port);

        for (int i = 0; i < 20; i++)
        {
            RawResponse response = await AskChunkedAsync(client);
            Assert.Contains("https /a?b=c True", response.Body, StringComparison.Ordinal);
        }
    }

    [Theory, OnEachTransport]
    public async Task Pipelined_requests_in_one_record_and_in_many_are_served(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(transport, AnswerAsync);
        using TlsClient client = await TlsClient.ConnectAsync(server.Port);

        await client.SendAsync(string.Concat(Enumerable.Repeat(Get, 50)));
        for (int i = 0; i < 50; i++) Assert.Equal("hello", (await client.ReadResponseAsync()).Body);
        foreach (char one in Get) await client.SendAsync([(byte)one]);
        Assert.Equal("hello", (await client.ReadResponseAsync()).Body);
    }

    [Theory, OnEachTransport]
    public async Task A_connection_ends_with_a_close_notify(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(transport, AnswerAsync);
        using TlsClient client = await TlsClient.ConnectAsync(server.Port);

        await client.SendAsync("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        string all = await client.ReadToEndAsync();

        Assert.EndsWith("hello", all, StringComparison.Ordinal);
    }

    [Theory, OnEachTransport]
    public async Task A_client_that_says_goodbye_is_answered_first(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(transport, AnswerAsync);
        using TlsClient client = await TlsClient.ConnectAsync(server.Port);

        await client.SendAsync(Get);
        await client.Stream.ShutdownAsync();

        Assert.EndsWith("hello", await client.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Theory, OnEachTransport]
    public async Task Bodies_of_any_size_go_both_ways(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(transport, async http =>
        {
            using var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body);
            http.Response.ContentLength = body.Length;
            await http.Response.Body.WriteAsync(body.GetBuffer().AsMemory(0, (int)body.Length));
        });
        using TlsClient client = await TlsClient.ConnectAsync(server.Port);

        foreach (int size in (int[])[0, 1, 4095, 4096, 16_383, 16_384, 16_385, 65_536, 300_000, 3_000_000])
        {
            string body = string.Create(size, size, static (span, seed) =>
            {
                for (int i = 0; i < span.Length; i++) span[i] = (char)('a' + (i * 31 + seed) % 26);
            });
            await client.SendAsync($"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: {size}\r\n\r\n");
            Task sending = client.SendAsync(body);
            RawResponse response = await client.ReadResponseAsync();
            await sending;
            Assert.True(body == response.Body, $"{size} bytes");
        }
    }

    [Theory, OnEachTransport]
    public async Task A_slow_reader_holds_the_application_back_and_gets_all(TipiTransport transport)
    {
        const int size = 20_000_000;
        long written = 0;
        byte[] piece = new byte[50_000];
        await using TestServer server = await StartAsync(transport, async http =>
        {
            http.Response.ContentLength = size;
            for (int sent = 0; sent < size; sent += piece.Length)
            {
                await http.Response.Body.WriteAsync(piece);
                Interlocked.Add(ref written, piece.Length);
            }
        });
        using TlsClient client = await TlsClient.ConnectAsync(server.Port);

        await client.SendAsync(Get);
        long before;
        do
        {
            before = Interlocked.Read(ref written);
            await Task.Delay(300);
        }
        while (before == 0 || before != Interlocked.Read(ref written));
        Assert.InRange(before, 1, size - 1);

        RawResponse response = await client.ReadResponseAsync();
        Assert.Equal(size, response.Body.Length);
    }

    [Theory, OnEachTransport]
    public async Task A_stop_ends_an_idle_connection(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(transport, AnswerAsync);
        using TlsClient client = await TlsClient.ConnectAsync(server.Port);
        await client.AskAsync(Get);

        Task stopping = server.StopAsync(TimeSpan.FromSeconds(30));
        Assert.Equal("", await client.ReadToEndAsync());
        await stopping;

        Assert.DoesNotContain(server.Logs, line =>
            line.EventId == 16 && line.Category.EndsWith(".Connections", StringComparison.Ordinal));
    }

    [Theory, OnEachTransport]
    public async Task The_features_tell_of_the_session(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(transport, http =>
        {
            var handshake = http.Features.Get<ITlsHandshakeFeature>()!;
            var alpn = http.Features.Get<ITlsApplicationProtocolFeature>()!;
            var hello = http.Features.Get<ITlsClientHelloFeature>()!;
            Assert.NotNull(http.Features.Get<ISslStreamFeature>()!.SslStream);
            Assert.Null(http.Features.Get<ITlsConnectionFeature>()!.ClientCertificate);
            Assert.Null(http.Connection.ClientCertificate);
            Assert.NotNull(handshake.NegotiatedCipherSuite);
            return http.Response.WriteAsync(
                $"[{handshake.Protocol} {handshake.HostName} {Encoding.ASCII.GetString(alpn.ApplicationProtocol.Span)} "
                + $"{hello.ServerName} {string.Join(',', hello.ApplicationProtocols)} {hello.Bytes.Length}]");
        });
        using TlsClient client = await TlsClient.ConnectAsync(server.Port, options =>
        {
            options.EnabledSslProtocols = SslProtocols.Tls12;
            options.ApplicationProtocols = [new("acme"), System.Net.Security.SslApplicationProtocol.Http11];
        });

        RawResponse response = await AskChunkedAsync(client);

        Assert.Contains(
            "[Tls12 localhost http/1.1 localhost acme,http/1.1 0]", response.Body, StringComparison.Ordinal);
    }

    private static Task AnswerAsync(HttpContext http)
    {
        http.Response.ContentLength = 5;
        return http.Response.WriteAsync("hello");
    }

    private static async Task<RawResponse> AskChunkedAsync(TlsClient client)
    {
        RawResponse head = await client.AskAsync(Get);
        var body = new StringBuilder();
        while (!body.ToString().EndsWith("0\r\n\r\n", StringComparison.Ordinal))
            body.Append(await client.ReadExactlyAsync(1));
        return head with { Body = body.ToString() };
    }

    private static Task<TestServer> StartAsync(TipiTransport transport, RequestDelegate application) =>
        TestServer.StartAsync(transport, application, options =>
            options.CodeEndpoints[0].UseTls(new TestPolicy()));
}
