namespace Tipi.Blocking.Tests;

/// <summary>
/// The others: 64 connections with quick requests, first while nobody blocks and then while somebody does. That each
/// request is answered must hold always; how long they waited is a figure.
/// </summary>
internal sealed class QuickCrowd : IDisposable
{
    private const int Connections = 64;
    private const int Attempts = 16;
    private readonly QuickClient[] _clients;
    private bool _stopped;

    private QuickCrowd(BlockingApp app) =>
        _clients = [.. Enumerable.Range(0, Connections).Select(_ => new QuickClient(app.Address))];

    /// <summary>The longest wait while somebody blocked, less the longest when nobody did, in milliseconds.</summary>
    private double ExtraWaitMs => _clients.Max(client => client.LongestWait.TotalMilliseconds)
        - _clients.Max(client => client.LongestCalmWait.TotalMilliseconds);

    /// <summary>
    /// Has somebody block in the app, until the others' extra wait is within the bound: on a machine that does other
    /// things too the best of some attempts counts, and what its host takes meanwhile is nobody's wait here.
    /// </summary>
    /// <param name="prepare">Compiles what is measured; each attempt has an app of its own.</param>
    /// <param name="block">Ends when nobody blocks any more.</param>
    /// <param name="longestMs">Allowed beyond the longest wait when nobody blocked.</param>
    /// <param name="leastAnswers">Of each connection.</param>
    public static async Task BestOfAsync(
        Func<BlockingApp, Task> prepare, Func<BlockingApp, Task> block, int longestMs, int leastAnswers)
    {
        BlockingHandlersTests.Require();
        var waits = new List<double>();
        for (var i = 0; i < Attempts; i++)
        {
            using var app = await BlockingApp.StartAsync();
            await prepare(app);
            using var crowd = new QuickCrowd(app);
            waits.Add(await crowd.WatchAsync(() => block(app), leastAnswers));
            if (waits[^1] <= longestMs) break;
        }

        var all = string.Join(", ", waits.Select(wait => $"{wait:F0}"));
        TestContext.Current.TestOutputHelper?.WriteLine($"longest waits, without what the host took: {all} ms");
        Assert.True(waits[^1] <= longestMs, $"Somebody waited {all} ms; allowed are {longestMs}.");
    }

    public void Dispose() => Stop();

    private async Task<double> WatchAsync(Func<Task> block, int leastAnswers)
    {
        foreach (var client in _clients) client.Start();
        for (var stage = 0; stage < 2; stage++)
        {
            await Task.Delay(500);
            foreach (var client in _clients) client.BeginNextStage();
        }

        double stolen = StolenTime.ReadMs();
        await block();
        stolen = StolenTime.ReadMs() - stolen;
        Stop();
        Assert.All(_clients, client => Assert.Null(client.Failure));
        Assert.All(_clients, client => Assert.True(client.Answers >= leastAnswers, $"{client.Answers} answers"));
        return ExtraWaitMs - stolen;
    }

    private void Stop()
    {
        if (_stopped) return;
        _stopped = true;
        foreach (var client in _clients) client.Stop();
    }
}
