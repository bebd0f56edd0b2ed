using Tipi.Transport.Uring.Rings;

namespace Tipi.Transport.Uring.Tests.Rings;

public sealed class SentinelTests
{
    [Theory(Timeout = Kernel.TestLimitMs)]
    [InlineData(1)]
    [InlineData(4)]
    public async Task It_wakes_for_every_call_that_stays_however_long_it_slept(int budgetMs)
    {
        Kernel.NeedRing();
        var options = new UringTransportOptions { RingCount = 1, HandOffBudget = TimeSpan.FromMilliseconds(budgetMs) };
        var reports = new Reports();
        await using var group = new RingGroup(options, reports.Write);
        var random = new Random(budgetMs);
        for (var i = 0; i < 25; i++)
        {
            await Task.Delay(random.Next(90)); // about 50 ms without a call let it sleep
            var noticed = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            group[0].PostCall(_ => noticed.SetResult(StayUntilLost(group[0])), null);
            Assert.True(await noticed.Task, "The call stayed for seconds and kept its ring.");
        }

        Assert.Equal(25, group.HandOffs);
        Assert.Empty(reports.Faults);
    }

    /// <summary>A busy machine keeps any handler from its processor; that is no habit of the handler's.</summary>
    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task A_call_that_only_waits_for_a_processor_is_not_blamed()
    {
        Kernel.NeedRing();
        using var one = new OneProcessor();
        var options = new UringTransportOptions { RingCount = 1, HandOffBudget = TimeSpan.FromMilliseconds(100) };
        await using var group = new RingGroup(options, static _ => { });
        var stop = false;
        Thread[] busy = [.. Enumerable.Range(0, 3).Select(_ => new Thread(() =>
        {
            while (!Volatile.Read(ref stop)) Thread.SpinWait(50);
        }) { IsBackground = true })];
        var blamed = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            foreach (var thread in busy) thread.Start();
            group[0].PostCall(_ => blamed.SetResult(WaitForProcessorUntilLost(group[0])), null);
            Assert.Equal(0, await blamed.Task);
        }
        finally
        {
            Volatile.Write(ref stop, true);
            foreach (var thread in busy) thread.Join();
        }

        Assert.Equal(1, group.HandOffs);
    }

    // The others get the processor nearly all the time.
    private static long WaitForProcessorUntilLost(RingLoop loop)
    {
        var before = RingWorker.Current!.HandOffs;
        OneProcessor.YieldToOthers();
        while (loop.IsOwnedHere) Thread.SpinWait(1);
        return RingWorker.Current.HandOffs - before;
    }

    // Holds the ring until it is taken away.
    private static bool StayUntilLost(RingLoop loop)
    {
        for (var ms = 0; ms < 10_000; ms++)
        {
            if (!loop.IsOwnedHere) return true;
            Thread.Sleep(1);
        }

        return false;
    }
}
