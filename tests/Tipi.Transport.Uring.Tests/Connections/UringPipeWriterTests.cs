using System.IO.Pipelines;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;

namespace Tipi.Transport.Uring.Tests.Connections;

public sealed class UringPipeWriterTests
{
    private const int Limit = 64 * 1024;

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task Nothing_leaves_before_the_flush()
    {
        await using var host = await RingHost.StartAsync();
        await using var pair = await host.ConnectAsync();
        "abc"u8.CopyTo(pair.Output.GetSpan(3));
        pair.Output.Advance(3);
        Assert.True(pair.Output.CanGetUnflushedBytes);
        Assert.Equal(3, pair.Output.UnflushedBytes);
        await Task.Delay(30);
        Assert.Equal(0, pair.Peer.Available);
        var flushed = await pair.Output.FlushAsync();
        Assert.False(flushed.IsCompleted);
        Assert.False(flushed.IsCanceled);
        Assert.Equal(0, pair.Output.UnflushedBytes);
        Assert.Equal("abc"u8.ToArray(), await pair.ReceiveAsync(3));
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task Memory_larger_than_a_block_can_be_had_and_is_sent()
    {
        await using var host = await RingHost.StartAsync();
        await using var pair = await host.ConnectAsync();
        var sent = Payload.Random(1, 100_000);
        await pair.Output.WriteAsync(sent.AsMemory(0, 10));
        var memory = pair.Output.GetMemory(sent.Length);
        Assert.True(memory.Length >= sent.Length);
        sent.AsMemory(10).CopyTo(memory);
        pair.Output.Advance(sent.Length - 10);
        var flushing = pair.Output.FlushAsync();
        Assert.Equal(sent, await pair.ReceiveAsync(sent.Length));
        await flushing;
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task Flushing_nothing_sends_nothing()
    {
        await using var host = await RingHost.StartAsync();
        await using var pair = await host.ConnectAsync();
        await pair.Output.FlushAsync();
        await pair.Output.WriteAsync(ReadOnlyMemory<byte>.Empty);
        _ = pair.Output.GetMemory();
        pair.Output.Advance(0);
        await pair.Output.FlushAsync();
        await Task.Delay(20);
        Assert.Equal(0, pair.Peer.Available);
        await pair.Output.CompleteAsync();
        Assert.Empty(await pair.ReceiveToEndAsync());
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task Advancing_by_nothing_needs_no_memory()
    {
        await using var host = await RingHost.StartAsync();
        await using var pair = await host.ConnectAsync();
        pair.Output.Advance(0);
        Assert.Throws<ArgumentOutOfRangeException>(() => pair.Output.Advance(1));
        var room = pair.Output.GetMemory().Length;
        Assert.Throws<ArgumentOutOfRangeException>(() => pair.Output.Advance(room + 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => pair.Output.Advance(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => pair.Output.GetMemory(-1));
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task A_flush_waits_while_the_peer_is_slow_and_goes_on_when_it_reads()
    {
        await using var host = await RingHost.StartAsync(NewOptions());
        await using var pair = await host.ConnectAsync(configure: Narrow);
        var (flushing, written) = await FillAsync(pair);
        await Task.Delay(50);
        Assert.False(flushing.IsCompleted);
        var received = await pair.ReceiveAsync(written);
        Assert.False((await flushing).IsCompleted);
        Assert.Equal(Payload.Hash(Pattern(written)), Payload.Hash(received));
        await pair.Output.WriteAsync("more"u8.ToArray());
        Assert.Equal("more"u8.ToArray(), await pair.ReceiveAsync(4));
    }

    [Theory(Timeout = Kernel.TestLimitMs)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task CancelPendingFlush_cancels_one_flush_and_loses_nothing(bool whileWaiting)
    {
        await using var host = await RingHost.StartAsync(NewOptions());
        await using var pair = await host.ConnectAsync(configure: Narrow);
        if (!whileWaiting)
        {
            pair.Output.CancelPendingFlush();
            Assert.True((await pair.Output.FlushAsync()).IsCanceled);
            Assert.False((await pair.Output.FlushAsync()).IsCanceled);
        }
        var (flushing, written) = await FillAsync(pair);
        pair.Output.CancelPendingFlush();
        Assert.True((await flushing).IsCanceled);
        var receiving = pair.ReceiveAsync(written);
        Assert.False((await pair.Output.FlushAsync()).IsCanceled);
        Assert.Equal(Payload.Hash(Pattern(written)), Payload.Hash(await receiving));
    }

    [Theory(Timeout = Kernel.TestLimitMs)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_token_cancels_a_flush_and_loses_nothing(bool whileWaiting)
    {
        await using var host = await RingHost.StartAsync(NewOptions());
        await using var pair = await host.ConnectAsync(configure: Narrow);
        using var source = new CancellationTokenSource();
        if (!whileWaiting) await source.CancelAsync();
        var (flushing, written) = whileWaiting
            ? await FillAsync(pair, source.Token)
            : (pair.Output.WriteAsync(Pattern(5), source.Token).AsTask(), 0);
        if (whileWaiting) await source.CancelAsync();
        var canceled = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => flushing);
        Assert.Equal(source.Token, canceled.CancellationToken);
        var receiving = pair.ReceiveAsync(written);
        await pair.Output.FlushAsync(CancellationToken.None);
        Assert.Equal(Payload.Hash(Pattern(written)), Payload.Hash(await receiving));
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task Completing_ends_the_stream_after_what_was_written()
    {
        await using var host = await RingHost.StartAsync();
        await using var pair = await host.ConnectAsync();
        var sent = Payload.Random(2, 40_000);
        var span = pair.Output.GetSpan(sent.Length);
        sent.CopyTo(span);
        pair.Output.Advance(sent.Length);
        await pair.Output.CompleteAsync(); // flushes, as the contract says
        Assert.Equal(sent, await pair.ReceiveToEndAsync());
        await pair.SendAsync("still heard"u8.ToArray());
        Assert.Equal("still heard"u8.ToArray(), await pair.ReadAsync(11));
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task Completing_with_an_error_resets_the_connection()
    {
        await using var host = await RingHost.StartAsync();
        await using var pair = await host.ConnectAsync();
        await pair.Output.CompleteAsync(new InvalidDataException("broken off"));
        var error = await Assert.ThrowsAsync<SocketException>(() => pair.ReceiveToEndAsync());
        Assert.Equal(SocketError.ConnectionReset, error.SocketErrorCode);
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task A_completed_writer_cannot_be_written()
    {
        await using var host = await RingHost.StartAsync();
        await using var pair = await host.ConnectAsync();
        await pair.Output.CompleteAsync();
        await pair.Output.CompleteAsync(new InvalidOperationException("again"));
        Assert.Throws<InvalidOperationException>(() => pair.Output.GetMemory());
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await pair.Output.WriteAsync("x"u8.ToArray()));
        Assert.Empty(await pair.ReceiveToEndAsync()); // the second completion changes nothing
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task It_is_writable_as_a_stream()
    {
        await using var host = await RingHost.StartAsync();
        await using var pair = await host.ConnectAsync();
        var sent = Payload.Random(3, 300_000);
        var receiving = pair.ReceiveToEndAsync();
        await using (var stream = pair.Output.AsStream()) await new MemoryStream(sent).CopyToAsync(stream);
        Assert.Equal(Payload.Hash(sent), Payload.Hash(await receiving));
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task A_reset_by_the_peer_ends_a_waiting_flush()
    {
        await using var host = await RingHost.StartAsync(NewOptions());
        await using var pair = await host.ConnectAsync(configure: Narrow);
        var (flushing, _) = await FillAsync(pair);
        pair.Peer.Close(0);
        Assert.True((await flushing).IsCompleted);
        Assert.True((await pair.Output.WriteAsync("x"u8.ToArray())).IsCompleted);
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task What_is_written_after_the_end_is_dropped_and_not_kept()
    {
        await using var host = await RingHost.StartAsync();
        await using var pair = await host.ConnectAsync();
        pair.Connection.Abort();
        await Eventually.HoldsAsync(() => WriteOnce(pair).IsCompleted, "the writer to know of the end");
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < 2000; i++)
        {
            var result = await pair.Output.WriteAsync(new byte[32 * 1024]);
            Assert.True(result.IsCompleted);
        }
        var grown = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.True(grown < 16 * 1024 * 1024, $"{grown} bytes of 64 MB are kept.");
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task Many_blocks_leave_in_order_by_several_sends()
    {
        await using var host = await RingHost.StartAsync(new() { RingCount = 1, MaxWriteBufferSize = null });
        await using var pair = await host.ConnectAsync();
        var sent = Payload.Random(4, 1_000_000); // 245 blocks
        var receiving = pair.ReceiveAsync(2 * sent.Length);
        await pair.OnRingAsync(() => Assert.True(pair.Output.WriteAsync(sent).AsTask().IsCompleted));
        // By this thread, or by the ring if it is still sending.
        Assert.True(pair.Output.WriteAsync(sent).AsTask().IsCompleted);
        Assert.Equal(Payload.Hash([.. sent, .. sent]), Payload.Hash(await receiving));
    }

    [Theory(Timeout = Kernel.TestLimitMs)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Short_sends_go_on_where_they_stopped(bool onRing)
    {
        await using var host = await RingHost.StartAsync(NewOptions());
        await using var pair = await host.ConnectAsync(configure: Narrow);
        pair.Connection.Features.Get<IConnectionSocketFeature>()!.Socket.SendBufferSize = 8 * 1024;
        var sent = Payload.Random(5, 2_000_000);
        var writing = WriteAllAsync(pair, sent, onRing);
        using var received = new MemoryStream();
        var random = new Random(6);
        var buffer = new byte[20_000];
        while (received.Length < sent.Length)
        {
            var got = await pair.Peer.ReceiveAsync(buffer.AsMemory(0, 1 + random.Next(buffer.Length)));
            Assert.NotEqual(0, got);
            received.Write(buffer, 0, got);
            if (random.Next(50) == 0) await Task.Delay(2);
        }
        await writing;
        Assert.Equal(Payload.Hash(sent), Payload.Hash(received.ToArray()));
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task Any_thread_may_write_one_after_the_other()
    {
        await using var host = await RingHost.StartAsync();
        await using var pair = await host.ConnectAsync();
        var sent = Payload.Random(7, 600_000);
        var receiving = pair.ReceiveAsync(sent.Length);
        for (int at = 0, turn = 0; at < sent.Length; turn++)
        {
            var piece = sent.AsMemory(at, Math.Min(1 + turn * 37 % 5000, sent.Length - at));
            at += piece.Length;
            if (turn % 3 == 0) await pair.Output.WriteAsync(piece);
            else if (turn % 3 == 1) await Task.Run(async () => await pair.Output.WriteAsync(piece));
            else await pair.OnRingAsync(() => Assert.True(pair.Output.WriteAsync(piece).AsTask().Wait(10_000)));
        }
        Assert.Equal(Payload.Hash(sent), Payload.Hash(await receiving));
    }

    private static UringTransportOptions NewOptions() => new() { RingCount = 1, MaxWriteBufferSize = Limit };

    private static void Narrow(Socket peer) => peer.ReceiveBufferSize = 8 * 1024;

    private static FlushResult WriteOnce(RingPair pair) =>
        pair.Output.WriteAsync(new byte[1]).AsTask().GetAwaiter().GetResult();

    private static byte[] Pattern(int length)
    {
        var bytes = new byte[length];
        for (var i = 0; i < length; i++) bytes[i] = (byte)(i * 31 >> 3);
        return bytes;
    }

    // Writes until a flush waits. The kernel's buffers take something too, but not without bound.
    private static async Task<(Task<FlushResult> Flushing, int Written)> FillAsync(
        RingPair pair, CancellationToken cancellationToken = default)
    {
        const int Piece = 4000;
        const int Bound = 32 * 1024 * 1024;
        var pattern = Pattern(Bound);
        for (var at = 0; at < Bound; at += Piece)
        {
            var flushing = pair.Output.WriteAsync(pattern.AsMemory(at, Piece), cancellationToken).AsTask();
            if (!flushing.IsCompleted) await Task.Delay(20, CancellationToken.None); // the kernel may still take more
            if (!flushing.IsCompleted) return (flushing, at + Piece);
            await flushing;
        }
        throw new InvalidOperationException("No flush waited.");
    }

    private static async Task WriteAllAsync(RingPair pair, byte[] bytes, bool onRing)
    {
        const int Piece = 100_000;
        for (var at = 0; at < bytes.Length; at += Piece)
        {
            var piece = bytes.AsMemory(at, Math.Min(Piece, bytes.Length - at));
            if (!onRing)
            {
                await pair.Output.WriteAsync(piece);
                continue;
            }
            var flushing = Task.FromResult(default(FlushResult));
            await pair.OnRingAsync(() => flushing = pair.Output.WriteAsync(piece).AsTask());
            await flushing;
        }
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task Two_small_flushes_in_one_piece_of_work_of_the_pool_are_one_send()
    {
        await using var host = await RingHost.StartAsync();
        await using var pair = await host.ConnectAsync();
        const int Rounds = 400;

        for (var i = 0; i < Rounds; i++)
        {
            await Task.Run(async () =>
            {
                await pair.Output.WriteAsync(new byte[1]);
                await pair.Output.WriteAsync(new byte[1]);
            });
            await pair.ReceiveAsync(2);
        }

        // Another thread of the pool, where one is idle, often sends the first before the second comes. Without joining
        // each round would be two.
        Assert.InRange((int)SegmentsReceived(pair.Peer), Rounds, Rounds * 2 - 10);
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task A_small_flush_on_the_pool_leaves_before_the_end_that_follows_at_once()
    {
        await using var host = await RingHost.StartAsync();
        for (var i = 0; i < 50; i++)
        {
            await using var pair = await host.ConnectAsync();
            await Task.Run(async () =>
            {
                await pair.Output.WriteAsync("abc"u8.ToArray());
                await pair.Output.CompleteAsync();
            });

            Assert.Equal("abc"u8.ToArray(), await pair.ReceiveToEndAsync());
        }
    }

    // tcpi_data_segs_in of tcp(7)'s TCP_INFO.
    private static uint SegmentsReceived(Socket socket)
    {
        const int Tcp = 6;
        const int Information = 11;
        const int Offset = 152;
        var information = new byte[256];
        Assert.True(socket.GetRawSocketOption(Tcp, Information, information) >= Offset + sizeof(uint));
        return BitConverter.ToUInt32(information, Offset);
    }
}
