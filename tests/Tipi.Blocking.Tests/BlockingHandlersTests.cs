using Tipi.Transport.Uring;

namespace Tipi.Blocking.Tests;

/// <summary>
/// One processor, one ring, 64 connections with quick requests, and handlers that hold the ring for seconds. The waits
/// that are allowed are generous for the server and small for the seconds that the others block; on a machine that does
/// other things too the best of some attempts counts, each less what one had to wait just before, when nobody blocked.
/// That every request is answered must hold in each attempt.
/// </summary>
public class BlockingHandlersTests
{
    private const int Connections = 64;
    private const int Attempts = 8;
    private const int BudgetMs = 4;

    [Theory]
    [InlineData("/sleep/5000")]
    [InlineData("/spin/5000")]
    [InlineData("/result/5000")]
    public Task OneHandlerBlocks_NobodyElseWaits(string blocking) =>
        BestOfAsync([blocking], longestMs: 50 + BudgetMs);

    [Fact]
    public Task EightSleepAndTwoSpin_TheOthersAreServed() => BestOfAsync(
        [.. Enumerable.Repeat("/sleep/5000", 8), .. Enumerable.Repeat("/spin/5000", 2)], longestMs: 150);

    private static async Task BestOfAsync(string[] blocking, int longestMs)
    {
        Require();
        var waits = new List<double>();
        for (var i = 0; i < Attempts; i++)
        {
            waits.Add(await LongestWaitAsync(blocking));
            if (waits[^1] <= longestMs) break;
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"longest waits: {string.Join(", ", waits)} ms");
        Assert.True(waits[^1] <= longestMs, $"Somebody waited {string.Join(", ", waits)} ms; allowed are {longestMs}.");
    }

    private static async Task<double> LongestWaitAsync(string[] blocking)
    {
        using var app = await BlockingApp.StartAsync();
        using var client = new HttpClient { BaseAddress = app.Address, Timeout = TimeSpan.FromSeconds(60) };
        await WarmUpAsync(client, blocking);
        var before = await app.HandOffsAsync();
        var others = Enumerable.Range(0, Connections).Select(_ => new QuickClient(app.Address)).ToArray();
        foreach (var other in others) other.Start();
        for (var stage = 0; stage < 2; stage++)
        {
            await Task.Delay(500);
            foreach (var other in others) other.BeginNextStage();
        }

        await Task.WhenAll(blocking.Select(path => client.GetStringAsync(new Uri(path, UriKind.Relative))));
        foreach (var other in others) other.Stop();

        Assert.All(others, other => Assert.Null(other.Failure));
        // While the ring was held for five seconds everybody went on: at ten requests a second at the least.
        Assert.All(others, other => Assert.True(other.Answers >= 50, $"{other.Answers} answers"));
        Assert.True(await app.HandOffsAsync() > before, "no hand-off was counted");
        return others.Max(other => other.LongestWait.TotalMilliseconds)
            - others.Max(other => other.LongestCalmWait.TotalMilliseconds);
    }

    // Compiles the code that is measured. The blocking endpoints are called too briefly to lose a ring.
    private static async Task WarmUpAsync(HttpClient client, string[] blocking)
    {
        for (var i = 0; i < 2000; i++) await client.GetStringAsync(new Uri("/", UriKind.Relative));
        foreach (var path in blocking.Distinct())
            await client.GetStringAsync(new Uri(path.Replace("5000", "0", StringComparison.Ordinal), UriKind.Relative));
        await Task.Delay(500);
    }

    private static void Require()
    {
        var support = RingSupport.Probe();
        string? reason = support.IsAvailable ? null : $"No io_uring here: {support.Cause}.";
        if (!HasTaskset()) reason = "taskset is not installed (Debian package util-linux).";
        if (Environment.GetEnvironmentVariable("TIPI_REQUIRE_TOOLS") == "1") Assert.True(reason is null, reason);
        else Assert.SkipWhen(reason is not null, reason ?? "");
    }

    private static bool HasTaskset() => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator)
        .Any(folder => File.Exists(Path.Combine(folder, "taskset")));
}
