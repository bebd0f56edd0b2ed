using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Tipi.Hosting.Tests.Http2;

namespace Tipi.Hosting.Tests.Configuration;

/// <summary>A change of the configuration whose first step, closing what has changed, fails half-way.</summary>
public sealed class FailedCloseTests
{
    private const int ReloadFailed = 53;

    [Theory, OnEachTransport]
    public async Task What_was_closed_is_opened_again(TipiTransport transport)
    {
        bool fails = false;
        int[] ports = [FreePort(), FreePort(), FreePort()];
        await using ConfiguredApp app = await ConfiguredApp.StartAsync(
            transport,
            new Dictionary<string, string?>
            {
                ["Tipi:Endpoints:A:Url"] = $"http://127.0.0.1:{ports[0]}",
                ["Tipi:Endpoints:B:Url"] = $"http://127.0.0.1:{ports[1]}",
            },
            options => options.Uring.CreateBoundListenSocket = endPoint =>
            {
                // The second one, which is closed behind the first; each that takes its place, too, as one change may
                // be told more than once, and is tried again then.
                bool isSecond = endPoint is IPEndPoint { Port: var port } && port == ports[1];
                var socket = new FragileSocket(isSecond, () => fails);
                socket.Bind(endPoint);
                return socket;
            });
        fails = true;

        app.Change(
            ("Tipi:Endpoints:A:Url", $"http://127.0.0.1:{ports[2]}"), ("Tipi:Endpoints:B:Url", null));
        await Eventually.HoldsAsync(
            () => app.Logs.Any(line => line.EventId == ReloadFailed),
            () => string.Join('\n', app.Logs.Select(line => line.Text)));

        // As it was, which is what the log says.
        foreach (int port in ports[..2]) await AssertServedAsync(port);
        await Assert.ThrowsAsync<SocketException>(() => ConfiguredApp.AskAsync($"http://127.0.0.1:{ports[2]}"));
        await Eventually.HoldsAsync(() => app.Addresses.Length == 2, () => string.Join(' ', app.Addresses));

        // And the next change holds.
        fails = false;
        app.Change(
            ("Tipi:Endpoints:A:Url", $"http://127.0.0.1:{ports[0]}"),
            ("Tipi:Endpoints:B:Url", $"http://127.0.0.1:{ports[1]}"),
            ("Tipi:Endpoints:C:Url", $"http://127.0.0.1:{ports[2]}"));
        await Eventually.HoldsAsync(() => app.Addresses.Length == 3, () => string.Join(' ', app.Addresses));
        Assert.Equal($"port {ports[2]}", (await ConfiguredApp.AskAsync($"http://127.0.0.1:{ports[2]}")).Body);
    }

    /// <summary>Waits until it is, as the change may be tried once more.</summary>
    private static async Task AssertServedAsync(int port)
    {
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                Assert.Equal($"port {port}", (await ConfiguredApp.AskAsync($"http://127.0.0.1:{port}")).Body);
                return;
            }
            catch (SocketException) when (attempt < 50)
            {
                await Task.Delay(100);
            }
        }
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private sealed class FragileSocket(bool isFragile, Func<bool> fails)
        : Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
    {
        protected override void Dispose(bool disposing)
        {
            base.Dispose(disposing);
            if (disposing && isFragile && fails()) throw new IOException("It cannot be closed.");
        }
    }
}
