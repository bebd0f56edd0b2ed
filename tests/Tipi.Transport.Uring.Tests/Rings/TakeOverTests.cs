using System.Net.Sockets;
using Tipi.Tests.Kernel;
using Tipi.Transport.Uring.Rings;

namespace Tipi.Transport.Uring.Tests.Rings;

/// <summary>
/// Handlers that sleep uninterruptibly on a ring's thread, which can complete nothing then: the ring's next owner takes
/// over all that it had submitted.
/// </summary>
public sealed class TakeOverTests
{
    private const int Others = 64;
    private const int Rounds = 10;

    [Theory(Timeout = Kernel.TestLimitMs)]
    [InlineData(SleepServer.Sleeps, 1, Others)]
    [InlineData(SleepServer.Sleeps, 3, Others)]
    [InlineData(SleepServer.SleepsLate, 2, Others)]
    [InlineData(SleepServer.Sleeps, 2, 700)]
    public async Task While_handlers_sleep_uninterruptibly_the_others_are_answered(byte how, int count, int clients)
    {
        var descriptors = Kernel.CountDescriptors();
        await using (var server = new SleepServer())
        {
            using var others = new RoundTrips(server.EndPoint, clients);
            others.FindWorst(() => others.Rounds < Rounds);
            var sleepers = await server.PutToSleepAsync(count, how);
            others.FindWorst(() => others.Rounds < 2 * Rounds);
            for (var i = 0; i < 3; i++)
            {
                using var later = new RoundTrips(server.EndPoint, 8);
                later.FindWorst(() => later.Rounds < Rounds);
            }

            await Eventually.EqualsAsync(clients + count, () => server.Connections, "the number of connections");
            Assert.Equal(count, SleepServer.Asleep);
            server.WakeAll();
            foreach (var sleeper in sleepers) await SleepServer.ExpectAnswerAsync(sleeper, how);
            others.FindWorst(() => others.Rounds < 3 * Rounds);
            foreach (var sleeper in sleepers) sleeper.Dispose();
            await Eventually.EqualsAsync(clients, () => server.Connections, "the number of connections");
            Assert.Empty(server.Faults);
        }

        await Eventually.EqualsAsync(0, () => Kernel.CountThreads("tipi-"), "the number of the transport's threads");
        await Eventually.EqualsAsync(descriptors, Kernel.CountDescriptors, "the number of descriptors");
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task Connections_end_while_a_handler_sleeps_by_which_they_were_received()
    {
        await using var server = new SleepServer();
        using var ended = await ConnectAsync(server);
        using var aborted = await ConnectAsync(server);
        using var left = await ConnectAsync(server);
        using var reset = await ConnectAsync(server);
        var sleeper = (await server.PutToSleepAsync(1))[0];

        ended.Send([SleepServer.Ends, 0, 0, 0, 0, 0, 0, 0]);
        Assert.Equal(0, await ended.ReceiveAsync(new byte[1]));
        aborted.Send([SleepServer.Aborts, 0, 0, 0, 0, 0, 0, 0]);
        var failure = await Assert.ThrowsAsync<SocketException>(() => aborted.ReceiveAsync(new byte[1]));
        Assert.Equal(SocketError.ConnectionReset, failure.SocketErrorCode);
        left.Shutdown(SocketShutdown.Send);
        Assert.Equal(0, await left.ReceiveAsync(new byte[1]));
        reset.Disconnect(reuseSocket: false); // closing would leave it to the sleeper's child, which has it too
        await Eventually.EqualsAsync(1, () => server.Connections, "the number of connections");

        Assert.Equal(1, SleepServer.Asleep);
        server.WakeAll();
        await SleepServer.ExpectAnswerAsync(sleeper);
        sleeper.Dispose();
        Assert.Empty(server.Faults);
    }

    /// <summary>Streams in both directions at every moment of many sleeps, longer and shorter ones.</summary>
    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task Streams_keep_every_byte_in_order()
    {
        await using var server = new SleepServer(TimeSpan.FromMilliseconds(1));
        using var stop = new CancellationTokenSource();
        var streams = Enumerable.Range(0, 12).Select(i => Task.Run(() => EchoAsync(server, i, stop.Token))).ToArray();
        for (var i = 0; i < 12; i++)
        {
            var sleeper = (await server.PutToSleepAsync(1))[0];
            await Task.Delay(i % 4 * 15);
            server.WakeAll();
            await SleepServer.ExpectAnswerAsync(sleeper);
            sleeper.Dispose();
        }

        await stop.CancelAsync();
        Assert.All(await Task.WhenAll(streams), bytes => Assert.True(bytes > 0));
        Assert.Empty(server.Faults);
    }

    /// <summary>The bound: the kernel does not say how much of a send has left before its thread wakes.</summary>
    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task A_send_that_waits_for_the_peer_goes_on_when_its_thread_wakes()
    {
        await using var server = new SleepServer();
        using var others = new RoundTrips(server.EndPoint, 8);
        var slow = (await server.PutToSleepAsync(1, SleepServer.WritesAndSleeps))[0];
        others.FindWorst(() => others.Rounds < Rounds);
        var received = new byte[SleepServer.MuchLength + SleepServer.MessageLength];
        var reading = ReceiveAllAsync(slow, received);
        others.FindWorst(() => others.Rounds < 2 * Rounds);
        Assert.False(reading.IsCompleted);
        server.WakeAll();
        await reading;
        Assert.False(received.AsSpan(0, SleepServer.MuchLength).ContainsAnyExcept((byte)0));
        Assert.Equal([SleepServer.WritesAndSleeps, 1, 2, 3, 4, 5, 6, 7], received[SleepServer.MuchLength..]);
        slow.Dispose();
        Assert.Empty(server.Faults);
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task A_ring_stops_while_a_thread_sleeps_that_had_submitted_to_it()
    {
        Kernel.NeedRing();
        var descriptors = Kernel.CountDescriptors();
        using var sleep = new UninterruptibleSleep();
        await using (var host = await RingHost.StartAsync())
        {
            await using var pair = await host.ConnectAsync();
            pair.Ring.Post(_ => sleep.Sleep(), null);
            await Eventually.EqualsAsync(1, () => SleepServer.Asleep, "the number of sleepers");
            await pair.SendAsync("x"u8.ToArray());
            Assert.Equal("x"u8.ToArray(), await pair.ReadAsync(1));
        }

        Assert.Equal(1, SleepServer.Asleep);
        sleep.Wake();
        await Eventually.EqualsAsync(0, () => Kernel.CountThreads("tipi-"), "the number of the transport's threads");
        await Eventually.EqualsAsync(descriptors, Kernel.CountDescriptors, "the number of descriptors");
    }

    private static async Task<Socket> ConnectAsync(SleepServer server)
    {
        var socket = RingHost.NewPeer(server.EndPoint);
        await socket.ConnectAsync(server.EndPoint);
        byte[] message = [1, 2, 3, 4, 5, 6, 7, 8];
        socket.Send(message);
        var answer = new byte[SleepServer.MessageLength];
        await ReceiveAllAsync(socket, answer);
        Assert.Equal(message, answer);
        return socket;
    }

    private static async Task<long> EchoAsync(SleepServer server, int seed, CancellationToken stop)
    {
        using var socket = await ConnectAsync(server);
        var random = new Random(seed);
        var bytes = 0L;
        while (!stop.IsCancellationRequested)
        {
            var sent = new byte[SleepServer.MessageLength * random.Next(1, 4000)];
            random.NextBytes(sent);
            for (var i = 0; i < sent.Length; i += SleepServer.MessageLength) sent[i] = 0;
            var received = new byte[sent.Length];
            var receiving = ReceiveAllAsync(socket, received);
            for (var at = 0; at < sent.Length;) at += await socket.SendAsync(sent.AsMemory(at), CancellationToken.None);
            await receiving;
            Assert.Equal(sent, received);
            bytes += sent.Length;
        }

        Assert.Equal(0, socket.Available);
        return bytes;
    }

    private static async Task ReceiveAllAsync(Socket socket, byte[] into)
    {
        for (var at = 0; at < into.Length;)
        {
            var got = await socket.ReceiveAsync(into.AsMemory(at));
            if (got == 0) throw new EndOfStreamException($"The stream ended after {at} of {into.Length} bytes.");
            at += got;
        }
    }
}
