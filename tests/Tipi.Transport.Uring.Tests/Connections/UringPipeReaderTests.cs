using System.Buffers;
using System.Net.Sockets;
using System.Text;

namespace Tipi.Transport.Uring.Tests.Connections;

public sealed class UringPipeReaderTests
{
    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task What_is_consumed_is_gone_and_what_is_examined_waits_for_more()
    {
        await using var host = await RingHost.StartAsync();
        await using var pair = await host.ConnectAsync();
        await pair.SendAsync("abcd"u8.ToArray());
        var first = await pair.Input.ReadAsync();
        Assert.Equal("abcd", Text(first.Buffer));
        pair.Input.AdvanceTo(first.Buffer.GetPosition(1), first.Buffer.End);
        var waiting = pair.Input.ReadAsync().AsTask();
        await Task.Delay(30);
        Assert.False(waiting.IsCompleted);
        await pair.SendAsync("e"u8.ToArray());
        var second = await waiting;
        Assert.Equal("bcde", Text(second.Buffer));
        Assert.False(second.IsCompleted);
        Assert.False(second.IsCanceled);
        pair.Input.AdvanceTo(second.Buffer.End);
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task What_was_not_examined_comes_again_at_once()
    {
        await using var host = await RingHost.StartAsync();
        await using var pair = await host.ConnectAsync();
        await pair.SendAsync("abcd"u8.ToArray());
        for (var consumed = 0; consumed < 4; consumed++)
        {
            var result = await pair.Input.ReadAsync();
            Assert.Equal("abcd"[consumed..], Text(result.Buffer));
            pair.Input.AdvanceTo(result.Buffer.GetPosition(1));
        }
        Assert.False(pair.Input.TryRead(out _));
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task Nothing_consumed_and_nothing_examined_shows_the_same_again()
    {
        await using var host = await RingHost.StartAsync();
        await using var pair = await host.ConnectAsync();
        await pair.SendAsync("ab"u8.ToArray());
        var first = await pair.Input.ReadAsync();
        pair.Input.AdvanceTo(first.Buffer.Start);
        Assert.True(pair.Input.TryRead(out var second));
        Assert.Equal("ab", Text(second.Buffer));
        pair.Input.AdvanceTo(second.Buffer.End);
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task A_long_message_is_a_sequence_of_segments_that_can_be_cut_anywhere()
    {
        await using var host = await RingHost.StartAsync();
        await using var pair = await host.ConnectAsync();
        var sent = Payload.Random(1, 50_000);
        await pair.SendAsync(sent);
        var result = await pair.Input.ReadAtLeastAsync(sent.Length);
        Assert.False(result.Buffer.IsSingleSegment);
        Assert.Equal(sent, result.Buffer.ToArray());
        pair.Input.AdvanceTo(result.Buffer.GetPosition(10_000), result.Buffer.GetPosition(30_000));
        var rest = await pair.Input.ReadAsync();
        Assert.Equal(sent[10_000..], rest.Buffer.ToArray());
        pair.Input.AdvanceTo(rest.Buffer.End);
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task TryRead_says_whether_there_is_something_new()
    {
        await using var host = await RingHost.StartAsync();
        await using var pair = await host.ConnectAsync();
        Assert.False(pair.Input.TryRead(out _));
        await pair.SendAsync("x"u8.ToArray());
        var result = default(System.IO.Pipelines.ReadResult);
        await Eventually.HoldsAsync(() => pair.Input.TryRead(out result), "data to be there");
        Assert.Equal("x", Text(result.Buffer));
        pair.Input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        Assert.False(pair.Input.TryRead(out _));
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task ReadAtLeast_waits_for_so_much()
    {
        await using var host = await RingHost.StartAsync();
        await using var pair = await host.ConnectAsync();
        var sent = Payload.Random(2, 10_000);
        var reading = pair.Input.ReadAtLeastAsync(10_000).AsTask();
        for (var at = 0; at < sent.Length; at += 1000)
        {
            Assert.False(reading.IsCompleted);
            await pair.SendAsync(sent.AsMemory(at, 1000));
            await Task.Delay(1);
        }
        var result = await reading;
        Assert.Equal(sent, result.Buffer.ToArray());
        pair.Input.AdvanceTo(result.Buffer.End);
    }

    [Theory(Timeout = Kernel.TestLimitMs)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task CancelPendingRead_cancels_one_read(bool whileWaiting)
    {
        await using var host = await RingHost.StartAsync();
        await using var pair = await host.ConnectAsync();
        if (!whileWaiting) pair.Input.CancelPendingRead();
        var reading = pair.Input.ReadAsync();
        Assert.Equal(!whileWaiting, reading.IsCompleted);
        if (whileWaiting) pair.Input.CancelPendingRead();
        var canceled = await reading;
        Assert.True(canceled.IsCanceled);
        Assert.True(canceled.Buffer.IsEmpty);
        pair.Input.AdvanceTo(canceled.Buffer.End);
        Assert.Equal("after"u8.ToArray(), await SendAndReadAsync(pair, "after"));
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task A_canceled_read_shows_what_is_unread()
    {
        await using var host = await RingHost.StartAsync();
        await using var pair = await host.ConnectAsync();
        await pair.SendAsync("ab"u8.ToArray());
        var first = await pair.Input.ReadAsync();
        pair.Input.AdvanceTo(first.Buffer.Start, first.Buffer.End);
        pair.Input.CancelPendingRead();
        var canceled = await pair.Input.ReadAsync();
        Assert.True(canceled.IsCanceled);
        Assert.Equal("ab", Text(canceled.Buffer));
        pair.Input.AdvanceTo(canceled.Buffer.Start, canceled.Buffer.End);
        Assert.Equal("abc"u8.ToArray(), await SendAndReadAsync(pair, "c", count: 3));
    }

    [Theory(Timeout = Kernel.TestLimitMs)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_token_cancels_a_read_and_loses_nothing(bool whileWaiting)
    {
        await using var host = await RingHost.StartAsync();
        await using var pair = await host.ConnectAsync();
        using var source = new CancellationTokenSource();
        if (!whileWaiting) await source.CancelAsync();
        var reading = pair.Input.ReadAsync(source.Token).AsTask();
        if (whileWaiting)
        {
            Assert.False(reading.IsCompleted);
            await source.CancelAsync();
        }
        var canceled = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        Assert.Equal(source.Token, canceled.CancellationToken);
        Assert.Equal("after"u8.ToArray(), await SendAndReadAsync(pair, "after"));
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task Cancelling_while_data_comes_answers_every_read_and_loses_nothing()
    {
        await using var host = await RingHost.StartAsync();
        await using var pair = await host.ConnectAsync();
        const int Count = 2000;
        var sent = Payload.Random(3, Count);
        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < Count; i++) await pair.SendAsync(sent.AsMemory(i, 1));
        });
        using var received = new MemoryStream();
        while (received.Length < Count)
        {
            using var source = new CancellationTokenSource();
            var reading = pair.Input.ReadAsync(source.Token).AsTask();
            if (received.Length % 2 == 0) await source.CancelAsync();
            else pair.Input.CancelPendingRead();
            try
            {
                var result = await reading;
                foreach (var segment in result.Buffer) received.Write(segment.Span);
                pair.Input.AdvanceTo(result.Buffer.End);
            }
            catch (OperationCanceledException)
            {
                // the next read shows what came
                if (pair.Input.TryRead(out var rest))
                {
                    foreach (var segment in rest.Buffer) received.Write(segment.Span);
                    pair.Input.AdvanceTo(rest.Buffer.End);
                }
            }
        }
        await sending;
        Assert.Equal(sent, received.ToArray());
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task A_completed_reader_cannot_be_read()
    {
        await using var host = await RingHost.StartAsync();
        await using var pair = await host.ConnectAsync();
        await pair.Input.CompleteAsync();
        await pair.Input.CompleteAsync(new InvalidOperationException("again"));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await pair.Input.ReadAsync());
        Assert.Throws<InvalidOperationException>(() => pair.Input.TryRead(out _));
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task After_completing_the_reader_the_writer_still_writes()
    {
        await using var host = await RingHost.StartAsync();
        await using var pair = await host.ConnectAsync();
        await pair.SendAsync(new byte[10_000]);
        await pair.Input.CompleteAsync(new IOException("enough"));
        await pair.Output.WriteAsync("answer"u8.ToArray());
        Assert.Equal("answer"u8.ToArray(), await pair.ReceiveAsync(6));
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task The_peers_end_comes_after_its_data_and_stays()
    {
        await using var host = await RingHost.StartAsync();
        await using var pair = await host.ConnectAsync();
        await pair.SendAsync("last"u8.ToArray());
        pair.Peer.Shutdown(SocketShutdown.Send);
        Assert.Equal("last"u8.ToArray(), await pair.ReadAsync(4));
        for (var i = 0; i < 3; i++)
        {
            var end = await pair.Input.ReadAsync();
            Assert.True(end.IsCompleted);
            Assert.True(end.Buffer.IsEmpty);
            pair.Input.AdvanceTo(end.Buffer.End);
        }
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task Data_left_unread_is_shown_again_with_the_end()
    {
        await using var host = await RingHost.StartAsync();
        await using var pair = await host.ConnectAsync();
        await pair.SendAsync("half"u8.ToArray());
        var first = await pair.Input.ReadAsync();
        pair.Input.AdvanceTo(first.Buffer.Start, first.Buffer.End);
        pair.Peer.Shutdown(SocketShutdown.Send);
        var end = await pair.Input.ReadAsync();
        Assert.True(end.IsCompleted);
        Assert.Equal("half", Text(end.Buffer));
        pair.Input.AdvanceTo(end.Buffer.End);
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task A_second_read_at_the_same_time_throws_and_the_first_goes_on()
    {
        await using var host = await RingHost.StartAsync();
        await using var pair = await host.ConnectAsync();
        var first = pair.Input.ReadAsync().AsTask();
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await pair.Input.ReadAsync());
        await pair.SendAsync("x"u8.ToArray());
        var result = await first;
        Assert.Equal("x", Text(result.Buffer));
        pair.Input.AdvanceTo(result.Buffer.End);
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task A_position_of_another_buffer_is_refused()
    {
        await using var host = await RingHost.StartAsync();
        await using var pair = await host.ConnectAsync();
        await pair.SendAsync("abcd"u8.ToArray());
        var result = await pair.Input.ReadAsync();
        var (second, third) = (result.Buffer.GetPosition(2), result.Buffer.GetPosition(3));
        Assert.Throws<InvalidOperationException>(() => pair.Input.AdvanceTo(third, second));
        pair.Input.AdvanceTo(third);
        Assert.Throws<InvalidOperationException>(() => pair.Input.AdvanceTo(second));
        Assert.Equal("d"u8.ToArray(), await pair.ReadAsync(1));
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task It_is_readable_as_a_stream()
    {
        await using var host = await RingHost.StartAsync();
        await using var pair = await host.ConnectAsync();
        var sent = Payload.Random(4, 300_000);
        var sending = SendAllAndEndAsync(pair, sent);
        using var copy = new MemoryStream();
        await pair.Input.AsStream().CopyToAsync(copy);
        await sending;
        Assert.Equal(Payload.Hash(sent), Payload.Hash(copy.ToArray()));
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task Small_packets_are_put_together_in_few_blocks()
    {
        await using var host = await RingHost.StartAsync();
        await using var pair = await host.ConnectAsync();
        var sent = Payload.Random(5, 6000);
        for (var i = 0; i < sent.Length; i++) await pair.SendAsync(sent.AsMemory(i, 1));
        var result = await pair.Input.ReadAtLeastAsync(sent.Length);
        Assert.Equal(sent, result.Buffer.ToArray());
        var blocks = 0;
        foreach (var _ in result.Buffer) blocks++;
        Assert.InRange(blocks, 2, 6);
        pair.Input.AdvanceTo(result.Buffer.End);
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task Any_thread_may_read_one_after_the_other()
    {
        await using var host = await RingHost.StartAsync();
        await using var pair = await host.ConnectAsync();
        for (var i = 0; i < 300; i++)
        {
            var sent = Payload.Random(i, 1 + i * 7 % 9000);
            var sending = pair.SendAsync(sent);
            byte[] got = [];
            if (i % 3 == 0) got = await pair.ReadAsync(sent.Length);
            else if (i % 3 == 1) got = await Task.Run(() => pair.ReadAsync(sent.Length));
            else await pair.OnRingAsync(() => got = pair.ReadAsync(sent.Length).GetAwaiter().GetResult());
            await sending;
            Assert.Equal(sent, got);
        }
    }

    private static async Task SendAllAndEndAsync(RingPair pair, byte[] bytes)
    {
        await pair.SendAsync(bytes);
        pair.Peer.Shutdown(SocketShutdown.Send);
    }

    private static async Task<byte[]> SendAndReadAsync(RingPair pair, string text, int? count = null)
    {
        await pair.SendAsync(Encoding.ASCII.GetBytes(text));
        return await pair.ReadAsync(count ?? text.Length);
    }

    private static string Text(in ReadOnlySequence<byte> bytes) => Encoding.ASCII.GetString(bytes);
}
