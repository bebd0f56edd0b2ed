using System.Diagnostics;
using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;

namespace Tipi.Blocking.Tests;

/// <summary>
/// A process that gets no more threads from some moment on, as in a container whose <c>pids.max</c> is reached. What
/// would start one then goes on with the threads there are.
/// </summary>
public class ThreadShortageTests
{
    private const string NoThreads = "The system cannot start more threads";
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    // A user of this run's own: the limit counts all threads that a user has, and does not hold for root.
    private static readonly string s_user =
        (200_000 + Environment.ProcessId % 1_000_000).ToString(CultureInfo.InvariantCulture);

    private static readonly string[] s_asUser =
        ["setpriv", "--reuid", s_user, "--regid", s_user, "--clear-groups", "--inh-caps=-all"];

    // The runtime ends the process where its own pool wants to grow and cannot; this is about the server's threads.
    private static readonly string[] s_calmPool =
        ["env", "DOTNET_ThreadPool_DisableStarvationDetection=1", "DOTNET_HillClimbing_Disable=1"];

    [Theory]
    [InlineData("Uring")]
    [InlineData("Sockets")]
    public async Task Handshakes_learned_endpoints_and_hand_offs_go_on(string transport)
    {
        Require();
        using var app = await StartAsync(transport);
        using var client = new HttpClient { BaseAddress = app.Address, Timeout = s_patience };
        await LimitThreadsAsync(app.Id, "--nproc=1:");

        try
        {
            await ServeAsync(app, client);
        }
        catch (Exception error) when (error is IOException or HttpRequestException)
        {
            Assert.Fail($"{error.Message} The app wrote: {app.Text}");
        }

        if (transport == "Uring") await UntilAsync(() => app.Text.Contains(NoThreads, StringComparison.Ordinal));
        // The runtime starts a thread for the signal, and ends the process where it gets none.
        await LimitThreadsAsync(app.Id, "--nproc=1000:");
        await app.StopAsync(s_patience);
        Assert.True(app.ExitCode == 0, app.Text);
        Assert.DoesNotContain("OutOfMemory", app.Text, StringComparison.Ordinal);
        // Once for the handlers' threads and once for the rings', at most.
        Assert.InRange(app.Text.Split(NoThreads).Length - 1, transport == "Uring" ? 1 : 0, 2);
    }

    private static async Task ServeAsync(BlockingApp app, HttpClient client)
    {
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => ShakeHandsAsync(app)));
        // The first of them would have the ring handed off, and the later ones begin on a thread apart.
        for (var i = 0; i < 12; i++) Assert.Equal("slept", await AskAsync(client, "/sleep/30"));
        string[] answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => AskAsync(client, "/sleep/30")));
        Assert.All(answers, answer => Assert.Equal("slept", answer));
        Assert.Equal("ok", await AskAsync(client, "/"));
        await ShakeHandsAsync(app);
    }

    private static async Task<string> AskAsync(HttpClient client, string path) =>
        await client.GetStringAsync(new Uri(path, UriKind.Relative));

    private static async Task ShakeHandsAsync(BlockingApp app)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(app.SecureAddress.Host, app.SecureAddress.Port);
        await using var tls = new SslStream(socket.GetStream());
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate is not null,
        };
        await tls.AuthenticateAsClientAsync(options).WaitAsync(s_patience);
        await tls.WriteAsync("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"u8.ToArray());
        using var reader = new StreamReader(tls);
        string answer = await reader.ReadToEndAsync().WaitAsync(s_patience);
        Assert.StartsWith("HTTP/1.1 200", answer, StringComparison.Ordinal);
    }

    private static Task<BlockingApp> StartAsync(string transport) => BlockingApp.StartAsync(
        [.. s_asUser, .. s_calmPool],
        ["--urls=http://127.0.0.1:0;https://127.0.0.1:0", $"--Tipi:Transport={transport}"],
        addresses: 2);

    private static async Task LimitThreadsAsync(int process, string softLimit)
    {
        var id = process.ToString(CultureInfo.InvariantCulture);
        string[] command = [.. s_asUser, "prlimit", "--pid", id, softLimit];
        using var limit = Process.Start(command[0], command[1..]);
        await limit.WaitForExitAsync();
        Assert.Equal(0, limit.ExitCode);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        var clock = Stopwatch.StartNew();
        while (!condition() && clock.Elapsed < s_patience) await Task.Delay(50);
        Assert.True(condition());
    }

    private static void Require()
    {
        string? reason = Environment.UserName == "root" ? null : "Only root can start a process as another user.";
        if (!File.Exists("/usr/bin/setpriv")) reason = "setpriv is not installed (Debian package util-linux).";
        if (Environment.GetEnvironmentVariable("TIPI_REQUIRE_TOOLS") == "1") Assert.True(reason is null, reason);
        else Assert.SkipWhen(reason is not null, reason ?? "");
    }
}
