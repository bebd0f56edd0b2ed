using Tipi.Transport.Uring.Rings;

namespace Tipi.Transport.Uring.Tests.Rings;

public sealed class DeferredWorkTests : IDisposable
{
    private readonly Sentinel _sentinel = new(TimeSpan.FromMilliseconds(4));
    private readonly DeferredWatch _watch;
    private readonly Work _work = new();

    public DeferredWorkTests() => _watch = new DeferredWatch(_sentinel);

    [Fact]
    public async Task The_pool_does_it()
    {
        await Task.Run(() => _work.Begin(_watch));

        await Eventually.EqualsAsync(1, () => _work.Done, "the count");
    }

    [Fact]
    public async Task It_waits_until_the_thread_has_done_what_it_is_at()
    {
        // Another thread of the pool may take it before, so that a single try says nothing.
        var kept = 0;
        for (var i = 0; i < 100; i++)
        {
            await Task.Run(() =>
            {
                var before = _work.Done;
                _work.Begin(_watch);
                if (_work.Done == before) kept++;
            });
            await Eventually.EqualsAsync(i + 1, () => _work.Done, "the count");
        }

        Assert.InRange(kept, 10, 100); // done at once, it would be none
    }

    [Fact]
    public void What_waits_at_the_second_look_is_done()
    {
        _work.BeginUnqueued(_watch);

        Assert.True(_watch.Look());
        Assert.Equal(0, _work.Done);
        Assert.True(_watch.Look());
        Assert.Equal(1, _work.Done);
        Assert.False(_watch.Look());
    }

    [Fact]
    public void What_was_deferred_anew_between_two_looks_is_not_late()
    {
        _work.BeginUnqueued(_watch);
        Assert.True(_watch.Look());
        _work.DoNow();
        _work.BeginUnqueued(_watch);

        Assert.True(_watch.Look());
        Assert.Equal(1, _work.Done);
        Assert.True(_watch.Look());
        Assert.Equal(2, _work.Done);
    }

    [Fact]
    public void What_is_done_is_looked_at_no_more_until_it_is_deferred_again()
    {
        _work.BeginUnqueued(_watch);
        _work.DoNow();
        Assert.False(_watch.Look());

        _work.BeginUnqueued(_watch);

        Assert.True(_watch.Look());
        Assert.True(_watch.Look());
        Assert.Equal(2, _work.Done);
    }

    [Fact]
    public async Task Many_at_once_are_done_once_each()
    {
        Work[] crowd = [.. Enumerable.Range(0, 500).Select(_ => new Work())];
        using var stop = new CancellationTokenSource();
        var looks = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested) _watch.Look();
        });

        await Parallel.ForEachAsync(crowd, async (work, _) =>
        {
            for (var round = 1; round <= 20; round++)
            {
                work.Begin(_watch);
                await Eventually.EqualsAsync(round, () => work.Done, "the count");
            }
        });

        await stop.CancelAsync();
        await looks;
    }

    [Fact]
    public void A_sentinel_with_a_large_budget_is_not_prompt()
    {
        using var slow = new Sentinel(TimeSpan.FromSeconds(1));

        Assert.True(_sentinel.IsPrompt);
        Assert.False(slow.IsPrompt);
    }

    public void Dispose() => _sentinel.Dispose();

    private sealed class Work : DeferredWork
    {
        private int _deferred;
        private int _done;
        private bool _hasPool = true;

        public int Done => Volatile.Read(ref _done);

        protected override bool IsDeferred => Volatile.Read(ref _deferred) == 1;

        public void Begin(DeferredWatch watch)
        {
            Interlocked.Exchange(ref _deferred, 1);
            Defer(watch);
        }

        /// <summary>As if the pool had no thread for it.</summary>
        public void BeginUnqueued(DeferredWatch watch)
        {
            _hasPool = false;
            Begin(watch);
        }

        public void DoNow() => DoIfDeferred();

        protected override bool TryQueue() => !_hasPool || base.TryQueue();

        protected override void DoIfDeferred()
        {
            if (Interlocked.Exchange(ref _deferred, 0) == 1) Interlocked.Increment(ref _done);
        }
    }
}
