using System.Buffers;
using System.IO.Pipelines;
using Tipi.Hosting.Scheduling;
using Tipi.Hosting.Threads;
using Tipi.Hosting.Tls;

namespace Tipi.Hosting.Tests.Tls;

/// <summary>Records as the TLS library gets them: what is there, never beyond a record's end, at any cut.</summary>
public sealed class RecordStreamTests : IDisposable
{
    private const int LargestRecord = 16 * 1024 + 2048;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly Pipe _received = new(new PipeOptions(pauseWriterThreshold: 0, useSynchronizationContext: false));
    private readonly Pipe _sent = new(new PipeOptions(pauseWriterThreshold: 0, useSynchronizationContext: false));
    private readonly RecordStream _stream;

    public RecordStreamTests() =>
        _stream = new RecordStream(new Duplex(_received.Reader, _sent.Writer), connection: null!, new ThreadHop(null));

    public void Dispose() => _stream.Dispose();

    private static byte[] Record(int length, byte fill = 7) =>
        [23, 3, 3, (byte)(length >> 8), (byte)length, .. Enumerable.Repeat(fill, length)];

    private async Task ReceiveAsync(params byte[] bytes) => await _received.Writer.WriteAsync(bytes);

    private async Task<byte[]> ReadAsync(int most)
    {
        byte[] buffer = new byte[most];
        return buffer[..await _stream.ReadAsync(buffer).AsTask().WaitAsync(s_patience)];
    }

    /// <summary>Bytes in two pieces, cut anywhere.</summary>
    private static ReadOnlySequence<byte> Cut(byte[] bytes, int at)
    {
        var first = new Segment(bytes.AsMemory(0, at));
        Segment last = first.Append(bytes.AsMemory(at));
        return new(first, 0, last, last.Memory.Length);
    }

    [Fact]
    public void Only_records_that_are_whole_are_measured()
    {
        byte[] three = [.. Record(3), .. Record(0), .. Record(300)];
        int[] ends = [0, 8, 13, 318];
        for (int length = 0; length <= three.Length; length++)
        {
            long whole = ends.Last(end => end <= length);
            for (int cut = 0; cut <= length; cut++)
                Assert.Equal(whole, RecordStream.MeasureRecords(Cut(three[..length], cut), 4));
        }
        for (int most = 0; most <= 3; most++)
            Assert.Equal(ends[most], RecordStream.MeasureRecords(new(three), most));
    }

    [Fact]
    public void A_record_that_is_too_long_is_none()
    {
        Assert.Equal(LargestRecord + 5, RecordStream.MeasureRecords(new(Record(LargestRecord)), 4));
        var longer = new ReadOnlySequence<byte>(Record(LargestRecord + 1));
        Assert.Throws<IOException>(() => RecordStream.MeasureRecords(longer, 4));
        Assert.Equal(0, RecordStream.MeasureRecords(longer, 0));
        Assert.Throws<IOException>(() => RecordStream.MeasureRecords(longer.Slice(0, 5), 4)); // its head says so
    }

    [Fact]
    public async Task A_read_ends_with_its_record()
    {
        await ReceiveAsync([.. Record(10, 1), .. Record(20, 2)]);
        Assert.Equal(Record(10, 1), await ReadAsync(1000));
        Assert.Equal(Record(20, 2), await ReadAsync(1000));
        await ReceiveAsync([.. Record(2, 3), .. Record(0), .. Record(1, 4)]);
        Assert.Equal(Record(2, 3)[..5], await ReadAsync(5));
        Assert.Equal([3], await ReadAsync(1));
        Assert.Equal([3], await ReadAsync(1000));
        Assert.Equal(Record(0), await ReadAsync(1000));
        Assert.Equal(Record(1, 4), await ReadAsync(1000));
    }

    [Fact]
    public async Task A_record_may_come_byte_by_byte()
    {
        byte[] record = Record(30, 5);
        Task<byte[]> reading = ReadAsync(1000);
        for (int i = 0; i < 4; i++) await ReceiveAsync(record[i]);
        await Task.Delay(50);
        Assert.False(reading.IsCompleted); // its length is not known
        var read = new List<byte>();
        for (int i = 4; i < record.Length; i++)
        {
            await ReceiveAsync(record[i]);
            read.AddRange(await reading);
            Assert.Equal(record[..(i + 1)], read);
            reading = ReadAsync(1000);
        }
        await ReceiveAsync(Record(1, 6));
        Assert.Equal(Record(1, 6), await reading);
    }

