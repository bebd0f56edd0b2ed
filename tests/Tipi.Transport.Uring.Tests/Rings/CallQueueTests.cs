using Tipi.Transport.Uring.Rings;

namespace Tipi.Transport.Uring.Tests.Rings;

public sealed class CallQueueTests
{
    [Fact]
    public void Calls_come_out_in_order_while_it_grows_and_wraps()
    {
        var queue = new CallQueue();
        int added = 0, taken = 0;
        foreach (var (add, take) in ((int, int)[])[(3, 3), (14, 9), (40, 45), (16, 0), (1, 17), (100, 100)])
        {
            for (var i = 0; i < add; i++) queue.Enqueue(new RingCall(static _ => { }, added++));
            for (var i = 0; i < take; i++)
            {
                Assert.True(queue.TryDequeue(out var call));
                Assert.Equal(taken++, call.State);
            }

            Assert.Equal(added - taken, queue.Count);
        }

        Assert.False(queue.TryDequeue(out var none));
        Assert.Equal(default, none);
    }

    [Fact]
    public void What_was_taken_out_is_not_kept_alive()
    {
        var queue = new CallQueue();
        var state = Add(queue);
        GC.Collect();
        Assert.False(state.IsAlive);
        GC.KeepAlive(queue);

        static WeakReference Add(CallQueue queue)
        {
            var state = new object();
            queue.Enqueue(new RingCall(static _ => { }, state));
            Assert.True(queue.TryDequeue(out _));
            return new WeakReference(state);
        }
    }
}
