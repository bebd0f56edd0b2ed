using Tipi.Transport.Uring.Rings;

namespace Tipi.Transport.Uring.Tests.Rings;

/// <summary>Code on a ring's thread that posts to its ring while the ring is taken away from it.</summary>
public sealed class PostWhileLostTests
{
    private const int Groups = 15;
    private const int RoundsPerGroup = 2;
    private const int MostPosts = 300_000;

    /// <summary>
    /// A new ring's lists are short, and grow while it is posted to: that is where a second thread in them does the
    /// most harm, so that rings are made anew all the time.
    /// </summary>
    [Theory(Timeout = 4 * Kernel.TestLimitMs)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Every_post_is_called_once(int rings)
    {
        Kernel.NeedRing();
        Poster[] posters = [.. Enumerable.Range(0, rings).Select(_ => new Poster())];
        for (var i = 0; i < Groups; i++)
        {
            var reports = new Reports();
            var budget = TimeSpan.FromMilliseconds(1 + i % 4);
            await using var group = new RingGroup(
                new() { RingCount = rings, HandOffBudget = budget }, reports.Write);
            for (var round = 1; round <= RoundsPerGroup; round++)
            {
                await Task.WhenAll(posters.Select((poster, ring) => poster.RunAsync(group[ring])))
                    .WaitAsync(TimeSpan.FromMilliseconds(Kernel.TestLimitMs));
                foreach (var poster in posters) await poster.ExpectEachOnceAsync();
                Assert.Empty(reports.Faults);
                Assert.True(group.HandOffs >= round * rings);
            }
        }
    }

    private sealed class Poster
    {
        private readonly Mark[] _marks = [.. Enumerable.Range(0, MostPosts).Select(_ => new Mark())];
        private TaskCompletionSource _done = new();
        private RingLoop? _loop;
        private int _posted;

        /// <summary>Posts until the ring is lost. Completes when what was posted last is called.</summary>
        public Task RunAsync(RingLoop loop)
        {
            _loop = loop;
            _done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            loop.PostCall(static state => ((Poster)state!).PostUntilLost(), this);
            return _done.Task;
        }

        public async Task ExpectEachOnceAsync()
        {
            // One of the calls may itself be late: a thread that waits for a processor is taken the ring from, too.
            await Eventually.HoldsAsync(() => _marks.Sum(mark => mark.Calls) >= _posted, "as many calls as posts");
            for (var i = 0; i < _marks.Length; i++)
            {
                var calls = _marks[i].TakeCalls();
                if (calls != (i < _posted ? 1 : 0)) Assert.Fail($"Post {i} of {_posted} was called {calls} times.");
            }
        }

        private void PostUntilLost()
        {
            _posted = 0;
            while (_loop!.IsOwnedHere)
            {
                for (var i = 0; i < 64 && _posted < MostPosts; i++) _loop.PostCall(Mark.Call, _marks[_posted++]);
            }

            _loop.PostCall(static state => ((Poster)state!)._done.SetResult(), this);
        }
    }

    private sealed class Mark
    {
        public static readonly Action<object?> Call = static state => Interlocked.Increment(ref ((Mark)state!)._calls);

        private int _calls;

        public int Calls => Volatile.Read(ref _calls);

        public int TakeCalls() => Interlocked.Exchange(ref _calls, 0);
    }
}
