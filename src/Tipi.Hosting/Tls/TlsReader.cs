using System.Buffers;
using System.Diagnostics;
using System.IO.Pipelines;
using System.Net.Security;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Connections;
using Tipi.Transport.Uring.Rings;

namespace Tipi.Hosting.Tls;

/// <summary>
/// What the peer has sent, decrypted. It waits at the transport, for whole records, and decrypts then without waiting:
/// an idle connection has no read at the TLS library, and no buffer there or here.
/// </summary>
/// <remarks>
/// Invariant: blocks hold what was decrypted and not consumed. One thread at a time uses it (the pipe's contract), but
/// for <see cref="CancelPendingRead"/>.
/// </remarks>
internal sealed class TlsReader(PipeReader transport, RecordStream records, SslStream tls) : PipeReader
{
    /// <summary>Records that are decrypted in one go: others on the same thread wait for that.</summary>
    private const int MostRecords = 4;

    /// <summary>Decrypted bytes beyond which nothing more is decrypted before somebody has read them.</summary>
    private const long MostAhead = 64 * 1024;

    /// <summary>More than a record's content: a read that fills less has emptied its record.</summary>
    private const int StagingSize = 16 * 1024 + 1;

    [ThreadStatic]
    private static byte[]? t_staging;

    private BlockList _plain;
    private Exception? _error;
    private bool _allExamined;
    private bool _hasEncrypted;
    private bool _hasEnded;
    private bool _completed;

    private bool HasNothingNew => _plain.Length == 0 || _allExamined;

    public override bool TryRead(out ReadResult result)
    {
        if (TryGetResult(isCanceled: false, out result)) return true;
        while (transport.TryRead(out ReadResult read))
        {
            if (AcceptAndGet(read, out result)) return true;
        }
        return false;
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<ReadResult>(cancellationToken);
        return TryRead(out ReadResult result) ? new(result) : WaitAsync(cancellationToken);
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (_plain.Head is not { } head) return;
        Block tail = _plain.Tail!;
        if (consumed.GetObject() is not Block consumedIn || examined.GetObject() is not Block examinedIn) return;
        long end = tail.RunningIndex + tail.End;
        long consumedAt = consumedIn.RunningIndex + consumed.GetInteger();
        long examinedAt = examinedIn.RunningIndex + examined.GetInteger();
        if (consumedAt < head.Start || examinedAt < consumedAt || examinedAt > end)
            throw new InvalidOperationException(
                "The position given to AdvanceTo does not belong to the last read's buffer.");
        _allExamined = examinedAt == end;
        if (consumedAt > head.Start) _plain.Consume(consumedAt - head.Start);
    }

    public override void CancelPendingRead() => transport.CancelPendingRead();

    public override void Complete(Exception? exception = null)
    {
        if (_completed) return;
        _completed = true;
        _plain.Clear();
        transport.Complete(exception);
    }

    /// <summary>
    /// Decrypts what has arrived, for somebody who reads it later, up to <see cref="MostAhead"/> and a few records.
    /// </summary>
    /// <returns>True when the transport holds nothing more: what comes next answers what is sent now.</returns>
    internal bool TryDecryptArrived()
    {
        while (!_hasEnded && _plain.Length < MostAhead && transport.TryRead(out ReadResult read)) Accept(read);
        return !_hasEncrypted;
    }

    // What it holds while it waits is in memory for each idle connection: no results, and no arguments but one.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadResult> WaitAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (AcceptAndGet(await transport.ReadAsync(cancellationToken), out ReadResult result)) return result;
        }
    }

    private bool AcceptAndGet(in ReadResult read, out ReadResult result)
    {
        Accept(read);
        return TryGetResult(read.IsCanceled, out result);
    }

    private bool TryGetResult(bool isCanceled, out ReadResult result)
    {
        ObjectDisposedException.ThrowIf(_completed, this);
        result = default;
        if (HasNothingNew && !isCanceled)
        {
            if (_error is not null) throw _error;
            if (!_hasEnded) return false;
        }
        result = new ReadResult(Show(), isCanceled, _hasEnded && _error is null);
        return true;
    }

    private ReadOnlySequence<byte> Show()
    {
        if (_plain.Head is not { } head) return default;
        Block? before = null;
        for (Block? block = head; block is not null; block = block.Link)
        {
            block.ShowBehind(before);
            before = block;
        }
        Block tail = _plain.Tail!;
        return new ReadOnlySequence<byte>(head, head.Start, tail, tail.End);
    }

    /// <summary>Decrypts what is whole, and leaves the rest to the transport.</summary>
    private void Accept(in ReadResult read)
    {
        ReadOnlySequence<byte> buffer = read.Buffer;
        long length = 0;
        try
        {
            if (!_hasEnded) length = RecordStream.MeasureRecords(buffer, MostRecords);
            if (length > 0) Decrypt(buffer.Slice(0, length));
            else if (read.IsCompleted && !_hasEnded) End(buffer);
        }
        catch (Exception error)
        {
            _error = error as IOException ?? new IOException("A TLS record cannot be decrypted.", error);
            _hasEnded = true;
        }
        _hasEncrypted = !_hasEnded && length < buffer.Length;
        if (_hasEnded) transport.AdvanceTo(buffer.End);
        else if (length > 0) transport.AdvanceTo(buffer.GetPosition(length));
        else transport.AdvanceTo(buffer.Start, buffer.End);
    }

    private void End(in ReadOnlySequence<byte> rest)
    {
        // Without a close_notify, as most clients do. HTTP has its own ends.
        if (!rest.IsEmpty) throw new ConnectionResetException("The connection ended inside a TLS record.");
        _hasEnded = true;
    }

    private void Decrypt(in ReadOnlySequence<byte> whole)
    {
        byte[] staging = t_staging ??= GC.AllocateUninitializedArray<byte>(StagingSize);
        records.Lend(whole);
        try
        {
            while (records.HasMore)
            {
                ValueTask<int> read = tls.ReadAsync(staging);
                Debug.Assert(read.IsCompleted, "Lent records never make it wait.");
                int count = read.IsCompleted ? read.Result : throw new NotSupportedException("A read has waited.");
                if (count == 0)
                {
                    _hasEnded = true;
                    return;
                }
                Append(staging.AsSpan(0, count));
            }
        }
        catch (NeedsRecordException)
        {
            // All of them are dealt with, and none held data.
        }
        finally
        {
            records.TakeBack();
        }
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        _allExamined = false;
        while (!bytes.IsEmpty)
        {
            Block block = BlockPool.Rent();
            int count = Math.Min(block.Room, bytes.Length);
            bytes[..count].CopyTo(block.Array.AsSpan(block.End));
            block.End += count;
            _plain.Append(block);
            bytes = bytes[count..];
        }
    }
}
