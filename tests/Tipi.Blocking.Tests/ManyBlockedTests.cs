namespace Tipi.Blocking.Tests;

/// <summary>
/// One processor, one ring, and more handlers that block than are given a thread at once: they get theirs slowly, the
/// others are served, and the process can be stopped.
/// </summary>
public class ManyBlockedTests
{
    private const int Requests = 300;
    private const int AtOnce = 256;
    private const int BlockMs = 120_000;
    private const string Crowded = "handlers are blocked at once";

    // Long for a stop with a deadline of a second, and short for handlers that block.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task OtherEndpointsAreServed_ItIsSaidOnce_AndTheProcessStopsAtItsDeadline()
    {
        BlockingHandlersTests.Require();
        using var app = await BlockingApp.StartAsync(
            ["taskset", "-c", "0"],
            ["--urls=http://127.0.0.1:0", "--Tipi:Transport=Uring", "--shutdownTimeoutSeconds=1"],
            addresses: 1);
        using var client = new HttpClient { BaseAddress = app.Address, Timeout = s_patience };
        var warm = await LearnAsync(app, client, "/hold", "/hold", "held")
            + await LearnAsync(app, client, "/gate/{ms:int}", "/gate/30", "closed");

        using var patient = new HttpClient { BaseAddress = app.Address, Timeout = Timeout.InfiniteTimeSpan };
        var blocked = Enumerable.Range(0, Requests).Select(_ => AskAsync(patient, $"/gate/{BlockMs}")).ToArray();
        Assert.Equal("held", await AskAsync(client, "/hold")); // among those that wait for a thread
        Assert.Equal("ok", await AskAsync(client, "/"));
        await app.UntilBegunAsync(warm + Requests);
        // With the overseer; some more come for those that have ended.
        Assert.InRange(app.CountThreads("tipi-blocking"), AtOnce + 2, Requests + 10);
        Assert.Equal("held", await AskAsync(client, "/hold")); // behind them
        Assert.Equal("ok", await AskAsync(client, "/"));
        Assert.All(blocked, one => Assert.False(one.IsCompleted));

        await app.StopAsync(s_patience);

        Assert.True(app.ExitCode == 0, app.Text);
        Assert.Equal(2, app.Text.Split(Crowded).Length);
        foreach (var one in blocked) await Assert.ThrowsAnyAsync<HttpRequestException>(() => one);
    }

    // How many handlers of the crowd that took.
    private static async Task<int> LearnAsync(
        BlockingApp app, HttpClient client, string pattern, string path, string answer)
    {
        var asked = 0;
        do
        {
            Assert.Equal(answer, await AskAsync(client, path));
            Assert.True(++asked < 30, $"{path} was not learned: {app.Text}");
        }
        while (!IsLearned());
        return path.StartsWith("/gate", StringComparison.Ordinal) ? asked : 0;

        bool IsLearned() => app.Text.Split('\n').Any(
            line => line.Contains("dedicated threads", StringComparison.Ordinal)
                && line.Contains(pattern, StringComparison.Ordinal));
    }

    private static Task<string> AskAsync(HttpClient client, string path) =>
        client.GetStringAsync(new Uri(path, UriKind.Relative));
}
