using Tipi.Hosting.Scheduling;

namespace Tipi.Hosting.Tests.Scheduling;

public class BlockingThreadsTests
{
    [Fact]
    public void Work_that_blocks_does_not_hold_up_other_work()
    {
        const int Count = 32;
        using var release = new ManualResetEventSlim();
        using var running = new CountdownEvent(Count);
        using var done = new CountdownEvent(Count);
        for (int i = 0; i < Count; i++)
        {
            BlockingThreads.Shared.Queue(new Work(() =>
            {
                running.Signal();
                release.Wait();
                done.Signal();
            }));
        }

        // All run at once, though none can end.
        Assert.True(running.Wait(TimeSpan.FromSeconds(30)), $"{running.CurrentCount} of {Count} had to wait");
        Assert.True(BlockingThreads.Shared.Count >= Count);
        release.Set();
        Assert.True(done.Wait(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public void Everything_that_is_queued_runs_once()
    {
        const int Count = 10_000;
        int runs = 0;
        using var done = new CountdownEvent(Count);
        Parallel.For(0, Count, _ => BlockingThreads.Shared.Queue(new Work(() =>
        {
            Interlocked.Increment(ref runs);
            done.Signal();
        })));
        Assert.True(done.Wait(TimeSpan.FromSeconds(60)), $"{done.CurrentCount} were lost");
        Assert.Equal(Count, runs);
        Assert.InRange(BlockingThreads.Shared.Count, 1, 256);
    }

    private sealed class Work(Action action) : IThreadPoolWorkItem
    {
        public void Execute() => action();
    }
}
