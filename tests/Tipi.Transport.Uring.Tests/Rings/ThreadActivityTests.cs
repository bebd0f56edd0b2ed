using Tipi.Tests.Kernel;
using Tipi.Transport.Uring.Rings;
using ThreadState = Tipi.Transport.Uring.Rings.ThreadState;

namespace Tipi.Transport.Uring.Tests.Rings;

public sealed class ThreadActivityTests
{
    [Fact]
    public void A_thread_that_computes_is_runnable_also_when_no_descriptor_is_left()
    {
        var stop = false;
        using var looked = new Looked(() =>
        {
            while (!Volatile.Read(ref stop)) Thread.SpinWait(50);
        });
        try
        {
            // Once in a while it waits too: for the compiler, or for a collection.
            Assert.True(SpinWait.SpinUntil(IsRunnable, 10_000));
            Assert.True(SpinWait.SpinUntil(() => DescriptorShortage.RunWithoutAny(IsRunnable), 10_000));
            Assert.True(SpinWait.SpinUntil(() => looked.Activity.ProcessorTimeNs > 0, 10_000));
        }
        finally
        {
            Volatile.Write(ref stop, true);
        }

        bool IsRunnable() => looked.Activity.Look() is ThreadState.Runnable;
    }

    [Fact]
    public void A_thread_that_waits_is_asleep()
    {
        using var wanted = new ManualResetEventSlim();
        using var looked = new Looked(wanted.Wait);
        Assert.True(SpinWait.SpinUntil(() => looked.Activity.Look() is ThreadState.Asleep, 10_000));
        wanted.Set();
    }

    [Fact]
    public void A_thread_that_waits_for_a_child_sleeps_uninterruptibly()
    {
        using var sleep = new UninterruptibleSleep();
        using var looked = new Looked(sleep.Sleep);
        Assert.True(SpinWait.SpinUntil(() => looked.Activity.Look() is ThreadState.AsleepUninterruptibly, 10_000));
        sleep.Wake();
    }

    [Fact]
    public void Of_a_thread_that_has_ended_nothing_is_known()
    {
        var looked = new Looked(() => { });
        looked.Dispose();
        Assert.Equal(ThreadState.Unknown, looked.Activity.Look());
    }

    private sealed class Looked : IDisposable
    {
        private readonly Thread _thread;

        public Looked(Action act)
        {
            using var ready = new ManualResetEventSlim();
            ThreadActivity? activity = null;
            _thread = new Thread(() =>
            {
                activity = ThreadActivity.OfCallingThread();
                ready.Set();
                act();
            });
            _thread.Start();
            ready.Wait();
            Activity = activity!;
        }

        public ThreadActivity Activity { get; }

        public void Dispose()
        {
            _thread.Join();
            Activity.Dispose();
        }
    }
}
