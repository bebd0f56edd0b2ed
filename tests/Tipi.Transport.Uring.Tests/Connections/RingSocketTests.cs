using System.Net.Sockets;

namespace Tipi.Transport.Uring.Tests.Connections;

public sealed class RingSocketTests
{
    private const int ReadLimit = 64 * 1024;

    /// <summary>A small limit is kept to a buffer, a large one also allows for what a receive brings at once.</summary>
    [Theory(Timeout = Kernel.TestLimitMs)]
    [InlineData(16 * 1024, 20 * 1024)]
    [InlineData(64 * 1024, 68 * 1024)]
    [InlineData(1024 * 1024, 1280 * 1024)]
    public async Task What_nobody_reads_is_held_up_to_the_limit(int limit, int most)
    {
        await using var host = await RingHost.StartAsync(new() { RingCount = 1, MaxReadBufferSize = limit });
        await using var pair = await host.ConnectAsync();
        var sending = pair.SendAsync(new byte[24_000_000]); // more than the kernel keeps of its own
        long held = 0;
        for (var (polls, full) = (0, 0); full < 10 && polls < 200; polls++)
        {
            await Task.Delay(50);
            if (!pair.Input.TryRead(out var result)) continue;
            held = result.Buffer.Length;
            Assert.InRange(held, 1, most);
            pair.Input.AdvanceTo(result.Buffer.Start, result.Buffer.Start);
            if (held > most / 2) full++;
        }

        Assert.InRange(held, most / 2, most);
        Assert.False(sending.IsCompleted);
        pair.Connection.Abort();
        await Assert.ThrowsAnyAsync<Exception>(() => sending);
    }

    /// <summary>Whoever waits for the connection's end learns it though nothing is received.</summary>
    [Theory(Timeout = Kernel.TestLimitMs)]
    [InlineData(16 * 1024)]
    [InlineData(1024 * 1024)]
    public async Task A_reset_is_seen_while_receiving_is_paused(int limit)
    {
        await using var host = await RingHost.StartAsync(new() { RingCount = 1, MaxReadBufferSize = limit });
        await using var pair = await host.ConnectAsync();
        var sending = pair.SendAsync(new byte[24_000_000]);
        await Task.Delay(300);
        Assert.False(sending.IsCompleted);
        var gone = new TaskCompletionSource();
        using var registration = pair.Connection.ConnectionClosed.Register(gone.SetResult);
        pair.Peer.Close(0);
        await gone.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await Assert.ThrowsAnyAsync<Exception>(() => sending);
        await Assert.ThrowsAsync<Microsoft.AspNetCore.Connections.ConnectionResetException>(
            () => pair.Input.ReadAsync().AsTask());
    }

    /// <summary>The kernel tells of the end of the stream first, though nobody has read up to it.</summary>
    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task A_reset_is_seen_while_receiving_is_paused_before_the_end_of_the_stream()
    {
        await using var host = await RingHost.StartAsync(new() { RingCount = 1, MaxReadBufferSize = 16 * 1024 });
        await using var pair = await host.ConnectAsync();
        var sent = Payload.Random(1, 48 * 1024); // the kernel keeps what the connection does not
        await pair.SendAsync(sent);
        await Eventually.HoldsAsync(() => HeldBytes(pair) >= 16 * 1024, "as much to be held as the limit allows");
        var gone = new TaskCompletionSource();
        using var registration = pair.Connection.ConnectionClosed.Register(gone.SetResult);
        pair.Peer.Shutdown(SocketShutdown.Send);
        await Task.Delay(200);
        Assert.False(gone.Task.IsCompleted);
        pair.Peer.Close(0);
        await gone.Task.WaitAsync(TimeSpan.FromSeconds(20));
    }

    /// <summary>The watch for a reset does not take the end of the stream away.</summary>
    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task After_a_pause_the_stream_is_read_to_its_end()
    {
        await using var host = await RingHost.StartAsync(new() { RingCount = 1, MaxReadBufferSize = 16 * 1024 });
        await using var pair = await host.ConnectAsync();
        var sent = Payload.Random(2, 48 * 1024);
        await pair.SendAsync(sent);
        await Eventually.HoldsAsync(() => HeldBytes(pair) >= 16 * 1024, "as much to be held as the limit allows");
        pair.Peer.Shutdown(SocketShutdown.Send);
        await Task.Delay(100);
        Assert.Equal(sent, await pair.ReadAsync(sent.Length));
        var end = await pair.Input.ReadAsync();
        Assert.True(end.IsCompleted && end.Buffer.IsEmpty);
    }

