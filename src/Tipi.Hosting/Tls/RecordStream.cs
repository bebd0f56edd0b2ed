using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Tipi.Hosting.Connections;
using Tipi.Hosting.Threads;

namespace Tipi.Hosting.Tls;

/// <summary>
/// What the TLS library reads from and writes to: the records of a connection. What it writes is copied once, into the
/// transport's memory, and leaves with the transport's next flush.
/// <code>
/// Waiting   it reads from the transport and waits there: during a handshake
/// Lent      it reads whole records from what the reader has received, and never waits
/// </code>
/// Invariant: one read never goes beyond the end of a record. So the library holds no bytes after it has dealt with a
/// record, and no buffer.
/// </summary>
/// <param name="transport">The connection's bytes.</param>
/// <param name="connection">Whose they are.</param>
/// <param name="hop">To the threads of handshakes: what arrives for one is not dealt with on a ring.</param>
internal sealed class RecordStream(IDuplexPipe transport, ServerConnection connection, ThreadHop hop) : Stream
{
    internal const int HeaderSize = 5;

    /// <summary>A record's content with what encryption may add (RFC 5246 §6.2.3).</summary>
    private const int MaxRecordSize = 16 * 1024 + 2048;

    private ReadOnlySequence<byte> _lent;
    private bool _isLent;
    private int _recordLeft;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Finds whole records at the begin of what was received.</summary>
    /// <param name="received">The bytes.</param>
    /// <param name="mostRecords">Records to look for at most.</param>
    /// <returns>Bytes of the records that are whole.</returns>
    /// <exception cref="IOException">A record is longer than any may be.</exception>
    internal static long MeasureRecords(in ReadOnlySequence<byte> received, int mostRecords)
    {
        long length = 0;
        for (int records = 0; records < mostRecords; records++)
        {
            int size = SizeOfRecord(received.Slice(length));
            if (size == 0 || length + size > received.Length) break;
            length += size;
        }
        return length;
    }

    /// <summary>Lends whole records to read from, until <see cref="TakeBack"/>.</summary>
    internal void Lend(in ReadOnlySequence<byte> records)
    {
        _lent = records;
        _isLent = true;
    }

    /// <summary>True when a lent byte has not been read.</summary>
    internal bool HasMore => !_lent.IsEmpty;

    internal void TakeBack()
    {
        _lent = default;
        _isLent = false;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!_isLent) return WaitAndReadAsync(buffer, cancellationToken);
        if (_lent.IsEmpty) return ValueTask.FromException<int>(new NeedsRecordException());
        int count = Take(_lent, buffer.Span);
        _lent = _lent.Slice(count);
        return new(count);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) =>
        throw new NotSupportedException("Only asynchronous reads are supported.");

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return default;
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        Write(buffer.AsSpan(offset, count));
        return Task.CompletedTask;
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer) => transport.Output.Write(buffer);

    public override void Flush()
    {
        // What was written leaves with the transport's next flush.
    }

    public override async Task FlushAsync(CancellationToken cancellationToken)
    {
        if (!_isLent) await transport.Output.FlushAsync(cancellationToken);
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private async ValueTask<int> WaitAndReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (true)
        {
            ValueTask<ReadResult> pending = transport.Input.ReadAsync(cancellationToken);
            bool hasWaited = !pending.IsCompleted;
            ReadResult read = await pending;
            int count = Take(read.Buffer, buffer.Span);
            bool isReady = count > 0 || (buffer.IsEmpty && !read.Buffer.IsEmpty);
            SequencePosition consumed = read.Buffer.GetPosition(count);
            transport.Input.AdvanceTo(consumed, isReady ? consumed : read.Buffer.End);
            if (read.IsCanceled && connection.MustEnd) throw new ConnectionAbortedException("The server is stopping.");
            if (!isReady && !read.IsCompleted) continue;
            if (hasWaited) await hop.ToHandshakeThread();
            return count;
        }
    }

    /// <summary>Copies what is there of the current record.</summary>
    private int Take(in ReadOnlySequence<byte> from, Span<byte> to)
    {
        if (_recordLeft == 0) _recordLeft = SizeOfRecord(from);
        int count = (int)Math.Min(Math.Min(_recordLeft, from.Length), to.Length);
        from.Slice(0, count).CopyTo(to);
        _recordLeft -= count;
        return count;
    }

    /// <summary>Bytes of a record with its header; 0 while that is not there.</summary>
    private static int SizeOfRecord(in ReadOnlySequence<byte> bytes)
    {
        if (bytes.Length < HeaderSize) return 0;
        Span<byte> header = stackalloc byte[HeaderSize];
        bytes.Slice(0, HeaderSize).CopyTo(header);
        int size = BinaryPrimitives.ReadUInt16BigEndian(header[3..]);
        return size <= MaxRecordSize
            ? HeaderSize + size
            : throw new IOException("The client sent a TLS record that exceeds the maximum length.");
    }
}
