using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Tipi.Hosting.Exchange;

/// <summary>
/// The writer an application holds for the body of one response.
/// <code>
/// Deferred ──start──→ Open ──end──→ Closed        Open: bytes go to the transport's memory
///     └─────start──→ Swallowing ──end──→ Closed   Swallowing: HEAD, bytes are counted and dropped
/// Closed ──next request──→ Deferred
/// </code>
/// Invariant: in Deferred nothing has left, so the head may still change; a declared Content-Length is never exceeded.
/// Whatever is written for the response is written under <see cref="ResponseFeature.Gate"/>, be it a head, an
/// informational one, a part of the body or its end; no callback of the application runs under it.
/// </summary>
/// <remarks>
/// Writes are taken in the order of their calls, whole, whether or not they are awaited. One that is small is copied at
/// once. Of a large one so much is copied as the client takes, so that who awaits it costs little memory; what comes
/// behind it, be it a write or the end, first copies the rest of it.
/// </remarks>
internal sealed class ResponseBody(
    ResponseLifecycle lifecycle, ResponseFeature response, RunningRequest request, IExchangeOutput output) : PipeWriter
{
    /// <summary>
    /// Bytes copied from one large write before a flush, so that back-pressure reaches the application.
    /// </summary>
    private const int LargestSlice = 64 * 1024;

    private readonly DeferredBuffer _deferred = new();
    private FlushTurns? _flushes;
    private ReadOnlyMemory<byte> _rest;
    private uint _restNumber;
    private uint _lender;
    private Mode _mode;
    private int _room;
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

    /// <summary>The application frames the body itself: a length that it declared besides is not sent.</summary>
    private bool HasOwnFraming => output.KnowsTransferEncoding && response.Headers.TransferEncoding.Count > 0;

    private FlushTurns Flushes => _flushes ??= new FlushTurns(response.Gate, output);

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        lock (response.Gate)
        {
            ThrowIfClosed();
            TakeMemoryBack();
            TakeRest();
            Memory<byte> memory = _mode == Mode.Open ? output.GetMemory(sizeHint) : _deferred.GetMemory(sizeHint);
            _room = memory.Length;
            Flushes.Hold(_mode == Mode.Open);
            return memory;
        }
    }

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override void Advance(int bytes)
    {
        lock (response.Gate)
        {
            if (_mode == Mode.Closed) ThrowIfClosed();
            // The start may have come since the memory was given.
            bool isDeferred = _mode == Mode.Deferred || (_mode == Mode.Open && _deferred.HasMemory);
            if (_mode == Mode.Open && !isDeferred && Flushes.HasTakenMemory) _room = 0;
            // Memory that was not given has bytes of others in it.
            ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)bytes, (uint)_room, nameof(bytes));
            CheckRoom(bytes);
            if (isDeferred) _deferred.Advance(bytes);
            else if (_mode == Mode.Open) output.Advance(bytes);
            if (isDeferred && _mode == Mode.Open) Emit(_deferred.Take());
            _room -= bytes;
            Count(bytes);
            Flushes.Release();
        }
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        lock (response.Gate)
        {
            if (_mode == Mode.Closed) return new(new FlushResult(isCanceled: false, isCompleted: false));
            // Nothing is flushed then, and nothing is taken for flushed.
            cancellationToken.ThrowIfCancellationRequested();
            TakeMemoryBack();
            TakeRest();
            if (_mode != Mode.Deferred || lifecycle.TryStartAtOnce(bodyEnds: false)) return Flush(cancellationToken);
        }
        return FlushAfterAsync(lifecycle.StartAsync(bodyEnds: false), cancellationToken);
    }

    public override ValueTask<FlushResult> WriteAsync(
        ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        lock (response.Gate)
        {
            ThrowIfClosed();
            cancellationToken.ThrowIfCancellationRequested();
            CheckRoom(source.Length);
            // Memory of this writer is given to others when the response starts.
            if (_deferred.Overlaps(source.Span)) source = source.ToArray();
            TakeMemoryBack();
            TakeRest();
            if (_mode != Mode.Deferred || lifecycle.TryStartAtOnce(bodyEnds: false))
                return Write(source, cancellationToken);
        }
        return WriteAfterAsync(lifecycle.StartAsync(bodyEnds: false), source, cancellationToken);
    }

    public override void CancelPendingFlush() => output.CancelPendingFlush();

    public override void Complete(Exception? exception = null)
    {
        if (exception is not null) GiveUp(exception);
        else lifecycle.EndWhenPossible();
    }

    public override ValueTask CompleteAsync(Exception? exception = null)
    {
        if (exception is null) return lifecycle.EndAndFlushAsync();
        GiveUp(exception);
        return default;
    }

    /// <summary>Sends what was written for the response, whatever it is, behind all flushes before it.</summary>
    internal ValueTask<FlushResult> FlushOutputAsync(CancellationToken cancellationToken)
    {
        lock (response.Gate) return Flushes.FlushAsync(cancellationToken);
    }

    // ---- under the gate ----

    /// <summary>Checks, before the head is encoded, that the bytes written so far fit to it.</summary>
    internal void CheckAgainstHead(int statusCode, long? declared)
    {
        _declared = declared;
        CheckLength(declared, _written);
        if (_written > 0) ThrowIfForbidden(statusCode);
    }

    /// <summary>The head is encoded: what was deferred goes out behind it.</summary>
    internal void Open(bool swallows)
    {
        _mode = swallows ? Mode.Swallowing : Mode.Open;
        ReadOnlySpan<byte> deferred = _deferred.Take();
        if (!swallows) Emit(deferred);
        // What the application may still fill stays its own.
        if (_room == 0) _deferred.Clear();
    }

    /// <summary>Checks that the body can end here.</summary>
    /// <exception cref="InvalidOperationException">Fewer bytes than declared.</exception>
    internal void CheckComplete()
    {
        if (_mode == Mode.Swallowing || _declared is null || _declared <= _written) return;
        if (HasOwnFraming) return;
        IsTooShort = true;
        throw new InvalidOperationException(
            $"The response declared Content-Length {_declared} but has {_written} bytes: too few.");
    }

    /// <summary>Copies what is left of a write that nobody has waited for: something comes behind it.</summary>
    internal void TakeRest()
    {
        TakeBorrowedBack();
        if (_rest.IsEmpty) return;
        Copy(_rest.Span);
        _rest = default;
    }

    /// <summary>Nothing is written any more.</summary>
    internal void Close()
    {
        _mode = Mode.Closed;
        _rest = default;
        _room = 0;
        _flushes?.Hold(false);
        TakeBorrowedBack();
    }

    /// <summary>Drops what was written before the start, in favour of an error.</summary>
    internal void Discard()
    {
        _deferred.Clear();
        _rest = default;
        (_room, _written, _unflushed, _declared, IsTooShort) = (0, 0, 0, null, false);
    }

    // ---- between two requests ----

    /// <summary>Another request begins.</summary>
    internal void Begin() => _mode = Mode.Deferred;

    internal void Reset()
    {
        Close();
        Discard();
        if (_flushes is not { IsBusy: true }) return;
        _flushes.End();
        _flushes = null;
    }

    /// <summary>The application writes no more, and what it has written is not whole.</summary>
    private void GiveUp(Exception error)
    {
        lock (response.Gate) Close();
        request.Fail(error);
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

    private void Copy(ReadOnlySpan<byte> source)
    {
        if (_mode == Mode.Open) Emit(source);
        else if (_mode == Mode.Deferred) _deferred.Append(source);
    }

    private void Count(int bytes)
    {
        _written += bytes;
        _unflushed += bytes;
    }

    /// <summary>The application has no memory any more, by what it asks now.</summary>
    private void TakeMemoryBack()
    {
        _room = 0;
        _flushes?.Hold(false);
        if (_mode == Mode.Open && _deferred.HasMemory) _deferred.Clear();
    }

    private ValueTask<FlushResult> Flush(CancellationToken cancellationToken)
    {
        _unflushed = 0;
        return Flushes.FlushAsync(cancellationToken);
    }

    private ValueTask<FlushResult> Write(ReadOnlyMemory<byte> source, CancellationToken cancellationToken)
    {
        Count(source.Length);
        if (_mode == Mode.Open && source.Length >= output.Slice(LargestSlice))
        {
            _rest = source;
            return WriteRestAsync(++_restNumber, cancellationToken);
        }
        Copy(source.Span);
        return Flush(cancellationToken);
    }

    /// <summary>Writes on as the client takes it, until all is written or somebody else has taken it along.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<FlushResult> WriteRestAsync(uint number, CancellationToken cancellationToken)
    {
        while (true)
        {
            bool isLast;
            FlushResult result;
            try
            {
                result = await WriteSlice(number, cancellationToken, out isLast);
            }
            catch (Exception error)
            {
                GiveUpWaiting(number, error is not OperationCanceledException);
                throw;
            }
            EndLoan(number);
            if (isLast) return result;
            if (!result.IsCompleted && !result.IsCanceled) continue;
            GiveUpWaiting(number, result.IsCompleted);
            return result;
        }
    }

    private ValueTask<FlushResult> WriteSlice(uint number, CancellationToken cancellationToken, out bool isLast)
    {
        lock (response.Gate)
        {
            if (number == _restNumber && !_rest.IsEmpty && _mode != Mode.Closed)
            {
                int length = _mode == Mode.Open ? Math.Min(_rest.Length, output.Slice(LargestSlice)) : _rest.Length;
                ReadOnlyMemory<byte> part = _rest[..length];
                // Behind a flush that waits, what is borrowed would wait for its turn, and that flush for it.
                bool mayBorrow = _mode == Mode.Open && _flushes is not { IsBusy: true };
                if (mayBorrow && output.TryBorrow(part)) _lender = number;
                else Copy(part.Span);
                _rest = _rest[length..];
            }
            isLast = number != _restNumber || _rest.IsEmpty;
            if (_mode == Mode.Closed) return default;
            // Nobody has asked for it, so the application may be filling memory that it would take away.
            return _flushes is { IsHeld: true } held ? held.Owe() : Flush(cancellationToken);
        }
    }

    /// <summary>The write of this number has ended: its bytes are the application's again.</summary>
    private void EndLoan(uint number)
    {
        lock (response.Gate)
        {
            if (_lender == number) TakeBorrowedBack();
        }
    }

    private void TakeBorrowedBack()
    {
        if (_lender == 0) return;
        _lender = 0;
        output.GiveBack();
    }

    /// <summary>Nobody waits any more: the rest is sent all the same, since a write is taken whole.</summary>
    private void GiveUpWaiting(uint number, bool isLost)
    {
        lock (response.Gate)
        {
            EndLoan(number);
            if (number != _restNumber || _rest.IsEmpty) return;
            if (isLost)
            {
                _rest = default;
                return;
            }
            TakeRest();
            Flushes.FlushSoon();
        }
    }

    private void CheckRoom(long further)
    {
        // What waits for the start may change the head: it is checked behind that.
        if (_mode == Mode.Deferred && response.MayChangeHead) return;
        CheckLength(_mode == Mode.Deferred ? _declared ?? response.DeclaredLength : _declared, _written + further);
        if (further > 0 && response.ForbidsBody) ThrowIfForbidden(response.StatusCode);
    }

    private void CheckLength(long? declared, long length)
    {
        if (declared is null || declared >= length || _mode == Mode.Swallowing || HasOwnFraming) return;
        throw new InvalidOperationException(
            $"The response declared Content-Length {declared} but gets {length} bytes: too many.");
    }

    private static void ThrowIfForbidden(int statusCode)
    {
        if (ResponseRules.ForbidsBody(statusCode))
            throw new InvalidOperationException($"A response with status {statusCode} cannot have a body.");
    }

    private void ThrowIfClosed()
    {
        if (_mode != Mode.Closed) return;
        ObjectDisposedException.ThrowIf(request.Connection is null, this);
        // In the words that clients of other servers look for.
        throw new InvalidOperationException("Writing is not allowed after writer was completed.");
    }

    private async ValueTask<FlushResult> FlushAfterAsync(ValueTask start, CancellationToken cancellationToken)
    {
        await start;
        return await FlushAsync(cancellationToken);
    }

    private async ValueTask<FlushResult> WriteAfterAsync(
        ValueTask start, ReadOnlyMemory<byte> source, CancellationToken cancellationToken)
    {
        uint number;
        lock (response.Gate)
        {
            ThrowIfClosed();
            CheckRoom(source.Length);
            TakeRest();
            Count(source.Length);
            _rest = source;
            number = ++_restNumber;
        }
        await start;
        return await WriteRestAsync(number, cancellationToken);
    }
}
