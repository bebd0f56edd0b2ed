using Tipi.Transport.Uring.Rings;

namespace Tipi.Transport.Uring.Tests.Rings;

/// <summary>Threads that a storm of blocked handlers has made, and nobody wants afterwards.</summary>
public sealed class SpareWorkersTests
{
    private const int Blocked = 40;
    private const int AtWork = 1;

    /// <summary>They end, and nothing that they had submitted ends with them.</summary>
    [Fact(Timeout = 2 * Kernel.TestLimitMs)]
    public async Task After_a_storm_of_blocked_handlers_their_threads_end()
    {
        await using var server = new SleepServer(TimeSpan.FromMilliseconds(2));
        using var others = new RoundTrips(server.EndPoint, 32);
        others.FindWorst(() => others.Rounds < 10);
        using var released = new ManualResetEventSlim();
        using var done = new CountdownEvent(Blocked);
        for (var i = 0; i < Blocked; i++)
        {
            server.Rings[0].PostCall(_ =>
            {
                released.Wait();
                done.Signal();
            }, null);
        }

        await Eventually.HoldsAsync(() => CountWorkers() > Blocked, "a thread for each blocked call");
        others.FindWorst(() => others.Rounds < 20);
        released.Set();
        await Eventually.HoldsAsync(() => done.IsSet, "the calls to return");
        await Eventually.HoldsAsync(() => CountWorkers() <= AtWork + SpareWorkers.Kept, "the threads to end");

        others.FindWorst(() => others.Rounds < 30);
        using var later = new RoundTrips(server.EndPoint, 8);
        later.FindWorst(() => later.Rounds < 10);
        Assert.Empty(server.Faults);
    }

    private static int CountWorkers() => Kernel.CountThreads("tipi-ring-0.");
}
