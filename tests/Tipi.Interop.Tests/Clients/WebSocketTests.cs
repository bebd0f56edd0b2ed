using System.Net.WebSockets;
using System.Security.Cryptography;
using Tipi.Interop.Tests.Sample;

namespace Tipi.Interop.Tests.Clients;

/// <summary>
/// A connection, or a stream of one, that stops being HTTP: the framework's client against the sample's echo.
/// </summary>
public sealed class WebSocketTests(SampleFleet fleet) : IDisposable
{
    // Over HTTP/2 the sockets of a test share a connection.
    private readonly HttpMessageInvoker _invoker = new(SampleWires.NewHandler());

    public void Dispose() => _invoker.Dispose();

    [Theory]
    [MemberData(nameof(SampleFleet.OnEachWire), MemberType = typeof(SampleFleet))]
    public async Task Messages_come_back(SampleVariant variant, SampleWire wire)
    {
        using var socket = await ConnectAsync(await fleet.AddressAsync(variant, wire), wire);

        foreach (var length in new[] { 0, 1, 125, 126, 4096, 70_000, 1_000_000 })
        {
            var message = RandomNumberGenerator.GetBytes(length);
            var sent = socket.SendAsync(message, WebSocketMessageType.Binary, true, Token);
            Assert.Equal(message, await ReceiveAsync(socket));
            await sent;
        }
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "done", Token);

        Assert.Equal("bye", socket.CloseStatusDescription);
    }

    [Theory]
    [MemberData(nameof(SampleFleet.OnEachWire), MemberType = typeof(SampleFleet))]
    public async Task A_client_that_vanishes_harms_nobody(SampleVariant variant, SampleWire wire)
    {
        var address = await fleet.AddressAsync(variant, wire);
        for (var n = 0; n < 10; n++)
        {
            using var socket = await ConnectAsync(address, wire);
            await socket.SendAsync(new byte[] { 1 }, WebSocketMessageType.Binary, n % 2 == 0, Token);
            socket.Abort();
        }
        using var last = await ConnectAsync(address, wire);
        await last.SendAsync(new byte[] { 7 }, WebSocketMessageType.Binary, true, Token);

        Assert.Equal([7], await ReceiveAsync(last));
    }

    [Theory]
    [MemberData(nameof(SampleFleet.OnEachWire), MemberType = typeof(SampleFleet))]
    public async Task A_stop_says_goodbye(SampleVariant variant, SampleWire wire)
    {
        await using var sample = await SampleProcess.StartAsync(variant, wire);
        using var socket = await ConnectAsync(sample.Address, wire);

        var stop = sample.StopAsync();
        await ReceiveAsync(socket);

        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, socket.CloseStatus);
        Assert.Equal(0, await stop);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private async Task<ClientWebSocket> ConnectAsync(Uri address, SampleWire wire)
    {
        var socket = new ClientWebSocket();
        socket.Options.HttpVersion = wire.Version();
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        socket.Options.CollectHttpResponseDetails = true;
        var scheme = address.Scheme == Uri.UriSchemeHttps ? "wss" : "ws";
        var uri = new UriBuilder(address) { Scheme = scheme, Path = "live/echo" }.Uri;
        await socket.ConnectAsync(uri, _invoker, Token);
        // The answer to an extended CONNECT (RFC 8441 §5), or to an upgrade.
        Assert.Equal(wire == SampleWire.Tls ? 200 : 101, (int)socket.HttpStatusCode);
        return socket;
    }

    private static async Task<byte[]> ReceiveAsync(ClientWebSocket socket)
    {
        using var message = new MemoryStream();
        var buffer = new byte[8192];
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer, Token);
            message.Write(buffer, 0, part.Count);
            if (part.EndOfMessage) return message.ToArray();
        }
    }
}
