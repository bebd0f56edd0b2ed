using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Tipi.Tests.Kernel;
using Tipi.Transport.Uring.Native;
using Tipi.Transport.Uring.Rings;

namespace Tipi.Transport.Uring.Tests.Rings;

/// <summary>A ring that fails is replaced, and its listener's accepts with it.</summary>
public sealed class RingReplacementTests
{
    [Theory(Timeout = Kernel.TestLimitMs)]
    [InlineData(1, true)]
    [InlineData(1, false)]
    [InlineData(3, false)]
    public async Task Another_ring_takes_its_place_and_serves(int rings, bool closesDescriptor)
    {
        await RoundTripAsync(new() { RingCount = 1 });
        var descriptors = Kernel.CountDescriptors();
        await using (var server = new RingServer(new() { RingCount = rings }, EchoAsync))
        {
            for (var i = 0; i < 2; i++)
            {
                using var peer = await ConnectAsync(server);
                var failing = server.Rings[0];
                if (closesDescriptor) _ = LibC.CloseDescriptor(failing.Kernel.Ring.Descriptor);
                failing.Post(new Step(failing, _ =>
                {
                    if (!closesDescriptor) throw new InvalidDataException("on purpose");
                }));
                await Eventually.HoldsAsync(() => server.Rings[0] != failing, "another ring");
                var peers = new List<Socket>();
                for (var n = 0; n < 4 * rings; n++) peers.Add(await ConnectAsync(server));
                for (var ring = 0; ring < rings; ring++) Assert.True(server.Rings[ring].ConnectionCount > 0);
                foreach (var one in peers) await EchoAsync(one);
                foreach (var one in peers) one.Dispose();
                server.Rings.Ask();
                await Eventually.EqualsAsync(TimeSpan.Zero, () => server.Rings.Silence, "the silence of the rings");
            }
        }

        await Eventually.EqualsAsync(descriptors, Kernel.CountDescriptors, "the number of descriptors");
        await Eventually.EqualsAsync(0, () => Kernel.CountThreads("tipi-"), "the number of the transport's threads");
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task The_third_time_there_is_no_other_and_the_host_is_told_once()
    {
        Kernel.NeedRing();
        var (givenUp, reports) = (0, new Reports());
        await using var group = new RingGroup(
            new() { RingCount = 1 }, reports.Write, () => Interlocked.Increment(ref givenUp));
        for (var i = 1; i <= 3; i++)
        {
            var failing = group[0];
            failing.Post(new Step(failing, static _ => throw new InvalidDataException("on purpose")));
            if (i < 3) await Eventually.HoldsAsync(() => group[0] != failing, "another ring");
        }

        await Eventually.EqualsAsync(1, () => Volatile.Read(ref givenUp), "the number of times that it was given up");
        await Eventually.EqualsAsync(1, () => reports.Count(RingEvent.RingsGivenUp), "the number of reports of it");
        Assert.Equal(2, reports.Count(RingEvent.RingReplaced));
        group.Ask();
        Assert.NotEqual(TimeSpan.Zero, group.Silence);
    }

    /// <summary>
    /// The thread that the kernel has no memory for waits; what is posted runs, so that the ring can be taken from it,
    /// and what was asked of the ring meanwhile is done.
    /// </summary>
    [Theory(Timeout = Kernel.TestLimitMs)]
    [InlineData(ForbiddingThread.Enomem)]
    [InlineData(ForbiddingThread.Eagain)]
    public async Task Where_the_kernel_has_no_memory_for_a_request_the_ring_waits(int errno)
    {
        await using var server = new RingServer(new() { RingCount = 1 }, EchoAsync);
        using var peer = await ConnectAsync(server);
        var ring = server.Rings[0];
        ring.PostCall(_ => ForbiddingThread.ForbidEnter(errno), null);
        await Eventually.EqualsAsync(1, () => server.Count(RingEvent.RingShort), "the number of reports of a shortage");
        var answer = EchoAsync(peer);
        server.Rings.Ask();
        await Eventually.HoldsAsync(() => server.Rings.Silence > TimeSpan.FromMilliseconds(100), "a silence");
        Assert.False(answer.IsCompleted);
        var before = server.Rings.HandOffs;
        ring.PostCall(_ => SpinWait.SpinUntil(() => server.Rings.HandOffs > before, TimeSpan.FromSeconds(10)), null);
        await answer;
        await Eventually.EqualsAsync(TimeSpan.Zero, () => server.Rings.Silence, "the silence");
        Assert.Same(ring, server.Rings[0]);
        Assert.Empty(server.Faults);
    }

    [Fact]
    public void Three_failures_are_too_many_in_ten_minutes_only()
    {
        var failures = new RingFailures();
        Assert.True(failures.TryTake(0));
        Assert.True(failures.TryTake(1));
        Assert.False(failures.TryTake((long)RingFailures.Span.TotalMilliseconds));
        Assert.True(failures.TryTake((long)RingFailures.Span.TotalMilliseconds + 1));
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task A_ring_that_does_not_turn_does_not_answer()
    {
        Kernel.NeedRing();
        using var release = new ManualResetEventSlim();
        await using var group = new RingGroup(new() { RingCount = 2 }, static _ => { });
        group.Ask();
        await Eventually.EqualsAsync(TimeSpan.Zero, () => group.Silence, "the silence");
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        group[1].Post(new Step(group[1], _ =>
        {
            entered.SetResult();
            release.Wait();
        }));
        await entered.Task;
        group.Ask();
        await Eventually.HoldsAsync(() => group.Silence > TimeSpan.FromMilliseconds(100), "a silence");
        release.Set();
        await Eventually.EqualsAsync(TimeSpan.Zero, () => group.Silence, "the silence");
    }

    private static async Task RoundTripAsync(UringTransportOptions options)
    {
        await using var server = new RingServer(options, EchoAsync);
        using var peer = await ConnectAsync(server);
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

    private sealed class Step(RingLoop loop, Action<RingLoop> run) : PostedWork
    {
        internal override void Run() => run(loop);
    }
}
