using System.Buffers.Binary;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Microsoft.Extensions.Logging;
using Tipi.Hosting.Tests.Http2;
using Tipi.Hosting.Tests.Server;
using Tipi.Hosting.Tls;
using Tipi.Tests.Kernel;

namespace Tipi.Hosting.Tests.Tls;

/// <summary>
/// Records after the handshake that are not in order. Nothing that a peer sends is a fault of the server: the
/// connection ends as if it were reset, everything is given back, and a neighbour is served.
/// </summary>
public sealed class BrokenRecordTests
{
    private const int Alert = 21, Handshake = 22, ApplicationData = 23;
    private const int Rounds = 3;

    private static readonly byte[] s_get = [.. "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"u8];
    private static readonly byte[] s_preface = [.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, 0, 0, 0, 4, 0, 0, 0, 0, 0];

    /// <summary>What is made of a whole record.</summary>
    private static readonly Func<byte[], Random, byte[]>[] s_tampers =
    [
        static (record, random) => With(record, random.Next(5, record.Length), (byte)random.Next(1, 256)), // its MAC
        static (record, random) => With(record, 0, (byte)random.Next(1, 256)), // its type
        static (record, random) => With(record, 1, (byte)random.Next(1, 256)), // its version
        static (record, random) => record[..random.Next(1, record.Length)], // cut off
        static (record, random) => [.. record[..5], .. Shuffled(record[5..], random)],
        static (record, _) => [.. record, .. record], // twice
        static (record, _) => [record[0], record[1], record[2], 0, 0, .. record], // one without content before it
        static (record, _) => [record[0], record[1], record[2], 0xff, 0xff, .. record[5..]], // longer than any
        static (record, random) => [.. record, .. Record(Alert, (byte)random.Next(1, 3), (byte)random.Next(256))],
        static (record, _) => [.. Record(20, 1), .. record], // change_cipher_spec
        static (record, random) => [.. record, .. Record(random.Next(256), Noise(random))],
    ];

    [Theory, OnEachTransport]
    public async Task The_one_that_was_found_ends_in_silence(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(transport);
        using var meters = new MeterRecorder(server);
        foreach (Variant variant in Variant.All)
        {
            await AttackAsync(server, variant, client => client.SendAsync((byte[])[23, 3, 3, 0, 32, .. new byte[32]]));
        }
        await AssertNothingIsLeftAsync(server, meters);
    }

    [Theory, OnEachTransport]
    public async Task Seeded_noise_ends_in_silence(TipiTransport transport)
    {
        var random = new Random(Stress.Seed());
        await using TestServer server = await StartAsync(transport);
        using var meters = new MeterRecorder(server);
        for (int round = 0; round < Rounds; round++)
        {
            foreach (Variant variant in Variant.All)
            {
                byte[][] records =
                [
                    [], // nothing but an end
                    Noise(random),
                    Record(ApplicationData),
                    Record(ApplicationData, Noise(random)),
                    Record(ApplicationData, Noise(random))[..^1],
                    [ApplicationData, 3, 3, 0x40, 0xff, .. new byte[0x40ff]],
                    Record(Alert, 1, 0),
                    Record(Alert, 2, (byte)random.Next(256)),
                    Record(Alert, 2),
                    Record(Handshake, 0, 0, 0, 0), // HelloRequest
                    Record(Handshake, 1, 0, 0, 2, 3, 3), // a second ClientHello
                    Record(Handshake, 24, 0, 0, 1, 1), // KeyUpdate, unencrypted
                    Record(20, 1),
                    Record(24, 1, 0x40, 0), // heartbeat
                    Record(random.Next(256), Noise(random)),
                ];
                await Task.WhenAll(
                    records.Select(record => AttackAsync(server, variant, client => client.SendAsync(record))));
            }
            await AssertServedAsync(server);
        }
        await AssertNothingIsLeftAsync(server, meters);
    }

