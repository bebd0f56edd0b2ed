using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Tipi.Interop.Tests.Tools;

namespace Tipi.Interop.Tests.Sample;

/// <summary>The sample as a service that systemd starts for a connection, and that tells how it is.</summary>
public sealed class SystemdTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("Uring")]
    [InlineData("Sockets")]
    public async Task It_serves_all_sockets_that_it_is_given_and_says_when_it_is_ready(string transport)
    {
        string folder = Directory.CreateTempSubdirectory("tipi-systemd-").FullName;
        string path = Path.Combine(folder, "a.sock"), notify = Path.Combine(folder, "notify");
        int port = FreePort();
        using var manager = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        manager.Bind(new UnixDomainSocketEndPoint(notify));
        using Process activator = Start(transport, port, path, notify);
        try
        {
            using var client = new HttpClient { Timeout = s_patience };
            Assert.Equal("Healthy", await GetWhenListeningAsync(client, $"http://127.0.0.1:{port}/health"));
            Assert.Equal("READY=1", await ReceiveAsync(manager));
            using var overFile = new HttpClient(new SocketsHttpHandler { ConnectCallback = ConnectToAsync(path) });
            Assert.Equal("Healthy", await overFile.GetStringAsync(new Uri("http://localhost/health")));
            Assert.All(["3", "4"], descriptor => AssertKeptFromChildren(activator.Id, descriptor));
            using var kill = Process.Start("kill", ["-TERM", activator.Id.ToString(CultureInfo.InvariantCulture)]);
            string told = await ReceiveAsync(manager);
            while (told == "WATCHDOG=1") told = await ReceiveAsync(manager);
            Assert.Equal("STOPPING=1", told);
            await activator.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(s_patience);
            Assert.True(File.Exists(path), "The file belongs to systemd.");
        }
        finally
        {
            if (!activator.HasExited) activator.Kill();
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Process Start(string transport, int port, string path, string notify)
    {
        var start = new ProcessStartInfo(
            Tool.Require("systemd-socket-activate"),
            [
                "--listen", $"127.0.0.1:{port}", "--listen", path, "--fdname", "web:file",
                "--setenv", $"NOTIFY_SOCKET={notify}", "--setenv", "WATCHDOG_USEC=4000000",
                "--setenv", "PATH", "--setenv", "HOME", "--setenv", "DOTNET_ROOT",
                Tool.Require("dotnet"), Path.Combine(AppContext.BaseDirectory, "MinimalApi.dll"),
                $"--Tipi:Transport={transport}",
            ])
        {
            WorkingDirectory = Path.Combine(Repository.Root, "samples", "MinimalApi"),
        };
        return Process.Start(start)!;
    }

    /// <summary>The activator has become the sample: it has the descriptors, and had them without the flag.</summary>
    private static void AssertKeptFromChildren(int processId, string descriptor)
    {
        const int CloseOnExec = 0x80000;
        string flags = File.ReadLines($"/proc/{processId}/fdinfo/{descriptor}")
            .Single(line => line.StartsWith("flags:", StringComparison.Ordinal));
        Assert.NotEqual(0, Convert.ToInt32(flags["flags:".Length..].Trim(), 8) & CloseOnExec);
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private static async Task<string> GetWhenListeningAsync(HttpClient client, string url)
    {
        for (var left = 200; ; left--)
        {
            try
            {
                return await client.GetStringAsync(new Uri(url), TestContext.Current.CancellationToken);
            }
            catch (HttpRequestException refused) when (refused.InnerException is SocketException && left > 0)
            {
                await Task.Delay(100);
            }
        }
    }

    private static async Task<string> ReceiveAsync(Socket manager)
    {
        var buffer = new byte[100];
        using var late = new CancellationTokenSource(s_patience);
        int count = await manager.ReceiveAsync(buffer, SocketFlags.None, late.Token);
        return Encoding.UTF8.GetString(buffer, 0, count);
    }

    private static Func<SocketsHttpConnectionContext, CancellationToken, ValueTask<Stream>> ConnectToAsync(
        string path) => async (_, cancellationToken) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        };
}
