using System.IO.Pipelines;

namespace Tipi.Hosting.Exchange;

/// <summary>
/// The writer an application holds for the body of one response.
/// <code>
/// Deferred ──start──→ Open ──end──→ Closed        Open: bytes go to the transport's memory
///     └─────start──→ Swallowing ──end──→ Closed   Swallowing: HEAD, bytes are counted and dropped
/// Closed ──next request──→ Deferred
/// </code>
/// Invariant: in Deferred nothing has left, so the head may still change; a declared Content-Length is never exceeded.
/// </summary>
internal sealed class ResponseBody(HttpExchange exchange, IExchangeOutput output) : PipeWriter
{
    /// <summary>
    /// Bytes copied from one large write before a flush, so that back-pressure reaches the application.
    /// </summary>
    private const int LargestSlice = 64 * 1024;

    private readonly DeferredBuffer _deferred = new();
    private Mode _mode;
    private long _written;
    private long? _declared;
    private long _unflushed;

    private enum Mode : byte
    {
        Deferred,
        Open,
        Swallowing,
        Closed,
    }

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _unflushed;

    /// <summary>True while nothing was written.</summary>
    internal bool IsEmpty => _written == 0;

    internal long Written => _written;

    /// <summary>True once the end came before the length that the head had declared.</summary>
    internal bool IsTooShort { get; private set; }

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (_mode == Mode.Open) return output.GetMemory(sizeHint);
        ThrowIfClosed();
        return _deferred.GetMemory(sizeHint);
    }

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override void Advance(int bytes)
    {
        if (_mode == Mode.Closed) ThrowIfClosed();
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        CheckRoom(bytes);
        if (_mode == Mode.Open) output.Advance(bytes);
        else if (_mode == Mode.Deferred) _deferred.Advance(bytes);
        _written += bytes;
        _unflushed += bytes;
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (_mode == Mode.Closed) return new(new FlushResult(isCanceled: false, isCompleted: false));
        if (_mode == Mode.Deferred)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ValueTask start = exchange.StartAsync(bodyEnds: false);
            if (!start.IsCompletedSuccessfully) return FlushAfterAsync(start, cancellationToken);
        }
        _unflushed = 0;
        return output.FlushAsync(cancellationToken);
    }

    public override ValueTask<FlushResult> WriteAsync(
        ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        ThrowIfClosed();
        cancellationToken.ThrowIfCancellationRequested();
        CheckRoom(source.Length);
        if (source.Length > LargestSlice) return WriteSlicesAsync(source, cancellationToken);
        if (_mode == Mode.Deferred)
        {
            ValueTask start = exchange.StartAsync(bodyEnds: false);
            if (!start.IsCompletedSuccessfully) return WriteAfterAsync(start, source, cancellationToken);
        }
        Write(source.Span);
        return FlushAsync(cancellationToken);
    }

    public override void CancelPendingFlush() => output.CancelPendingFlush();

    public override void Complete(Exception? exception = null)
    {
        if (exception is not null) exchange.Fail(exception);
        else exchange.EndWhenPossible();
    }

    public override ValueTask CompleteAsync(Exception? exception = null)
    {
        if (exception is null) return exchange.EndAndFlushAsync();
        exchange.Fail(exception);
        return default;
    }

    /// <summary>Copies bytes into the body, in as many pieces as the memory comes in.</summary>
    internal void Write(ReadOnlySpan<byte> source)
    {
        while (!source.IsEmpty)
        {
            Span<byte> space = GetSpan();
            int length = Math.Min(space.Length, source.Length);
            source[..length].CopyTo(space);
            Advance(length);
            source = source[length..];
        }
    }

    /// <summary>Checks, before the head is encoded, that the bytes written so far fit to it.</summary>
    internal void CheckAgainstHead(int statusCode, long? declared)
    {
        _declared = declared;
        CheckRoom(0);
        if (_written > 0) ThrowIfForbidden(statusCode);
    }

    /// <summary>The head is encoded: what was deferred goes out behind it.</summary>
    internal void Open(bool swallows)
    {
        _mode = swallows ? Mode.Swallowing : Mode.Open;
        if (_deferred.Length == 0) return;
        if (!swallows) Emit(_deferred.Written);
        _deferred.Clear();
    }

    /// <summary>Ends the body.</summary>
    /// <exception cref="InvalidOperationException">Fewer bytes than declared.</exception>
    internal void CheckComplete()
    {
        if (_mode == Mode.Swallowing || _declared is null || _declared <= _written) return;
        IsTooShort = true;
        throw new InvalidOperationException(
            $"The response declared Content-Length {_declared} and has {_written} bytes: too few.");
    }

    internal void Close() => _mode = Mode.Closed;

    /// <summary>Drops what was written before the start, in favour of an error.</summary>
    internal void Discard()
    {
        _deferred.Clear();
        (_written, _unflushed, _declared, IsTooShort) = (0, 0, null, false);
    }

    /// <summary>Another request begins.</summary>
    internal void Begin() => _mode = Mode.Deferred;

    internal void Reset()
    {
        Discard();
        _mode = Mode.Closed;
    }

    private void Emit(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            Span<byte> space = output.GetMemory(0).Span;
            int length = Math.Min(space.Length, bytes.Length);
            bytes[..length].CopyTo(space);
            output.Advance(length);
            bytes = bytes[length..];
        }
    }

    private void CheckRoom(long further)
    {
        long? declared = _mode == Mode.Deferred ? _declared ?? exchange.DeclaredLength : _declared;
        if (declared < _written + further && _mode != Mode.Swallowing)
            throw new InvalidOperationException(
                $"The response declared Content-Length {declared} and gets {_written + further} bytes: too many.");
        if (further > 0 && exchange.ForbidsBody) ThrowIfForbidden(exchange.StatusCode);
    }

    private static void ThrowIfForbidden(int statusCode)
    {
        if (ResponseRules.ForbidsBody(statusCode))
            throw new InvalidOperationException($"A response with status {statusCode} has no body.");
    }

    private void ThrowIfClosed()
    {
        if (_mode != Mode.Closed) return;
        ObjectDisposedException.ThrowIf(exchange.Connection is null, this);
        throw new InvalidOperationException("The response has ended.");
    }

    private async ValueTask<FlushResult> FlushAfterAsync(ValueTask start, CancellationToken cancellationToken)
    {
        await start;
        return await FlushAsync(cancellationToken);
    }

    private async ValueTask<FlushResult> WriteAfterAsync(
        ValueTask start, ReadOnlyMemory<byte> source, CancellationToken cancellationToken)
    {
        await start;
        Write(source.Span);
        return await FlushAsync(cancellationToken);
    }

    private async ValueTask<FlushResult> WriteSlicesAsync(
        ReadOnlyMemory<byte> source, CancellationToken cancellationToken)
    {
        await exchange.StartAsync(bodyEnds: false);
        FlushResult result = default;
        while (!source.IsEmpty)
        {
            int length = Math.Min(source.Length, LargestSlice);
            Write(source.Span[..length]);
            source = source[length..];
            result = await FlushAsync(cancellationToken);
            if (result.IsCompleted || result.IsCanceled) break;
        }
        return result;
    }
}