    [Theory, OnEachTransport]
    public async Task Requests_that_were_tampered_with_end_in_silence(TipiTransport transport)
    {
        var random = new Random(Stress.Seed());
        await using TestServer server = await StartAsync(transport);
        using var meters = new MeterRecorder(server);
        foreach (Variant variant in Variant.All)
        {
            await Task.WhenAll(s_tampers.Select(async tamper =>
            {
                var own = new Random(random.Next());
                await AttackAsync(server, variant, tamper: record => tamper(record, own));
            }));
        }
        await AssertServedAsync(server);
        await AssertNothingIsLeftAsync(server, meters);
    }

    /// <summary>A record in order, but behind the client's end.</summary>
    [Theory, OnEachTransport]
    public async Task Data_after_a_close_notify_ends_in_silence(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(transport);
        using var meters = new MeterRecorder(server);
        foreach (Variant variant in Variant.All)
        {
            byte[] held = [];
            await AttackAsync(server, variant, tamper: record =>
            {
                if (held.Length > 0) return [.. record, .. held];
                held = record;
                return [];
            }, endsStream: true);
        }
        await AssertNothingIsLeftAsync(server, meters);
    }

    private static Task<TestServer> StartAsync(TipiTransport transport) => TestServer.StartAsync(
        transport,
        static async context => await context.Response.WriteAsync("served"),
        options => options.CodeEndpoints[0].UseTls(new TestPolicy
        {
            Configure = tls => tls.ApplicationProtocols =
                [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
        }));

    /// <summary>Shakes hands, is answered or not, sends what is broken, and goes when the server does.</summary>
    private static async Task AttackAsync(
        TestServer server, Variant variant, Func<Socket, Task>? attack = null, Func<byte[], byte[]>? tamper = null,
        bool endsStream = false)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, server.Port);
        var wire = new TamperedStream(socket);
        using TlsClient client = await TlsClient.OverAsync(socket, wire, options =>
        {
            options.EnabledSslProtocols = variant.Protocol;
            options.ApplicationProtocols = [variant.Version];
        });
        byte[] words = variant.Version == SslApplicationProtocol.Http2 ? s_preface : s_get;
        try
        {
            if (variant.IsUsed) await client.SendAsync(words);
            wire.Tamper = tamper;
            if (attack is not null) await attack(socket);
            else await client.SendAsync(words);
            if (endsStream) await client.Stream.ShutdownAsync();
            socket.Shutdown(SocketShutdown.Send);
            await client.ReadToEndAsync();
        }
        catch (Exception error) when (error is IOException or SocketException or AuthenticationException)
        {
            // An alert or a reset: the server may end it in any way.
        }
    }

    private static async Task AssertServedAsync(TestServer server)
    {
        using TlsClient client = await TlsClient.ConnectAsync(server.Port);
        await client.SendAsync(s_get);
        RawResponse answer = await client.ReadResponseAsync();
        Assert.Equal(200, answer.Status);
    }

    private static async Task AssertNothingIsLeftAsync(TestServer server, MeterRecorder meters)
    {
        await AssertServedAsync(server);
        await Eventually.NothingIsLeftAsync(meters);
        Assert.DoesNotContain(server.Logs, line => line.Level >= LogLevel.Warning);
    }

    private static byte[] Record(int type, params byte[] content)
    {
        byte[] record = [(byte)type, 3, 3, 0, 0, .. content];
        BinaryPrimitives.WriteUInt16BigEndian(record.AsSpan(3), (ushort)content.Length);
        return record;
    }

    private static byte[] Noise(Random random)
    {
        byte[] noise = new byte[random.Next(1, 300)];
        random.NextBytes(noise);
        return noise;
    }

    private static byte[] With(byte[] record, int index, byte change)
    {
        record[index] ^= change;
        return record;
    }

    private static byte[] Shuffled(byte[] bytes, Random random)
    {
        random.Shuffle(bytes);
        return bytes;
    }

    private sealed record Variant(SslProtocols Protocol, SslApplicationProtocol Version, bool IsUsed)
    {
        internal static IReadOnlyList<Variant> All { get; } =
        [
            .. from protocol in (SslProtocols[])[SslProtocols.Tls12, SslProtocols.Tls13]
               from version in (SslApplicationProtocol[])[SslApplicationProtocol.Http11, SslApplicationProtocol.Http2]
               from isUsed in (bool[])[false, true]
               select new Variant(protocol, version, isUsed),
        ];
    }
}
