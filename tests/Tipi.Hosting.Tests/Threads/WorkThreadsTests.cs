using System.Diagnostics;
using Tipi.Hosting.Scheduling;
using Tipi.Hosting.Threads;

namespace Tipi.Hosting.Tests.Threads;

[Collection(Alone.Name)]
public sealed class WorkThreadsTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Work_that_blocks_does_not_hold_up_other_work()
    {
        using var gate = new ManualResetEventSlim();
        List<Work> blocked = QueueMany(WorkThreads.Blocking, 32, gate.Wait);
        await AllBeginAsync(blocked);
        Assert.True(WorkThreads.Blocking.Count >= 32);
        gate.Set();
        await AllEndAsync(blocked);
    }

    [Theory, MemberData(nameof(Uses))]
    public async Task Everything_that_is_queued_runs_once(string use)
    {
        const int Count = 10_000;
        int runs = 0;
        var clock = Stopwatch.StartNew();
        var work = Enumerable.Range(0, Count).Select(_ => new Work(() => Interlocked.Increment(ref runs))).ToList();
        Parallel.ForEach(work, UseOf(use).Queue);
        await AllEndAsync(work);
        Assert.Equal(Count, runs);
        // On a busy machine the overseer may have found work that waited: every 100 ms once.
        int overseen = (int)(clock.ElapsedMilliseconds / 100) + 1;
        Assert.InRange(UseOf(use).Count, 1, UseOf(use).Growth.AtOnce + overseen);
    }

    [Theory, MemberData(nameof(Uses))]
    public async Task What_comes_when_all_that_start_at_once_are_blocked_waits_for_none_of_them(string use)
    {
        WorkThreads threads = UseOf(use);
        using var gate = new ManualResetEventSlim();
        List<Work> blocked = QueueMany(threads, threads.Growth.AtOnce, gate.Wait);
        try
        {
            await AllBeginAsync(blocked);
            // It comes while those do not count as blocked yet, and nothing comes after it.
            List<Work> others = QueueMany(threads, 3, static () => { });
            await AllEndAsync(others);
            Assert.All(blocked, one => Assert.False(one.Ended.IsCompleted));
            Assert.True(threads.HasBeenCrowded);
        }
        finally
        {
            gate.Set();
        }
        await AllEndAsync(blocked);
    }

    [Fact]
    public async Task Many_that_block_get_their_threads_in_the_end()
    {
        var threads = new WorkThreads("tipi-test", new() { AtOnce = 4, Most = 8, LongestWork = TimeSpan.Zero });
        using var gate = new ManualResetEventSlim();
        List<Work> work = QueueMany(threads, 10, gate.Wait);
        await AllBeginAsync(work.Take(8));
        Assert.Equal(8, threads.Count);
        Assert.Equal(2, threads.Waiting);
        gate.Set();
        await AllEndAsync(work);
        Assert.Equal(0, threads.Waiting);
    }

    [Fact]
    public async Task Each_that_blocks_gets_a_thread_and_no_more_are_started()
    {
        var threads = new WorkThreads("tipi-test", new() { AtOnce = 64, Most = 64, LongestWork = TimeSpan.Zero });
        using var gate = new ManualResetEventSlim();
        var work = new List<Work>();
        for (int i = 1; i <= 4; i++)
        {
            work.AddRange(QueueMany(threads, 8, gate.Wait));
            await AllBeginAsync(work);
            Assert.Equal(i * 8, threads.Count);
        }
        gate.Set();
        await AllEndAsync(work);
    }

    [Fact]
    public async Task No_more_handshakes_run_at_once_than_there_are_processors()
    {
        List<Work> work = QueueMany(WorkThreads.Handshakes, 40, static () => Thread.Sleep(5));
        await AllEndAsync(work);

        // Each ran from a begin to an end: sweep over them, ends first.
        int running = 0;
        int most = 0;
        foreach ((long _, int change) in work
            .SelectMany(one => ((long, int)[])[(one.BeganAt, 1), (one.EndedAt, -1)])
            .OrderBy(one => one))
            most = Math.Max(most, running += change);
        Assert.InRange(most, 1, Environment.ProcessorCount);
    }

    public static TheoryData<string> Uses() => ["blocking", "handshakes"];

    private static WorkThreads UseOf(string use) => use == "blocking" ? WorkThreads.Blocking : WorkThreads.Handshakes;

    private static List<Work> QueueMany(WorkThreads threads, int count, Action run)
    {
        var work = Enumerable.Range(0, count).Select(_ => new Work(run)).ToList();
        foreach (Work one in work) threads.Queue(one);
        return work;
    }

    private static Task AllBeginAsync(IEnumerable<Work> work) =>
        Task.WhenAll(work.Select(one => one.Began)).WaitAsync(s_patience, TestContext.Current.CancellationToken);

    private static Task AllEndAsync(IEnumerable<Work> work) =>
        Task.WhenAll(work.Select(one => one.Ended)).WaitAsync(s_patience, TestContext.Current.CancellationToken);

    private sealed class Work(Action run) : IThreadPoolWorkItem
    {
        private readonly TaskCompletionSource _began = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal Task Began => _began.Task;

        internal Task Ended => _ended.Task;

        internal long BeganAt { get; private set; }

        internal long EndedAt { get; private set; }

        public void Execute()
        {
            BeganAt = System.Diagnostics.Stopwatch.GetTimestamp();
            _began.SetResult();
            run();
            EndedAt = System.Diagnostics.Stopwatch.GetTimestamp();
            _ended.SetResult();
        }
    }
}
