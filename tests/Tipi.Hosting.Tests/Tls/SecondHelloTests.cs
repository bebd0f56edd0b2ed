using System.Buffers.Binary;
using System.Net.Sockets;
using Tipi.Hosting.Tests.Server;
using Tipi.Hosting.Tls;

namespace Tipi.Hosting.Tests.Tls;

/// <summary>
/// A client that brought no key share of a group that the server has is told to say hello once more. That is one
/// handshake, for which the application is asked once.
/// </summary>
public sealed class SecondHelloTests
{
    private const int ServerHello = 2;

    /// <summary>By which a server hello says that it asks for another client hello (RFC 8446, section 4.1.3).</summary>
    private static readonly byte[] s_retry = [0xCF, 0x21, 0xAD, 0x74];

    [Theory, OnEachTransport]
    public async Task Options_are_selected_once(TipiTransport transport)
    {
        int selections = 0;
        var policy = new TestPolicy
        {
            OnSelect = (_, _) =>
            {
                Interlocked.Increment(ref selections);
                return Task.CompletedTask;
            },
        };
        await using TestServer server = await TestServer.StartAsync(
            transport, static _ => Task.CompletedTask, options => options.CodeEndpoints[0].UseTls(policy));
        using RawClient client = await server.ConnectAsync();

        await client.SendAsync(Hello([]));
        byte[] first = await ReadServerHelloAsync(client.Socket);
        await client.SendAsync(Hello([0, 0x1D, 0, 32, .. new byte[31], 9])); // a point of X25519
        byte[] second = await ReadServerHelloAsync(client.Socket);

        Assert.Equal(s_retry, first[..4]);
        Assert.NotEqual(s_retry, second[..4]);
        Assert.Equal(1, selections);
    }

    /// <summary>A client hello for TLS 1.3 and X25519 with these key shares.</summary>
    private static byte[] Hello(byte[] shares)
    {
        byte[] extensions =
        [
            .. Extension(0, [0, 12, 0, 0, 9, .. "localhost"u8]),
            .. Extension(10, [0, 2, 0, 0x1D]),
            .. Extension(13, [0, 2, 4, 3]), // ECDSA with P-256 and SHA-256
            .. Extension(43, [2, 3, 4]),
            .. Extension(51, Prefixed(shares)),
        ];
        byte[] random = new byte[32];
        byte[] body = [3, 3, .. random, 0, 0, 2, 0x13, 1, 1, 0, .. Prefixed(extensions)];
        return [22, 3, 1, .. Prefixed([1, 0, .. Prefixed(body)])];
    }

    private static byte[] Extension(byte type, byte[] content) => [0, type, .. Prefixed(content)];

    private static byte[] Prefixed(byte[] content)
    {
        byte[] length = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)content.Length);
        return [.. length, .. content];
    }

    /// <summary>The random of the next server hello.</summary>
    private static async Task<byte[]> ReadServerHelloAsync(Socket socket)
    {
        await using var stream = new NetworkStream(socket, ownsSocket: false);
        byte[] head = new byte[5];
        while (true)
        {
            await stream.ReadExactlyAsync(head);
            byte[] content = new byte[BinaryPrimitives.ReadUInt16BigEndian(head.AsSpan(3))];
            await stream.ReadExactlyAsync(content);
            if (head[0] == 22 && content[0] == ServerHello) return content[6..38];
            Assert.Equal(20, head[0]); // change_cipher_spec, which older devices between want to see
        }
    }
}
