using System.Buffers;
using System.IO.Pipelines;

namespace Tipi.Hosting.Connections;

/// <summary>
/// Takes bytes while a flush is under way, over a writer that a middleware has put between and that may not: a pipe has
/// one user at a time, and a waiting flush is one. They are kept until the next flush. The transports' own writers, and
/// that of TLS, need none of this.
/// </summary>
/// <remarks>Invariant: between the begin of a flush and its end <c>inner</c> is not touched, but to cancel.</remarks>
internal sealed class StagedWriter(PipeWriter inner) : PipeWriter
{
    private readonly Lock _gate = new();
    private ArrayBufferWriter<byte>? _staged;
    private bool _isFlushing;
    private bool _isStageLent;

    public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

    public override long UnflushedBytes
    {
        get
        {
            lock (_gate) return (_isFlushing ? 0 : inner.UnflushedBytes) + (_staged?.WrittenCount ?? 0);
        }
    }

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        lock (_gate)
        {
            _isStageLent = _isFlushing || _staged is not null;
            return _isStageLent ? (_staged ??= new()).GetMemory(sizeHint) : inner.GetMemory(sizeHint);
        }
    }

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override void Advance(int bytes)
    {
        lock (_gate)
        {
            if (_isStageLent) _staged!.Advance(bytes);
            else inner.Advance(bytes);
        }
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            if (_staged is not null) inner.Write(_staged.WrittenSpan);
            _staged = null;
            _isStageLent = false;
            ValueTask<FlushResult> flush = inner.FlushAsync(cancellationToken);
            if (flush.IsCompleted) return flush;
            _isFlushing = true;
            return WaitAsync(flush);
        }
    }

    public override void CancelPendingFlush() => inner.CancelPendingFlush();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    public override ValueTask CompleteAsync(Exception? exception = null) => inner.CompleteAsync(exception);

    private async ValueTask<FlushResult> WaitAsync(ValueTask<FlushResult> flush)
    {
        try
        {
            return await flush;
        }
        finally
        {
            lock (_gate) _isFlushing = false;
        }
    }
}