    [Fact]
    public async Task A_read_of_nothing_waits_for_something_and_takes_none()
    {
        Task<byte[]> nothing = ReadAsync(0);
        await Task.Delay(50);
        Assert.False(nothing.IsCompleted);
        await ReceiveAsync(23);
        Assert.Empty(await nothing);
        Assert.Empty(await ReadAsync(0)); // at once: the byte is there still
        await ReceiveAsync(Record(2, 9)[1..]);
        Assert.Empty(await ReadAsync(0));
        Assert.Equal(Record(2, 9), await ReadAsync(100));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(9)]
    public async Task An_end_inside_a_record_is_an_end(int length)
    {
        await ReceiveAsync(Record(10)[..length]);
        await _received.Writer.CompleteAsync();
        if (length >= 5) Assert.Equal(Record(10)[..length], await ReadAsync(100));
        Assert.Empty(await ReadAsync(100));
        Assert.Empty(await ReadAsync(100));
    }

    [Fact]
    public async Task Who_waits_for_a_record_that_is_too_long_fails()
    {
        Task<byte[]> reading = ReadAsync(100);
        await ReceiveAsync(23, 3, 3, 0x48, 0x01);
        await Assert.ThrowsAsync<IOException>(() => reading);
    }

    [Fact]
    public async Task Lent_records_are_read_without_waiting_and_apart_from_what_comes()
    {
        await ReceiveAsync(Record(1, 1));
        byte[] lent = [.. Record(4, 2), .. Record(1, 3)];
        for (int cut = 0; cut <= lent.Length; cut++)
        {
            _stream.Lend(Cut(lent, cut));
            Assert.True(_stream.HasMore);
            Assert.Equal(Record(4, 2), await ReadAsync(100));
            Assert.True(_stream.HasMore);
            Assert.Equal(Record(1, 3)[..5], await ReadAsync(5));
            Assert.Equal([3], await ReadAsync(5));
            Assert.False(_stream.HasMore);
            ValueTask<int> more = _stream.ReadAsync(new byte[1]);
            Assert.True(more.IsFaulted);
            await Assert.ThrowsAsync<NeedsRecordException>(() => more.AsTask());
            _stream.TakeBack();
        }
        Assert.Equal(Record(1, 1), await ReadAsync(100));
    }

    [Fact]
    public async Task What_is_not_read_of_lent_records_is_not_kept()
    {
        _stream.Lend(new(Record(4, 2)));
        _stream.TakeBack();
        Assert.False(_stream.HasMore);
        await ReceiveAsync(Record(1, 1));
        Assert.Equal(Record(1, 1), await ReadAsync(100));
    }

    [Fact]
    public async Task What_is_written_leaves_with_a_flush_but_while_records_are_lent()
    {
        Task<byte[]> pending = ReadAsync(100);
        await _stream.WriteAsync(new byte[] { 1, 2 });
        await _stream.FlushAsync();
        Assert.Equal([1, 2], await SentAsync());

        _stream.Lend(new(Record(4, 2)));
        await _stream.WriteAsync(new byte[] { 3 });
        Task flush = _stream.FlushAsync();
        Assert.True(flush.IsCompletedSuccessfully);
        Assert.False(_sent.Reader.TryRead(out _)); // the writer sends it, who alone may flush then
        _stream.TakeBack();
        await _stream.FlushAsync();
        Assert.Equal([3], await SentAsync());

        Assert.False(pending.IsCompleted);
        await ReceiveAsync(Record(1, 1));
        Assert.Equal(Record(1, 1), await pending);
    }

    private async Task<byte[]> SentAsync()
    {
        ReadResult read = await _sent.Reader.ReadAsync().AsTask().WaitAsync(s_patience);
        byte[] bytes = read.Buffer.ToArray();
        _sent.Reader.AdvanceTo(read.Buffer.End);
        return bytes;
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        internal Segment(ReadOnlyMemory<byte> memory) => Memory = memory;

        internal Segment Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Segment(memory) { RunningIndex = RunningIndex + Memory.Length };
            Next = next;
            return next;
        }
    }
}
