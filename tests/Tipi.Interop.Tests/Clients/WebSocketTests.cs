using System.Net.WebSockets;
using System.Security.Cryptography;
using Tipi.Interop.Tests.Sample;

namespace Tipi.Interop.Tests.Clients;

/// <summary>A connection that stops being HTTP: the framework's WebSocket client against the sample's echo.</summary>
public sealed class WebSocketTests(SampleFleet fleet)
{
    [Theory]
    [MemberData(nameof(SampleFleet.All), MemberType = typeof(SampleFleet))]
    public async Task Messages_come_back(SampleVariant variant)
    {
        using var socket = await ConnectAsync(await fleet.AddressAsync(variant));

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
    [MemberData(nameof(SampleFleet.All), MemberType = typeof(SampleFleet))]
    public async Task A_client_that_vanishes_harms_nobody(SampleVariant variant)
    {
        var address = await fleet.AddressAsync(variant);
        for (var n = 0; n < 10; n++)
        {
            using var socket = await ConnectAsync(address);
            await socket.SendAsync(new byte[] { 1 }, WebSocketMessageType.Binary, n % 2 == 0, Token);
            socket.Abort();
        }
        using var last = await ConnectAsync(address);
        await last.SendAsync(new byte[] { 7 }, WebSocketMessageType.Binary, true, Token);

        Assert.Equal([7], await ReceiveAsync(last));
    }

    [Theory]
    [MemberData(nameof(SampleFleet.All), MemberType = typeof(SampleFleet))]
    public async Task A_stop_says_goodbye(SampleVariant variant)
    {
        await using var sample = await SampleProcess.StartAsync(variant);
        using var socket = await ConnectAsync(sample.Address);

        var stop = sample.StopAsync();
        await ReceiveAsync(socket);

        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, socket.CloseStatus);
        Assert.Equal(0, await stop);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static async Task<ClientWebSocket> ConnectAsync(Uri address)
    {
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(new UriBuilder(address) { Scheme = "ws", Path = "live/echo" }.Uri, Token);
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
