using System.Buffers;
using System.Diagnostics;
using System.IO.Pipelines;
using System.Net.Security;
using Tipi.Transport.Uring.Connections;

namespace Tipi.Hosting.Tls;

/// <summary>
/// What is for the peer, encrypted into the transport's memory: a record for each full buffer and for what is left at a
/// flush. One flush is one send, whatever the records.
/// </summary>
/// <remarks>
/// Invariant: nothing is held between a flush and the next write. The writer's side is used by one thread at a time
/// (the pipe's contract).
/// </remarks>
internal sealed class TlsWriter(PipeWriter transport, SslStream tls) : PipeWriter
{
    /// <summary>A usual response fits; one block of the transport as well.</summary>
    private const int SmallSize = 4096;

    /// <summary>The most that a record holds (RFC 8446 §5.1).</summary>
    private const int RecordSize = 16 * 1024;

    /// <summary>Less room than this is not worth handing out when the caller has no wish.</summary>
    private const int LeastRoom = 128;

    private byte[] _buffer = [];
    private int _length;
    private long _unflushed;
    private bool _isBroken;
    private bool _completed;

    /// <summary>True when the transport can end its output apart from its input.</summary>
    internal bool IsOnRing => transport is UringPipeWriter;

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _unflushed;

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return _buffer.AsMemory(_length);
    }

    public override Span<byte> GetSpan(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return _buffer.AsSpan(_length);
    }

    public override void Advance(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)bytes, (uint)(_buffer.Length - _length), nameof(bytes));
        _length += bytes;
        _unflushed += bytes;
    }

    public override ValueTask<FlushResult> WriteAsync(
        ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<FlushResult>(cancellationToken);
        ThrowIfCompleted();
        if (source.Length < RecordSize)
        {
            source.Span.CopyTo(GetSpan(source.Length));
            Advance(source.Length);
            return FlushAsync(cancellationToken);
        }
        // Much at once goes into records from where it is.
        EncryptBuffer();
        Encrypt(source);
        return FlushAsync(cancellationToken);
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<FlushResult>(cancellationToken);
        ThrowIfCompleted();
        EncryptBuffer();
        ReturnBuffer();
        _unflushed = 0;
        return _isBroken
            ? new(new FlushResult(isCanceled: false, isCompleted: true))
            : transport.FlushAsync(cancellationToken);
    }

    public override void CancelPendingFlush() => transport.CancelPendingFlush();

    /// <summary>Ends the stream for the peer, and after that the connection's.</summary>
    public override void Complete(Exception? exception = null)
    {
        if (_completed) return;
        _completed = true;
        try
        {
            if (exception is null)
            {
                EncryptBuffer();
                EndStream();
            }
            ReturnBuffer();
        }
        finally
        {
            transport.Complete(exception);
        }
    }

    private void MakeRoom(int sizeHint)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sizeHint);
        ThrowIfCompleted();
        int wanted = sizeHint == 0 ? LeastRoom : sizeHint;
        if (_buffer.Length - _length >= wanted) return;
        // What does not fit a small buffer goes on to a full record; what does not fit that begins the next one.
        if (_length + wanted > RecordSize) EncryptBuffer();
        int size = _buffer.Length == 0 ? SmallSize : RecordSize;
        if (_buffer.Length - _length >= wanted) return;
        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(size, _length + wanted));
        _buffer.AsSpan(0, _length).CopyTo(larger);
        int length = _length;
        ReturnBuffer();
        (_buffer, _length) = (larger, length);
    }

    private void EncryptBuffer()
    {
        if (_length == 0) return;
        Encrypt(_buffer.AsMemory(0, _length));
        _length = 0;
    }

    private void Encrypt(ReadOnlyMemory<byte> bytes)
    {
        if (_isBroken) return;
        try
        {
            ValueTask write = tls.WriteAsync(bytes);
            Debug.Assert(write.IsCompleted, "What is below copies into the transport's memory and never waits.");
            if (!write.IsCompleted) throw new NotSupportedException("A write has waited.");
            write.GetAwaiter().GetResult();
        }
        catch (Exception)
        {
            // The peer broke the session, which is the reader's to tell, by whatever the library calls it. Nobody
            // could read what is written.
            _isBroken = true;
        }
    }

    /// <summary>Says that this is the end, so that the peer knows that nothing was cut off (RFC 8446 §6.1).</summary>
    private void EndStream()
    {
        try
        {
            tls.ShutdownAsync().GetAwaiter().GetResult();
        }
        catch (Exception)
        {
            // A session that is broken has no end: a record that cannot be read is enough.
        }
    }

    private void ReturnBuffer()
    {
        _length = 0;
        if (_buffer.Length == 0) return;
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    private void ThrowIfCompleted()
    {
        if (_completed) throw new InvalidOperationException("Writing is not allowed after the writer was completed.");
    }
}
