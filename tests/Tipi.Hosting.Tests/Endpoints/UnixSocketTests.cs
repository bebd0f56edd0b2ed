using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Tipi.Hosting.Tests.Http2;

namespace Tipi.Hosting.Tests.Endpoints;

public sealed class UnixSocketTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tipi-unix-").FullName;

    private string SocketPath => Path.Combine(_folder, "a.sock");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Task<TestServer> StartAsync(TipiTransport transport, Action<TipiListenOptions>? configure = null) =>
        StartAsync(transport, SocketPath, configure);

    private static Task<TestServer> StartAsync(
        TipiTransport transport, string path, Action<TipiListenOptions>? configure = null) =>
        TestServer.StartAsync(
            transport, context => context.Response.WriteAsync("here"),
            options => options.ListenUnixSocket(path, endpoint => configure?.Invoke(endpoint)));

    private static async Task<string> GetAsync(EndPoint endPoint)
    {
        using RawClient client = await RawClient.ConnectAsync(endPoint);
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        return (await client.ReadResponseAsync()).Body;
    }

    /// <summary>What a server leaves that was killed: a file of a socket that nobody has open.</summary>
    private void LeaveStaleFile()
    {
        string elsewhere = Path.Combine(_folder, "b.sock");
        using var gone = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        gone.Bind(new UnixDomainSocketEndPoint(elsewhere));
        File.Move(elsewhere, SocketPath); // or the socket would take it along
    }

    [Theory, OnEachTransport]
    public async Task The_file_has_the_mode_that_is_asked_for_and_goes_with_the_server(TipiTransport transport)
    {
        const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupWrite;
        await using (TestServer server = await StartAsync(transport, endpoint => endpoint.UnixSocketMode = Mode))
        {
            Assert.Equal(Mode, new FileInfo(SocketPath).UnixFileMode);
            Assert.Equal("here", await GetAsync(new UnixDomainSocketEndPoint(SocketPath)));
        }
        Assert.False(File.Exists(SocketPath));
    }

    [Theory, OnEachTransport]
    public async Task The_file_can_be_given_away(TipiTransport transport)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root may give files away.");
        await using TestServer server = await StartAsync(transport, endpoint =>
        {
            endpoint.UnixSocketUser = "daemon";
            endpoint.UnixSocketGroup = "1234";
        });
        using var stat = Process.Start(new ProcessStartInfo("stat", ["-c", "%U %g", SocketPath])
        {
            RedirectStandardOutput = true,
        })!;
        Assert.Equal("daemon 1234", (await stat.StandardOutput.ReadToEndAsync()).Trim());
    }

    [Theory, OnEachTransport]
    public async Task An_owner_that_is_not_there_is_named_and_leaves_no_file(TipiTransport transport)
    {
        var error = await Assert.ThrowsAsync<IOException>(
            () => StartAsync(transport, endpoint => endpoint.UnixSocketGroup = "nobody-has-this"));
        Assert.Contains($"http://unix:{SocketPath}: There is no group \"nobody-has-this\"", error.Message);
        Assert.False(File.Exists(SocketPath));
    }

    [Theory, OnEachTransport]
    public async Task A_file_that_nobody_listens_on_is_replaced(TipiTransport transport)
    {
        LeaveStaleFile();
        Assert.True(File.Exists(SocketPath));
        await using TestServer server = await StartAsync(transport);
        Assert.Equal("here", await GetAsync(new UnixDomainSocketEndPoint(SocketPath)));
    }

    [Theory, OnEachTransport]
    public async Task A_file_that_somebody_listens_on_is_in_use(TipiTransport transport)
    {
        await using TestServer first = await StartAsync(transport);
        var error = await Assert.ThrowsAsync<IOException>(() => StartAsync(transport));
        Assert.Contains("in use", error.Message);
        Assert.Equal("here", await GetAsync(new UnixDomainSocketEndPoint(SocketPath)));
    }

    [Theory, OnEachTransport]
    public async Task A_server_that_stops_leaves_the_file_of_another(TipiTransport transport)
    {
        await using TestServer first = await StartAsync(transport);
        File.Delete(SocketPath); // as a deploy does that puts the next server in the place of this one
        await using TestServer second = await StartAsync(transport);

        await first.DisposeAsync();

        Assert.Equal("here", await GetAsync(new UnixDomainSocketEndPoint(SocketPath)));
        await second.DisposeAsync();
        Assert.False(File.Exists(SocketPath));
    }

    /// <summary>Without an agreement the second one may remove what the first one has just bound.</summary>
    [Theory, OnEachTransport]
    public async Task Of_two_that_start_at_once_one_listens_and_the_other_says_that_it_can_not(TipiTransport transport)
    {
        for (int round = 0; round < 25; round++)
        {
            LeaveStaleFile();
            using var together = new Barrier(2);
            Task<TestServer>[] starts = [.. Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
            {
                together.SignalAndWait();
                return StartAsync(transport);
            }))];
            await Task.WhenAll(starts).ContinueWith(static _ => { }, TaskScheduler.Default);

            Task<TestServer> good = Assert.Single(starts, static start => start.IsCompletedSuccessfully);
            Task<TestServer> bad = Assert.Single(starts, static start => start.IsFaulted);
            Assert.Contains("in use", (await Assert.ThrowsAsync<IOException>(() => bad)).Message);
            Assert.Equal("here", await GetAsync(new UnixDomainSocketEndPoint(SocketPath)));
            await (await good).DisposeAsync();
            Assert.False(File.Exists(SocketPath));
        }
    }

    [Theory, OnEachTransport]
    public async Task A_folder_that_somebody_has_locked_is_not_waited_for_for_ever(TipiTransport transport)
    {
        using var locked = Process.Start(new ProcessStartInfo("flock", [_folder, "sleep", "60"]))!;
        try
        {
            await Eventually.HoldsAsync(IsLocked, () => "The folder was not locked.");
            await using TestServer server = await StartAsync(transport);
            Assert.Equal("here", await GetAsync(new UnixDomainSocketEndPoint(SocketPath)));
        }
        finally
        {
            locked.Kill(entireProcessTree: true);
        }

        bool IsLocked()
        {
            using var attempt = Process.Start(new ProcessStartInfo("flock", ["-n", _folder, "true"]))!;
            attempt.WaitForExit();
            return attempt.ExitCode != 0;
        }
    }

    [Theory, OnEachTransport]
    public async Task A_full_backlog_is_somebody_who_listens(TipiTransport transport)
    {
        using var busy = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        busy.Bind(new UnixDomainSocketEndPoint(SocketPath));
        busy.Listen(0);
        using var waiting = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await waiting.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath));
        var error = await Assert.ThrowsAsync<IOException>(() => StartAsync(transport));
        Assert.Contains("in use", error.Message);
        Assert.True(File.Exists(SocketPath));
    }

    [Theory, OnEachTransport]
    public async Task What_is_not_a_socket_is_never_removed(TipiTransport transport)
    {
        await File.WriteAllTextAsync(SocketPath, "precious");
        var error = await Assert.ThrowsAsync<IOException>(() => StartAsync(transport));
        Assert.Contains("not a socket", error.Message);
        Assert.Equal("precious", await File.ReadAllTextAsync(SocketPath));
        File.Delete(SocketPath);
        File.CreateSymbolicLink(SocketPath, Path.Combine(_folder, "nowhere"));
        await Assert.ThrowsAsync<IOException>(() => StartAsync(transport));
        Assert.NotNull(new FileInfo(SocketPath).LinkTarget);
    }

    [Theory, OnEachTransport]
    public async Task A_folder_that_is_not_there_is_named(TipiTransport transport)
    {
        string path = Path.Combine(_folder, "missing", "a.sock");
        var error = await Assert.ThrowsAsync<IOException>(() => StartAsync(transport, path));
        Assert.Contains($"http://unix:{path}: the directory of the socket does not exist", error.Message);
    }

    [Theory, OnEachTransport]
    public async Task Abstract_sockets_have_a_name_and_no_file(TipiTransport transport)
    {
        string name = $"tipi-{Guid.NewGuid():N}";
        await using TestServer server = await StartAsync(transport, $"@{name}");
        Assert.Equal("here", await GetAsync(new UnixDomainSocketEndPoint($"\0{name}")));
        Assert.False(File.Exists($"@{name}"));
        var error = await Assert.ThrowsAsync<IOException>(() => StartAsync(transport, $"\0{name}"));
        Assert.Contains($"http://unix:@{name}", error.Message);
    }
}
