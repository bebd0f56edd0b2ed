using System.Diagnostics;
using System.Net;

namespace Tipi.Chaos.Tests;

/// <summary>
/// Whatever handlers, the log and shortages do: the process lives, whoever asks gets his own answer, and afterwards
/// everything is given back. TIPI_STRESS_SECONDS makes it longer.
/// </summary>
public sealed class ChaosTests
{
    private const int WarmUp = 500;

    private static readonly TimeSpan s_warmUpTime = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(90);
    private static readonly string?[] s_shortages = [null, "descriptors", "threads", "memory"];
    private static readonly string[] s_misdeeds =
        ["/sleep/40", "/spin/15", "/uninterruptible/60", "/change", "/keep", "/throw", "/abort"];

    [Theory]
    [InlineData("Uring")]
    [InlineData("Sockets")]
    public async Task Everybody_gets_his_own_answer_and_everything_is_given_back(string transport)
    {
        string? reason = Environment.IsPrivilegedProcess ? null : "Only root may run a process as another user.";
        Assert.SkipWhen(reason is not null, reason ?? "");
        TimeSpan time = Stress.Time(16);
        TimeSpan roundTime = TimeSpan.FromSeconds(Math.Min(10, time.TotalSeconds / s_shortages.Length));
        using ChaosApp app = await ChaosApp.StartAsync(transport);
        // Loads and compiles what is measured.
        for (int answers = 0; answers < WarmUp;) answers += await RunAsync(app, transport, null, s_warmUpTime);
        RestReport before = await ReadRestAsync(app);
        var clock = Stopwatch.StartNew();
        for (int round = 0; round < s_shortages.Length || clock.Elapsed < time; round++)
            await RunAsync(app, transport, s_shortages[round % s_shortages.Length], roundTime);

        clock.Restart();
        RestReport after = await ReadRestAsync(app);
        while (!after.IsNoMoreThan(before) && clock.Elapsed < s_patience)
        {
            await Task.Delay(500);
            after = await ReadRestAsync(app);
        }
        Assert.True(after.IsNoMoreThan(before), $"{before} became {after}");
        using var client = new ChaosClient(app.Addresses[0], HttpVersion.Version11, "last;");
        Assert.Equal("0", await client.GetTextAsync("/foreign-looks"));
    }

    /// <returns>Answers.</returns>
    private static async Task<int> RunAsync(ChaosApp app, string transport, string? shortage, TimeSpan time)
    {
        // On sockets handlers run on the runtime's own pool, where an interrupt ends the process under any server.
        string[] misdeeds = transport == "Uring" ? [.. s_misdeeds, "/interrupt"] : s_misdeeds;
        var round = new ChaosRound(app.Addresses, misdeeds, shortage, time);
        await round.RunAsync(() => app.HasEnded);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{shortage ?? "nothing"} short: {round.Answers} answers, {round.Failures.Count} failures: "
            + string.Join(", ", round.Failures.Take(3)));
        Assert.False(app.HasEnded, app.Describe());
        Assert.True(round.Answers > 0, "Nobody was answered.");
        // Without memory a request may fail, and is seen to fail.
        if (shortage != "memory") Assert.True(round.Failures.Count == 0, app.Describe());
        return round.Answers;
    }

    private static async Task<RestReport> ReadRestAsync(ChaosApp app)
    {
        using var client = new ChaosClient(app.Addresses[0], HttpVersion.Version11, "observer;");
        return RestReport.Parse(await client.GetTextAsync("/holdings"));
    }
}
