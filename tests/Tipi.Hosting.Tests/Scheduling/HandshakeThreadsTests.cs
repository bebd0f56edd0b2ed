using Tipi.Hosting.Scheduling;

namespace Tipi.Hosting.Tests.Scheduling;

[Collection(Alone.Name)]
public sealed class HandshakeThreadsTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task No_more_run_at_once_than_there_are_processors()
    {
        var work = Enumerable.Range(0, 40).Select(_ => new Work(static () => Thread.Sleep(5))).ToList();
        foreach (Work one in work) HandshakeThreads.Shared.Queue(one);
        await Task.WhenAll(work.Select(one => one.Done)).WaitAsync(s_patience, TestContext.Current.CancellationToken);

        // Each ran from a begin to an end: sweep over them, ends first.
        int running = 0;
        int most = 0;
        foreach ((long _, int change) in work
            .SelectMany(one => ((long, int)[])[(one.Began, 1), (one.Ended, -1)])
            .OrderBy(one => one))
            most = Math.Max(most, running += change);
        Assert.InRange(most, 1, Environment.ProcessorCount);
    }

    [Fact]
    public async Task Steps_that_wait_for_somebody_do_not_hold_the_others_up()
    {
        using var gate = new ManualResetEventSlim();
        var stuck = Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new Work(gate.Wait)).ToList();
        foreach (Work one in stuck) HandshakeThreads.Shared.Queue(one);
        try
        {
            await Task.Delay(800, TestContext.Current.CancellationToken);
            var next = new Work(static () => { });
            HandshakeThreads.Shared.Queue(next);
            await next.Done.WaitAsync(s_patience, TestContext.Current.CancellationToken);
            Assert.All(stuck, one => Assert.False(one.Done.IsCompleted));
        }
        finally
        {
            gate.Set();
        }
        await Task.WhenAll(stuck.Select(one => one.Done)).WaitAsync(s_patience, TestContext.Current.CancellationToken);
    }

    private sealed class Work(Action run) : IThreadPoolWorkItem
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal Task Done => _done.Task;

        internal long Began { get; private set; }

        internal long Ended { get; private set; }

        public void Execute()
        {
            Began = System.Diagnostics.Stopwatch.GetTimestamp();
            run();
            Ended = System.Diagnostics.Stopwatch.GetTimestamp();
            _done.SetResult();
        }
    }
}
