using Tipi.Transport.Uring.Rings;

namespace Tipi.Transport.Uring.Tests.Rings;

/// <summary>A log that throws or blocks holds up no ring, and ends nothing.</summary>
public sealed class ReportQueueTests
{
    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task A_log_that_throws_ends_neither_the_ring_nor_the_process()
    {
        Kernel.NeedRing();
        var written = 0;
        await using var group = new RingGroup(new() { RingCount = 1 }, report =>
        {
            Interlocked.Increment(ref written);
            throw new IOException("No space left on device.", report.Fault);
        });
        for (var i = 1; i <= 3; i++)
        {
            group[0].PostCall(static _ => throw new InvalidDataException("on purpose"), null);
            await Eventually.EqualsAsync(i, () => Volatile.Read(ref written), "the number of reports");
            await AnswerAsync(group[0]);
        }
    }

    /// <summary>The worker that comes back late, with an exception, is not the ring's owner any more.</summary>
    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task A_late_call_that_fails_before_a_log_that_throws_leaves_the_ring_to_its_new_owner()
    {
        Kernel.NeedRing();
        var written = 0;
        var budget = TimeSpan.FromMilliseconds(1);
        await using var group = new RingGroup(new() { RingCount = 1, HandOffBudget = budget }, _ =>
        {
            Interlocked.Increment(ref written);
            throw new IOException("No space left on device.");
        });
        for (var i = 1; i <= 20; i++)
        {
            group[0].PostCall(
                static _ =>
                {
                    var worker = RingWorker.Current!;
                    var before = worker.HandOffs;
                    SpinWait.SpinUntil(() => worker.HandOffs > before, TimeSpan.FromSeconds(10));
                    throw new InvalidDataException("on purpose");
                },
                null);
            await AnswerAsync(group[0]);
            await Eventually.EqualsAsync(i, () => Volatile.Read(ref written), "the number of reports");
        }

        Assert.Equal(20, group.HandOffs);
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task A_log_that_blocks_holds_no_ring_and_keeps_few_reports()
    {
        Kernel.NeedRing();
        using var release = new ManualResetEventSlim();
        var (writing, written) = (0, 0);
        var group = new RingGroup(new() { RingCount = 1 }, _ =>
        {
            Assert.Equal(1, Interlocked.Increment(ref writing));
            release.Wait();
            Interlocked.Decrement(ref writing);
            Interlocked.Increment(ref written);
        });
        for (var i = 0; i < 10 * ReportQueue<RingReport>.MostKept; i++)
            group[0].PostCall(static _ => throw new InvalidDataException("on purpose"), null);
        await AnswerAsync(group[0]);
        await group.DisposeAsync(); // waits a moment for the log, and no longer
        Assert.Equal(0, written);
        release.Set();
        await group.Reports.WhenWritten();
        Assert.InRange(written, 1, ReportQueue<RingReport>.MostKept + 1);
    }

    private static Task AnswerAsync(RingLoop loop)
    {
        var answered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.PostCall(_ => answered.SetResult(), null);
        return answered.Task;
    }
}
