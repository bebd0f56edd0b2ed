using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Tipi.Transport.Uring.Native;
using Tipi.Transport.Uring.Rings;

namespace Tipi.Transport.Uring.Tests.Rings;

public sealed class RingLoopTests
{
    [Theory(Timeout = Kernel.TestLimitMs)]
    [InlineData(3000)] // more than there are submission entries
    [InlineData(40_000)] // more than there are completion entries
    public async Task Any_number_of_requests_in_one_go_is_answered(int count)
    {
        await using var group = NewGroup();
        var answered = 0;
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        group[0].Post(new Step(group[0], loop =>
        {
            for (var i = 0; i < count; i++)
            {
                new NopOperation(() =>
                {
                    if (++answered == count) done.SetResult();
                }).Start(loop);
            }
        }));
        await done.Task;
        Assert.Equal(count, answered);
        await Eventually.EqualsAsync(1, () => group[0].Operations.Count, "the number of operations (the wake-up's)");
        Assert.Equal(1, group[0].InFlight);
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task Any_number_of_timeouts_elapses()
    {
        const int Count = 3000;
        await using var group = NewGroup();
        var elapsed = 0;
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        group[0].Post(new Step(group[0], loop =>
        {
            for (var i = 0; i < Count; i++)
            {
                new TimeoutOperation(() =>
                {
                    if (++elapsed == Count) done.SetResult();
                }).Start(loop, TimeSpan.FromMilliseconds(i % 7));
            }
        }));
        await done.Task;
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task A_cancelled_timeout_is_over_at_once()
    {
        await using var group = NewGroup();
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        group[0].Post(new Step(group[0], loop =>
        {
            var timeout = new TimeoutOperation(() => done.SetResult());
            timeout.Start(loop, TimeSpan.FromHours(1));
            timeout.Cancel(loop.Kernel);
        }));
        await done.Task;
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task A_sleeping_ring_hears_every_post()
    {
        await using var group = NewGroup();
        for (var i = 0; i < 5000; i++) // each finds the ring asleep, going to sleep or just awake
        {
            var heard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            group[0].Post(new Step(group[0], _ => heard.SetResult()));
            if (i % 2 == 0) await heard.Task;
            else SpinWait.SpinUntil(() => heard.Task.IsCompleted);
        }
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task Many_threads_post_at_once_and_all_is_heard()
    {
        const int Each = 20_000;
        await using var group = NewGroup();
        var heard = 0; // by the ring only
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < Each; i++) group[0].Post(new Step(group[0], _ => heard++));
        })));
        await Eventually.EqualsAsync(4 * Each, () => Volatile.Read(ref heard), "the number of posts heard");
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task A_callback_that_throws_is_reported_and_the_ring_goes_on()
    {
        var reports = new Reports();
        await using var group = new RingGroup(new() { RingCount = 1 }, reports.Write);
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        group[0].PostCall(static _ => throw new InvalidDataException("on purpose"), null);
        group[0].PostCall(_ => done.SetResult(), null);
        await done.Task;
        await Eventually.EqualsAsync(1, () => reports.Faults.Length, "the number of reports");
        Assert.IsType<InvalidDataException>(reports.Faults[0]);
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task A_ring_that_fails_takes_its_own_connections_with_it_and_no_others()
    {
        var descriptors = Kernel.CountDescriptors();
        await using (var server = new RingServer(new() { RingCount = 2 }, EchoAsync))
        {
            using var one = await ConnectAsync(server);
            using var two = await ConnectAsync(server);
            var called = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            server.Rings[0].Post(new Step(server.Rings[0], loop =>
            {
                loop.PostCall(_ => called.SetResult(), null);
                throw new InvalidDataException("on purpose");
            }));
            await called.Task; // what was posted is called all the same
            var ended = await Task.WhenAll(HasEndedAsync(one), HasEndedAsync(two));
            Assert.Single(ended, true);
            await EchoAsync(ended[0] ? two : one);
            for (var i = 0; i < 5; i++)
            {
                using var later = await ConnectAsync(server);
                Assert.False(await HasEndedAsync(later));
            }

            await Eventually.EqualsAsync(1, () => server.Faults.Length, "the number of reports");
            Assert.IsType<InvalidDataException>(server.Faults[0]);
        }

        await Eventually.EqualsAsync(descriptors, Kernel.CountDescriptors, "the number of descriptors");
        await Eventually.EqualsAsync(0, () => Kernel.CountThreads("tipi-"), "the number of the transport's threads");
    }

    [Theory(Timeout = Kernel.TestLimitMs)]
    [InlineData(RingScheduling.Inline)]
    [InlineData(RingScheduling.ThreadPool)]
    public async Task A_callback_posted_to_a_ring_that_stops_is_called_all_the_same(RingScheduling scheduling)
    {
        for (var round = 0; round < 40; round++)
        {
            var group = new RingGroup(new() { RingCount = 1, Scheduling = scheduling }, _ => { });
            var (posted, called) = (0, 0);
            var stop = false;
            var posting = Task.Run(() =>
            {
                while (!Volatile.Read(ref stop))
                {
                    posted++;
                    group[0].PostCall(_ => Interlocked.Increment(ref called), null);
                }
            });
            await Task.Yield();
            Volatile.Write(ref stop, round % 2 == 0);
            var stopping = group.DisposeAsync().AsTask();
            if (round % 4 < 2) await Task.Delay(1);
            Volatile.Write(ref stop, true);
            await stopping;
            await posting;
            await Eventually.EqualsAsync(posted, () => Volatile.Read(ref called), "the number of calls");
        }
    }

    private static async Task EchoAsync(ConnectionContext connection)
    {
        while (true)
        {
            var result = await connection.Transport.Input.ReadAsync().ConfigureAwait(false);
            if (result.IsCompleted) return;
            foreach (var memory in result.Buffer)
                await connection.Transport.Output.WriteAsync(memory).ConfigureAwait(false);
            connection.Transport.Input.AdvanceTo(result.Buffer.End);
        }
    }

    private static async Task<Socket> ConnectAsync(RingServer server)
    {
        var socket = RingHost.NewPeer(server.EndPoint);
        await socket.ConnectAsync(server.EndPoint);
        await EchoAsync(socket);
        return socket;
    }

    private static async Task EchoAsync(Socket socket)
    {
        await socket.SendAsync("x"u8.ToArray());
        Assert.Equal(1, await socket.ReceiveAsync(new byte[2]));
    }

    // True where the connection is reset; false where it still answers.
    private static async Task<bool> HasEndedAsync(Socket socket)
    {
        await Task.Delay(50);
        try
        {
            await EchoAsync(socket);
            return false;
        }
        catch (SocketException)
        {
            return true;
        }
    }

    private static RingGroup NewGroup()
    {
        Kernel.NeedRing();
        return new RingGroup(new() { RingCount = 1 }, static _ => { });
    }

    private sealed class Step(RingLoop loop, Action<RingLoop> run) : PostedWork
    {
        internal override void Run() => run(loop);
    }

    private sealed class NopOperation(Action done) : Operation
    {
        private RingLoop? _loop;

        public unsafe void Start(RingLoop loop)
        {
            _loop = loop;
            loop.Operations.Admit(this);
            _ = Submit(loop.Kernel, IoUringOp.Nop, -1);
        }

        protected override void OnCompletion(KernelDoor kernel, in Cqe completion)
        {
            _loop!.Operations.Vacate(this);
            done();
        }
    }
}
