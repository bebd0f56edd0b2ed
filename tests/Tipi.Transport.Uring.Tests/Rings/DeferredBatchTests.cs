using Tipi.Transport.Uring.Rings;

namespace Tipi.Transport.Uring.Tests.Rings;

public sealed class DeferredBatchTests
{
    private const int Many = 8;

    private readonly CountedWork[] _many = [.. Enumerable.Range(0, Many).Select(_ => new CountedWork())];

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task Little_is_done_by_the_pool()
    {
        await using var group = NewGroup();
        var work = new CountedWork();

        for (var i = 1; i <= 20; i++)
        {
            await Task.Run(() => work.Defer(group[0].Deferred!));
            await Eventually.EqualsAsync(i, () => work.Done, "the count");
        }

        Assert.Equal(0, work.DoneOnRing);
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task What_is_deferred_while_the_pool_works_waits_for_the_end_of_that_and_is_done_once()
    {
        await using var group = NewGroup();
        var work = new CountedWork();

        // Another thread of the pool may take it before, so that a single try says nothing.
        var joined = 0;
        for (var i = 0; i < 100; i++)
        {
            var before = work.Done;
            await Task.Run(() =>
            {
                work.Defer(group[0].Deferred!);
                work.Defer(group[0].Deferred!);
            });
            await Eventually.HoldsAsync(() => work.Done > before, "it was done");
            if (work.Done == before + 1) joined++;
        }

        Assert.InRange(joined, 1, 100); // done at each flush, it would be none
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task Much_that_has_gathered_is_done_by_the_ring()
    {
        await using var group = NewGroup();
        var batch = group[0].Deferred!;

        // Another thread of the pool may begin while it gathers.
        for (var round = 1; _many.Sum(work => work.DoneOnRing) == 0; round++)
        {
            await Task.Run(() => Array.ForEach(_many, work => work.Defer(batch)));
            foreach (var work in _many) await Eventually.EqualsAsync(round, () => work.Done, "the count");
        }
    }

    [Fact]
    public void What_was_handed_to_a_ring_that_does_not_turn_is_done_at_the_second_look()
    {
        Kernel.NeedRing();
        using var sentinel = new Sentinel(TimeSpan.FromMilliseconds(4));
        using var loop = NewLoop(sentinel);
        var batch = loop.Deferred!;
        Hand(batch);

        Assert.True(batch.Look());
        Assert.All(_many, work => Assert.Equal(0, work.Done));
        Assert.True(batch.Look());
        Assert.All(_many, work => Assert.Equal(1, work.Done));
        Assert.False(batch.Look());

        // It is posted still, and must not be posted twice.
        Hand(batch);
        batch.Run();
        Assert.All(_many, work => Assert.Equal((2, 1), (work.Done, work.DoneOnRing)));
    }

    [Fact]
    public async Task A_ring_that_is_in_a_call_is_not_waited_for()
    {
        Kernel.NeedRing();
        using var sentinel = new Sentinel(TimeSpan.FromMilliseconds(4));
        using var loop = NewLoop(sentinel);
        loop.Baton.Enter();

        await Task.Run(() => Array.ForEach(_many, work => work.Defer(loop.Deferred!)));

        foreach (var work in _many) await Eventually.EqualsAsync(1, () => work.Done, "the count");
        Assert.All(_many, work => Assert.Equal(0, work.DoneOnRing));
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task What_is_handed_to_a_ring_that_has_stopped_is_done_here()
    {
        var group = NewGroup();
        var batch = group[0].Deferred!;
        await group.DisposeAsync();

        await Task.Run(() => Array.ForEach(_many, work => work.Defer(batch)));

        foreach (var work in _many) await Eventually.EqualsAsync(1, () => work.Done, "the count");
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task Many_threads_at_once_have_each_done_once()
    {
        await using var group = NewGroup();
        var batch = group[0].Deferred!;
        CountedWork[] crowd = [.. Enumerable.Range(0, 500).Select(_ => new CountedWork())];

        await Parallel.ForEachAsync(crowd, async (work, _) =>
        {
            for (var round = 1; round <= 20; round++)
            {
                work.Defer(batch);
                while (work.Done < round) await Task.Yield();
                Assert.Equal(round, work.Done);
            }
        });
    }

    [Fact]
    public void A_ring_with_a_large_budget_defers_nothing()
    {
        Kernel.NeedRing();
        using var slow = new Sentinel(TimeSpan.FromSeconds(1));
        using var loop = NewLoop(slow);

        Assert.False(slow.IsPrompt);
        Assert.Null(loop.Deferred);
    }

    private static RingGroup NewGroup()
    {
        Kernel.NeedRing();
        return new RingGroup(new() { RingCount = 1 }, static _ => { });
    }

    // One that nobody turns.
    private static RingLoop NewLoop(Sentinel sentinel) => new(
        number: 0, worker: 1,
        new RingSetup(
            RingScheduling.Inline, sentinel, new ReportQueue<RingReport>(new Reports().Write), RingSize.Ordinary));

    private void Hand(DeferredBatch batch)
    {
        foreach (var work in _many) work.BeginListed();
        for (var i = 1; i < Many; i++) _many[i - 1].Next = _many[i];
        batch.Hand(_many[0], _many[^1]);
    }
}
