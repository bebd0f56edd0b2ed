using Tipi.Transport.Uring.Rings;

namespace Tipi.Transport.Uring.Tests.Rings;

public sealed class RingCrewTests
{
    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task A_hand_off_that_comes_when_the_ring_has_ended_leaves_no_thread()
    {
        Kernel.NeedRing();
        using var sentinel = new Sentinel(TimeSpan.FromMilliseconds(4));
        var reports = new Reports();
        var crew = Start(ring: 77, sentinel, reports);
        crew.Loop.Post(new Stop(crew.Loop));
        await crew.Stopped;
        Assert.Empty(reports.Faults);
        for (var i = 0; i < 5; i++) Assert.False(crew.TryHandOff(observed: -1, HandOffCause.Blocked));
        await Eventually.EqualsAsync(0, () => Kernel.CountThreads("tipi-ring-77."), "the number of the ring's threads");
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task After_a_hand_off_the_next_spare_stands_by()
    {
        Kernel.NeedRing();
        using var sentinel = new Sentinel(TimeSpan.FromMilliseconds(4)); // not started: the test hands off
        var reports = new Reports();
        var crew = Start(ring: 78, sentinel, reports);
        using var gate = new SemaphoreSlim(0);
        for (var i = 1; i <= 3; i++)
        {
            crew.Loop.PostCall(static gate => ((SemaphoreSlim)gate!).Wait(), gate);
            await Eventually.HoldsAsync(() => Baton.IsInside(crew.Loop.Baton.Observe()), "a call has begun");
            Assert.True(crew.TryHandOff(crew.Loop.Baton.Observe(), HandOffCause.Blocked));
            // Who runs the ring, who is late, and one more.
            await Eventually.EqualsAsync(i + 2, () => Kernel.CountThreads("tipi-ring-78."), "the ring's threads");
        }

        gate.Release(3);
        crew.Loop.Post(new Stop(crew.Loop));
        await crew.Stopped;
        Assert.Empty(reports.Faults);
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task Starting_and_stopping_many_times_leaks_neither_threads_nor_descriptors()
    {
        Kernel.NeedRing();
        await StartAndStopAsync();
        var descriptors = Kernel.CountDescriptors();
        for (var i = 0; i < 100; i++) await StartAndStopAsync();
        await Eventually.EqualsAsync(0, () => Kernel.CountThreads("tipi-"), "the number of the transport's threads");
        await Eventually.EqualsAsync(descriptors, Kernel.CountDescriptors, "the number of descriptors");
    }

    private static RingCrew Start(int ring, Sentinel sentinel, Reports reports)
    {
        var queue = new ReportQueue<RingReport>(reports.Write);
        var crew = new RingCrew(ring, new RingSetup(RingScheduling.Inline, sentinel, queue, RingSize.Ordinary));
        crew.Start();
        return crew;
    }

    private static async Task StartAndStopAsync()
    {
        await using var host = await RingHost.StartAsync(new() { RingCount = 2 });
        await using var pair = await host.ConnectAsync();
        await pair.SendAsync("x"u8.ToArray());
        Assert.Equal("x"u8.ToArray(), await pair.ReadAsync(1));
    }

    private sealed class Stop(RingLoop loop) : PostedWork
    {
        internal override void Run() => loop.Stop();
    }
}
