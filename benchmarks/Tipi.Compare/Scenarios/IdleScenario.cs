using Tipi.Compare.Load;
using Tipi.Compare.Machine;
using Tipi.Compare.Peers;

namespace Tipi.Compare.Scenarios;

/// <summary>
/// What a connection costs in the server's memory while nothing happens on it: resident memory more than before,
/// divided by the connections. The kernel's socket memory is the same for every server and is not in it.
/// </summary>
internal sealed class IdleScenario(string name, string title, Workload workload, int connections) : IScenario
{
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(1);

    private static readonly Metric Opened = new("openedRssKiB", "opened, RSS KiB", "0.0");
    public static readonly Metric Asked = new("askedRssKiB", "after a request, RSS KiB", "0.0");
    private static readonly Metric AskedPss = new("askedPssKiB", "PSS KiB", "0.0");
    private static readonly Metric AskedDirty = new("askedPrivateDirtyKiB", "private dirty KiB", "0.0");
    private static readonly Metric Idle = new("idleRssKiB", "after idling, RSS KiB", "0.0");
    private static readonly Metric Collected = new("collectedRssKiB", "after a full collection, RSS KiB", "0.0");

    private static readonly Metric Objects = new("objectsKiB", "objects KiB", "0.00");

    public string Name => name;

    public string Title => title;

    public Workload Workload => workload;

    public ExternalTool? Tool => null;

    public IReadOnlyList<Metric> Metrics => [Asked, AskedPss, AskedDirty, Opened, Idle, Collected, Objects];

    public Goal? Goal { get; init; }

    public int Rounds(int asked) => Math.Min(asked, 3);

    public async Task<Sample> MeasureAsync(IPeer peer, Bench bench)
    {
        await using var server = bench.Start(peer, Workload, bench.Options.ServerCpus);
        server.AwaitReady();
        var objectsBefore = await WarmUpAsync(server);
        var before = await ReadSettledAsync(server);

        using var held = IdleConnections.Open(server.Launch, connections);
        var opened = await ReadSettledAsync(server);
        held.AskEach();
        var asked = await ReadSettledAsync(server);
        await Task.Delay(TimeSpan.FromSeconds(bench.Options.IdleSeconds));
        var idle = server.ReadMemory();
        var objects = await server.CollectAsync() - objectsBefore;
        var collected = await ReadSettledAsync(server);
        held.RequireOpen();

        var values = new Dictionary<Metric, double>
        {
            [Opened] = KibibytesEach(opened.Rss - before.Rss),
            [Asked] = KibibytesEach(asked.Rss - before.Rss),
            [AskedPss] = KibibytesEach(asked.Pss - before.Pss),
            [AskedDirty] = KibibytesEach(asked.PrivateDirty - before.PrivateDirty),
            [Idle] = KibibytesEach(idle.Rss - before.Rss),
            [Collected] = KibibytesEach(collected.Rss - before.Rss),
        };
        if (objects is { } bytes)
            values[Objects] = KibibytesEach(bytes);
        return new Sample(values);
    }

    // A few connections at once run every path before the first reading, so that code and pools are not counted.
    // The collection puts every server's heap at its smallest: what grows from there is the connections'.
    private static async Task<long?> WarmUpAsync(RunningServer server)
    {
        const int Few = 16;
        const int Times = 100;
        using (var some = IdleConnections.Open(server.Launch, Few))
        {
            for (var i = 0; i < Times; i++)
                some.AskEach();
        }

        return await server.CollectAsync();
    }

    private static async Task<MemoryReading> ReadSettledAsync(RunningServer server)
    {
        await Task.Delay(Settling);
        return server.ReadMemory();
    }

    private double KibibytesEach(long bytes) => bytes / 1024.0 / connections;
}
