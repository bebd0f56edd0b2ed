using System.Net.Security;
using System.Net.Sockets;
using Tipi.Hosting.Tests.Http2;
using Tipi.Hosting.Tests.Server;
using Tipi.Hosting.Tls;

namespace Tipi.Hosting.Tests.Tls;

/// <summary>Small sieges of an endpoint with TLS: the attackers leave nothing behind, a neighbour is served.</summary>
public sealed class TlsAttackTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";

    [Theory, OnEachTransport]
    public async Task Handshakes_that_do_not_end_are_given_up(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(transport, TimeSpan.FromSeconds(2));
        using var meters = new MeterRecorder(server);
        byte[] hello = await CatchHelloAsync();
        await AssertServedAsync(server, Task.WhenAll(Enumerable.Range(0, 60).Select(async i =>
        {
            using RawClient client = await server.ConnectAsync();
            if (i % 3 == 0) await client.SendAsync(hello);
            if (i % 3 == 1) await DripAsync(client, hello);
            await client.ReadToEndAsync();
        })));
        await Eventually.NothingIsLeftAsync(meters);
    }

    [Theory, OnEachTransport]
    public async Task First_messages_without_end_and_noise_are_refused_while_they_are_sent(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(transport, TimeSpan.FromSeconds(60));
        using var meters = new MeterRecorder(server);
        byte[] endless = [22, 3, 1, 0x40, 0, 1, 0xff, 0xff, 0xff, 3, 3, .. new byte[16 * 1024 - 6]];
        byte[] tiny = [.. Enumerable.Repeat<byte[]>([22, 3, 1, 0, 1, 0], 1000).SelectMany(record => record)];
        byte[] noise = [.. Enumerable.Range(0, 4096).Select(i => (byte)(0xff - i % 7))];
        await AssertServedAsync(server, Task.WhenAll(((byte[][])[endless, tiny, noise]).Select(async piece =>
        {
            using RawClient client = await server.ConnectAsync();
            Task flood = FloodAsync(client, piece);
            await ReadUntilEndAsync(client);
            client.Dispose();
            await flood;
        })));
        await Eventually.NothingIsLeftAsync(meters);
    }

    [Theory, OnEachTransport]
    public async Task A_storm_of_handshakes_leaves_a_neighbour_served(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(transport, TimeSpan.FromSeconds(60));
        using var meters = new MeterRecorder(server);
        await AssertServedAsync(server, Task.WhenAll(Enumerable.Range(0, 10).Select(async _ =>
        {
            for (int i = 0; i < 10; i++)
                using (await TlsClient.ConnectAsync(server.Port, options => options.AllowTlsResume = false)) { }
        })));
        await Eventually.NothingIsLeftAsync(meters);
    }

    /// <summary>The word that ends a flood comes through TLS as well.</summary>
    [Theory, OnEachTransport]
    public async Task Floods_of_HTTP_2_are_told_why_they_end(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(transport, TimeSpan.FromSeconds(60));
        byte[][] floods =
        [
            [.. Enumerable.Repeat(Foe.Ping, 5000).SelectMany(frame => frame)],
            [.. Enumerable.Repeat(Foe.Settings((1, 4096)), 5000).SelectMany(frame => frame)],
            [
                .. Foe.Frame(FoeFrame.HeadersType, 0, 1, 0x82),
                .. Enumerable.Repeat(Foe.Frame(FoeFrame.ContinuationType, 0, 1), 1000).SelectMany(frame => frame),
            ],
        ];
        await AssertServedAsync(server, Task.WhenAll(floods.Select(async flood =>
        {
            TlsClient client = await TlsClient.ConnectAsync(
                server.Port, options => options.ApplicationProtocols = [SslApplicationProtocol.Http2]);
            using Foe foe = await Foe.GreetAsync(client.Socket, client.Stream);
            await foe.SendAsync(flood);
            Assert.Equal("ENHANCE_YOUR_CALM", await foe.ReadFarewellAsync());
        })));
    }

    private static Task<TestServer> StartAsync(TipiTransport transport, TimeSpan handshake) => TestServer.StartAsync(
        transport,
        static _ => Task.CompletedTask,
        options => options.CodeEndpoints[0].UseTls(new TestPolicy
        {
            Timeout = handshake,
            Configure = tls => tls.ApplicationProtocols =
                [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
        }));

    private static async Task AssertServedAsync(TestServer server, Task attack)
    {
        using TlsClient kept = await TlsClient.ConnectAsync(server.Port);
        for (int after = 0; after < 3;)
        {
            await kept.SendAsync(Get);
            Assert.Equal(200, (await kept.ReadResponseAsync()).Status);
            if (attack.IsCompleted) after++;
            else await Task.Delay(10);
        }
        await attack;
    }

    private static async Task<byte[]> CatchHelloAsync()
    {
        using var caught = new MemoryStream();
        using var client = new SslStream(caught);
        await Assert.ThrowsAnyAsync<IOException>(() => client.AuthenticateAsClientAsync("localhost"));
        return caught.ToArray();
    }

    private static async Task DripAsync(RawClient client, byte[] bytes)
    {
        try
        {
            foreach (byte one in bytes)
            {
                await client.Socket.SendAsync(new[] { one });
                await Task.Delay(100);
            }
        }
        catch (SocketException)
        {
            // Given up meanwhile.
        }
    }

    private static async Task FloodAsync(RawClient client, byte[] piece)
    {
        try
        {
            while (true) await client.Socket.SendAsync(piece);
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            // The server's refusal, or the test's end.
        }
    }

    private static async Task ReadUntilEndAsync(RawClient client)
    {
        try
        {
            await client.ReadToEndAsync();
        }
        catch (SocketException)
        {
            // Who goes on sending may get a reset.
        }
    }
}
