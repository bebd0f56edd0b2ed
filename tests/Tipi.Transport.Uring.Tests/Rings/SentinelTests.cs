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
        await using var group = new RingGroup(options, fault => Assert.Fail(fault.ToString()));
        var random = new Random(budgetMs);
        for (var i = 0; i < 25; i++)
        {
            await Task.Delay(random.Next(90)); // about 50 ms without a call let it sleep
            var noticed = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            group[0].PostCall(_ => noticed.SetResult(StayUntilNoticed()), null);
            Assert.True(await noticed.Task, "The call stayed for seconds and kept its ring.");
        }

        Assert.Equal(25, group.HandOffs);
    }

    // Holds the ring until it is taken away.
    private static bool StayUntilNoticed()
    {
        var worker = RingWorker.Current!;
        var before = worker.HandOffs;
        for (var ms = 0; ms < 10_000; ms++)
        {
            if (worker.HandOffs > before) return true;
            Thread.Sleep(1);
        }

        return false;
    }
}