    [Theory(Timeout = Kernel.TestLimitMs)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Receiving_pauses_at_the_read_limit_and_goes_on_when_it_is_read(bool byPolling)
    {
        await using var host = await RingHost.StartAsync(new() { RingCount = 1, MaxReadBufferSize = ReadLimit });
        await using var pair = await host.ConnectAsync();
        var sent = Payload.Random(1, 24_000_000); // more than the kernel keeps of its own
        var sending = pair.SendAsync(sent);
        await Eventually.HoldsAsync(() => HeldBytes(pair) >= ReadLimit, "as much to be held as the limit allows");
        await Task.Delay(300);
        Assert.False(sending.IsCompleted);
        Assert.InRange(HeldBytes(pair), ReadLimit, ReadLimit + 4096);
        using var received = new MemoryStream();
        while (received.Length < sent.Length)
        {
            System.IO.Pipelines.ReadResult result;
            if (!byPolling) result = await pair.Input.ReadAsync();
            else while (!pair.Input.TryRead(out result)) await Task.Yield();
            foreach (var memory in result.Buffer) received.Write(memory.Span);
            pair.Input.AdvanceTo(result.Buffer.End);
        }

        await sending;
        Assert.Equal(Payload.Hash(sent), Payload.Hash(received.ToArray()));
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task Without_a_read_limit_everything_is_received()
    {
        await using var host = await RingHost.StartAsync(new() { RingCount = 1, MaxReadBufferSize = null });
        await using var pair = await host.ConnectAsync();
        var sent = Payload.Random(2, 24_000_000);
        await pair.SendAsync(sent); // nobody reads yet
        Assert.Equal(Payload.Hash(sent), Payload.Hash(await pair.ReadAsync(sent.Length)));
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task A_paused_connection_can_be_closed()
    {
        await using var host = await RingHost.StartAsync(new() { RingCount = 1, MaxReadBufferSize = 1000 });
        for (var i = 0; i < 20; i++)
        {
            await using var pair = await host.ConnectAsync();
            await pair.SendAsync(new byte[50_000]);
            if (i % 2 == 0) pair.Connection.Abort();
            await pair.Connection.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10));
        }
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task Aborting_while_sends_and_receives_are_in_flight_ends_everything()
    {
        await using var host = await RingHost.StartAsync(new() { RingCount = 2, MaxWriteBufferSize = 32 * 1024 });
        var descriptors = 0;
        for (var i = 0; i < 300; i++)
        {
            if (i == 20) descriptors = Kernel.CountDescriptors();
            await using var pair = await host.ConnectAsync(configure: peer => peer.ReceiveBufferSize = 4096);
            var reading = Task.Run(() => ReadToTheEndAsync(pair));
            var writing = Task.Run(() => WriteToTheEndAsync(pair, onRing: i % 2 == 0));
            var peerSends = Task.Run(async () =>
            {
                try
                {
                    while (true) await pair.SendAsync(new byte[20_000]);
                }
                catch (Exception e) when (e is SocketException or ObjectDisposedException)
                {
                    // it was reset
                }
            });
            Thread.SpinWait(i * 300);
            pair.Connection.Abort();
            await Task.WhenAll(reading, writing, peerSends).WaitAsync(TimeSpan.FromSeconds(10));
        }

        await Eventually.HoldsAsync(() => Kernel.CountDescriptors() <= descriptors, "the descriptors to be given back");
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task Data_never_crosses_connections_whose_descriptors_have_the_same_number()
    {
        await using var server = new RingServer(new() { RingCount = 2 }, async connection =>
        {
            var (input, output) = (connection.Transport.Input, connection.Transport.Output);
            while (true)
            {
                var result = await input.ReadAsync().ConfigureAwait(false);
                if (result.Buffer.IsEmpty && result.IsCompleted) return;
                foreach (var memory in result.Buffer) await output.WriteAsync(memory).ConfigureAwait(false);
                input.AdvanceTo(result.Buffer.End);
                if (connection.ConnectionId.GetHashCode(StringComparison.Ordinal) % 3 == 0) await Task.Yield();
            }
        });
        var clients = Enumerable.Range(0, 16).Select(client => Task.Run(async () =>
        {
            var random = new Random(client);
            for (var i = 0; i < 150; i++)
            {
                using var socket = RingHost.NewPeer(server.EndPoint);
                await socket.ConnectAsync(server.EndPoint);
                var mine = new byte[1 + random.Next(8000)];
                Array.Fill(mine, (byte)(client * 16 + i % 16));
                await socket.SendAsync(mine);
                var all = random.Next(3) > 0;
                var buffer = new byte[8000];
                for (var at = 0; at < mine.Length && (all || at == 0);)
                {
                    var got = await socket.ReceiveAsync(buffer.AsMemory(0, Math.Min(buffer.Length, mine.Length - at)));
                    Assert.NotEqual(0, got);
                    Assert.Equal(mine[..got], buffer[..got]);
                    at += got;
                }

                if (!all) socket.Close(0); // what is still on its way goes nowhere
            }
        })).ToArray();
        await Task.WhenAll(clients);
        Assert.Empty(server.Faults);
        await Eventually.EqualsAsync(0, () => server.Connections, "the number of connections");
    }

    private static async Task ReadToTheEndAsync(RingPair pair)
    {
        try
        {
            while (true)
            {
                var result = await pair.Input.ReadAsync().ConfigureAwait(false);
                pair.Input.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted) return;
            }
        }
        catch (IOException)
        {
            // reset
        }
        catch (Microsoft.AspNetCore.Connections.ConnectionAbortedException)
        {
            // aborted
        }
    }

    private static async Task WriteToTheEndAsync(RingPair pair, bool onRing)
    {
        var bytes = new byte[30_000];
        while (true)
        {
            if (onRing) await pair.OnRingAsync(() => { }).ConfigureAwait(false);
            if ((await pair.Output.WriteAsync(bytes).ConfigureAwait(false)).IsCompleted) return;
        }
    }

    /// <summary>What is received and not read.</summary>
    private static long HeldBytes(RingPair pair)
    {
        if (!pair.Input.TryRead(out var result)) return 0;
        pair.Input.AdvanceTo(result.Buffer.Start);
        return result.Buffer.Length;
    }
}
