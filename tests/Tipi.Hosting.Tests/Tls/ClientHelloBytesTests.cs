using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Tipi.Hosting.Tests.Tls;

/// <summary>TlsClientHelloBytesCallback: the client's first message as it was sent, as under Kestrel.</summary>
public sealed class ClientHelloBytesTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";

    [Theory, OnEachTransport]
    public async Task It_is_called_once_with_what_was_sent(TipiTransport transport)
    {
        var seen = new List<(string Id, byte[] Bytes)>();
        await using TestServer server = await TestServer.StartAsync(
            transport, AnswerAsync, options => options.CodeEndpoints[0].UseHttps(Use(seen)));
        foreach (bool drips in (bool[])[false, true])
        {
            seen.Clear();
            (byte[] sent, string id) = await AskAsync(server.Port, drips);
            (string seenId, byte[] bytes) = Assert.Single(seen);
            Assert.Equal(sent, bytes);
            Assert.Equal(id, seenId);
        }
    }

    [Fact]
    public async Task So_does_Kestrel()
    {
        var seen = new List<(string Id, byte[] Bytes)>();
        await using KestrelPeer server = await KestrelPeer.StartAsync(
            AnswerAsync, listen: endpoint => Microsoft.AspNetCore.Hosting.ListenOptionsHttpsExtensions.UseHttps(
                endpoint, Use(seen)));
        (byte[] sent, string id) = await AskAsync(server.EndPoint.Port, drips: false);
        (string seenId, byte[] bytes) = Assert.Single(seen);
        Assert.Equal(sent, bytes);
        Assert.Equal(id, seenId);
    }

    private static HttpsConnectionAdapterOptions Use(List<(string Id, byte[] Bytes)> seen) => new()
    {
        ServerCertificate = TestPolicy.Certificate,
        TlsClientHelloBytesCallback = (connection, bytes) => seen.Add((connection.ConnectionId, bytes.ToArray())),
    };

    /// <returns>What the client sent first, and the connection's id.</returns>
    private static async Task<(byte[] Sent, string Id)> AskAsync(int port, bool drips)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        var wire = new FirstWriteStream(drips ? new DripStream(socket) : new NetworkStream(socket, ownsSocket: true));
        using TlsClient client = await TlsClient.OverAsync(socket, wire, configure: null);
        return (wire.First!, (await client.AskAsync(Get)).Body);
    }

    private static Task AnswerAsync(HttpContext http)
    {
        http.Response.ContentLength = http.Connection.Id.Length;
        return http.Response.WriteAsync(http.Connection.Id);
    }
}
