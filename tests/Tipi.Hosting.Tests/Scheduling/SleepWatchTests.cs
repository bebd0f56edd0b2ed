using System.Diagnostics;
using Tipi.Hosting.Scheduling;

namespace Tipi.Hosting.Tests.Scheduling;

[Collection(Alone.Name)]
public sealed class SleepWatchTests
{
    [Fact]
    public void The_second_sleep_is_seen_and_computing_is_not() => OnNewThread(() =>
    {
        Assert.False(Watch(Sleep));
        // A collection of garbage at that moment hides one.
        Assert.Contains(true, Enumerable.Range(0, 20).Select(_ => Watch(Sleep)));
        Assert.Equal(0, Enumerable.Range(0, 20).Count(_ => Watch(Compute)));
    });

    [Fact]
    public void Who_computes_for_long_is_not_watched_for_a_while() => OnNewThread(() =>
    {
        for (int i = 0; i < 5; i++) Assert.False(Watch(Compute));
        for (int i = 0; i < 5; i++) Assert.False(Watch(Sleep));
    });

    [Fact]
    public void Apart_each_is_watched() => OnNewThread(() =>
    {
        Assert.Contains(true, Enumerable.Range(0, 20).Select(_ =>
        {
            SleepWatch watch = SleepWatch.BeginApart();
            Sleep();
            return watch.HasSlept();
        }));
        SleepWatch quick = SleepWatch.BeginApart();
        Assert.False(quick.HasSlept());
    });

    private static bool Watch(Action stretch)
    {
        SleepWatch watch = SleepWatch.Begin();
        stretch();
        return watch.HasSlept();
    }

    private static void Sleep() => Thread.Sleep(1);

    private static void Compute()
    {
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start).TotalMilliseconds < 1) ;
    }

    private static void OnNewThread(Action test)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Linux counts the sleeps of a thread.");
        Exception? fault = null;
        var thread = new Thread(() => fault = Record.Exception(test));
        thread.Start();
        thread.Join();
        Assert.Null(fault);
    }
}
