using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Tipi.Hosting.Connections;
using Tipi.Hosting.Diagnostics;
using Tipi.Hosting.Exchange;
using Tipi.Protocols.Http;
using Tipi.Protocols.Http1;
using MinDataRate = Microsoft.AspNetCore.Server.Kestrel.Core.MinDataRate;

namespace Tipi.Hosting.Http1;

/// <summary>
/// The body of one request as a reader over the connection's input. A body with a length is passed through in place; a
/// chunked one is decoded by <see cref="ChunkedBody"/>; after an upgrade everything is passed through.
/// </summary>
/// <remarks>
/// Invariant: <c>_left</c> is what the body still has in the input; <c>_isReading</c> is true between a read of the
/// input and the <c>AdvanceTo</c> that answers it, so that it is answered exactly once;
/// <c>_isGiven</c> says the same of the application's reads. The application's calls change it under <c>_gate</c>,
/// but for a read that waits, during which no other call is taken; once the request has ended, or what it has left is
/// drained, they fail.
/// </remarks>
internal sealed class Http1RequestBody(Http1Stream stream) : PipeReader, IExchangeInput
{
    private readonly Lock _gate = new();
    private PipeReader _input = null!;
    private ChunkedBody? _chunked;
    private ReadOnlySequence<byte> _last;
    private BodyKind _kind;
    private long _left;
    private long _received;
    private BodyWait _wait;
    private bool _isReading;
    private bool _isGiven;
    private bool _isCompleted;
    private bool _isPending;
    private bool _isLeftBehind;
    private bool _isOver;
    private bool _expectsContinue;
    private volatile bool _isCancelRequested;

    public PipeReader Reader => this;

    public bool CanHaveBody => _kind != BodyKind.None;

    public bool HasStarted { get; private set; }

    public long? MaxSize { get; set; }

    public IHeaderDictionary? Trailers => IsAtEnd ? _chunked?.Trailers ?? HeaderTable.None : null;

    /// <summary>Not with a body: its bytes would be taken for the new protocol's.</summary>
    public bool IsUpgradable => stream.Head.HasUpgrade && stream.Head.Body is { Kind: BodyKind.None };

    public string? TunnelProtocol => null;

    /// <summary>True when nothing of the body is left in the input.</summary>
    internal bool IsAtEnd => _kind switch
    {
        BodyKind.None => true,
        BodyKind.Length => _left == 0,
        BodyKind.Chunked => _chunked!.IsEnded,
        _ => false,
    };

    /// <summary>True when a read was started and nobody waited for it: the input may not be touched.</summary>
    internal bool IsPending => _isPending || _isLeftBehind;

    /// <summary>True once the body was found bad: nothing after it can be understood.</summary>
    internal bool IsBroken { get; private set; }

    /// <summary>Bytes that are worth reading after the answer, for a client that reads it late.</summary>
    internal long MostLingerBytes =>
        IsBroken && stream.Exchange.BadRequest.Error is BadHttpRequestException { StatusCode: not 413 }
            ? LingeringClose.MostHeadBytes
            : MostDrained;

    /// <summary>Bytes of the body that have come, taken by the application or not.</summary>
    private long Received => _kind == BodyKind.Chunked ? _chunked!.Total : _received;

    private long MostDrained => stream.Exchange.Connection.Limits.MaxRequestDrainSize ?? long.MaxValue;

    private long Largest => MaxSize ?? long.MaxValue;

    public void Upgrade()
    {
        _kind = BodyKind.UntilClose;
        _isCompleted = false;
        stream.Exchange.MinRequestBodyDataRate = null;
        stream.Exchange.MinResponseDataRate = null;
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            ThrowIfOver();
            return ReadNextAsync(cancellationToken);
        }
    }

    private ValueTask<ReadResult> ReadNextAsync(CancellationToken cancellationToken)
    {
        ThrowIfUnreadable();
        if (!HasStarted)
        {
            ValueTask begin = BeginAsync();
            if (!begin.IsCompletedSuccessfully) return ReadAfterAsync(begin, cancellationToken);
        }
        if (TryTake(out ReadResult ready)) return new(Give(ready));
        ValueTask<ReadResult> read = _input.ReadAsync(cancellationToken);
        if (!read.IsCompletedSuccessfully) return ReadOnAsync(read, cancellationToken);
        return Accept(read.Result, out ReadResult result)
            ? new(Give(result))
            : ReadOnAsync(_input.ReadAsync(cancellationToken), cancellationToken);
    }

    public override bool TryRead(out ReadResult result)
    {
        lock (_gate)
        {
            ThrowIfOver();
            ThrowIfUnreadable();
            result = default;
            // Who waits for 100 is asked to go on by a waiting read only; who has sent already does not wait.
            if (_expectsContinue && !HasUnread()) return false;
            _expectsContinue = false;
            if (!HasStarted) Begin();
            if (!TryTake(out result) && !(_input.TryRead(out ReadResult read) && Accept(read, out result)))
                return false;
            result = Give(result);
            return true;
        }
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (_kind == BodyKind.None) return;
        lock (_gate)
        {
            ThrowIfOver();
            Answer(consumed, examined);
        }
    }

    private void Answer(SequencePosition consumed, SequencePosition examined)
    {
        if (!_isGiven) throw new InvalidOperationException("There is no read to complete. Call AdvanceTo after one.");
        _isGiven = false;
        if (_kind == BodyKind.Chunked)
        {
            _chunked!.AdvanceTo(consumed, examined);
            return;
        }
        if (!_isReading) return;
        _isReading = false;
        bool hasAll = _kind == BodyKind.Length && _last.Length == _left;
        if (_kind == BodyKind.Length) _left -= _last.Slice(0, consumed).Length;
        _last = default;
        // With the whole body at hand there is nothing to wait for, whatever was examined.
        _input.AdvanceTo(consumed, hasAll ? consumed : examined);
    }

    public override void CancelPendingRead()
    {
        if (_input is not { } input) return; // the request is over
        _isCancelRequested = true;
        input.CancelPendingRead();
    }

    public override void Complete(Exception? exception = null) => _isCompleted = _input is not null;

    internal void Attach(IDuplexPipe transport)
    {
        HeadFacts head = stream.Head;
        _input = transport.Input;
        _kind = head.Body.Kind;
        _left = head.Body.Length;
        _expectsContinue = head.ExpectsContinue;
        MaxSize = stream.Exchange.Connection.Limits.MaxRequestBodySize;
        if (_kind != BodyKind.Chunked) return;
        _chunked ??= new ChunkedBody(stream.Exchange.Shared.Texts);
        _chunked.Begin(stream.Exchange.Connection.Endpoint.Http1Limits);
    }

    /// <summary>
    /// The application has returned and the client is about to see the response. A read that still waits may end on
    /// another thread from now on, and would share the input with whoever looked for it only then.
    /// </summary>
    internal void Leave()
    {
        if (_isPending) _isLeftBehind = true;
    }

    /// <summary>The request has ended.</summary>
    internal void Conclude()
    {
        if (!CanHaveBody) return;
        // Whoever is just inside has done when this goes on.
        lock (_gate) _isOver = true;
        if (HasStarted && IsAtEnd) LogBody(isStart: false);
    }

    internal void Reset()
    {
        _input = null!;
        _last = default;
        _kind = BodyKind.None;
        _left = _received = 0;
        _wait = default;
        _isReading = _isGiven = _isCompleted = _expectsContinue = _isCancelRequested = false;
        _isPending = _isLeftBehind = _isOver = false;
        HasStarted = IsBroken = false;
        _chunked?.Reset();
    }

    /// <summary>
    /// True when nothing can follow this request: its body is broken; or a final answer comes before 100, which leaves
    /// it open whether the client sends its body; or too much of it is left to read.
    /// </summary>
    /// <param name="responseEnds">
    /// The application has done; else it may still read, but is taken not to when it has not begun to.
    /// </param>
    internal bool EndsConnection(bool responseEnds) =>
        IsBroken || _expectsContinue || ((responseEnds || !HasStarted) && _left > MostDrained);

    /// <summary>The application reads no more: what it has left is read by <see cref="BodyDrain"/>.</summary>
    /// <returns>False when nobody else may read it, or it is not worth it.</returns>
    internal bool TryBeginDrain()
    {
        lock (_gate)
        {
            if (IsPending || EndsConnection(responseEnds: true)) return false;
            _isOver = true;
        }
        HasStarted = true;
        _isCompleted = false;
        if (_isGiven) Answer(_last.Start, _last.Start);
        MaxSize = null;
        stream.Exchange.MinRequestBodyDataRate = null;
        return true;
    }

    /// <summary>Drops bytes of what is left.</summary>
    /// <returns>How many; and whether somebody woke the read.</returns>
    internal async ValueTask<(long Length, bool IsCanceled)> DropNextAsync()
    {
        _isCancelRequested = true;
        ReadResult read = await ReadNextAsync(CancellationToken.None);
        long length = read.Buffer.Length;
        Answer(read.Buffer.End, read.Buffer.End);
        return (length, read.IsCanceled);
    }

    private void ThrowIfOver() => ObjectDisposedException.ThrowIf(_isOver, this);

    private void ThrowIfUnreadable()
    {
        ObjectDisposedException.ThrowIf(_input is null, this);
        if (_isCompleted) throw new InvalidOperationException("The reader is completed, so the body cannot be read.");
        if (_isPending) throw new InvalidOperationException("A read is already in progress. Await it first.");
        if (_isGiven) throw new InvalidOperationException("A read is already in progress. Call AdvanceTo first.");
        if (IsBroken) throw stream.Exchange.BadRequest.Error ?? new BadHttpRequestException("The body is malformed.");
    }

    private void Begin()
    {
        HasStarted = true;
        if (CanHaveBody) LogBody(isStart: true);
        if (_left > Largest) throw Break(new ProtocolError(ProtocolErrorCode.BodyTooLarge));
    }

    private void LogBody(bool isStart)
    {
        HttpExchange exchange = stream.Exchange;
        ILogger log = exchange.Server.Log;
        if (!log.IsEnabled(LogLevel.Debug)) return;
        if (isStart) log.RequestBodyStarted(exchange.Connection.Id, exchange.Identifier);
        else log.RequestBodyDone(exchange.Connection.Id, exchange.Identifier);
    }

    private ValueTask BeginAsync()
    {
        Begin();
        // RFC 9110 §10.1.1: nobody waits for it who sends already. HAProxy 2.6 loses the end of some responses whose
        // head comes in one segment with it.
        if (_expectsContinue && HasUnread()) _expectsContinue = false;
        if (!_expectsContinue || !stream.Exchange.TryContinue(out ValueTask<FlushResult> flush)) return default;
        _expectsContinue = false;
        return flush.IsCompletedSuccessfully ? Forget(flush.Result) : new ValueTask(flush.AsTask());
    }

    /// <summary>True when bytes have arrived that nobody has read. No read may be under way.</summary>
    internal bool HasUnread()
    {
        if (!_input.TryRead(out ReadResult read)) return false;
        _input.AdvanceTo(read.Buffer.Start, read.Buffer.Start);
        if (read.IsCanceled) _input.CancelPendingRead(); // it is for the read that follows
        return !read.Buffer.IsEmpty;
    }

    private static ValueTask Forget(FlushResult _) => default;

    /// <summary>Hands a result out, which AdvanceTo is to answer; a body that is none asks for nothing.</summary>
    private ReadResult Give(in ReadResult result)
    {
        _isGiven = _kind != BodyKind.None;
        if (!_isCancelRequested || !_isGiven) return result;
        _isCancelRequested = false;
        return new ReadResult(result.Buffer, isCanceled: true, result.IsCompleted);
    }

    /// <summary>What can be said without the input: the end, or bytes that are decoded already.</summary>
    private bool TryTake(out ReadResult result)
    {
        if (_kind == BodyKind.Chunked) return _chunked!.TryTake(out result);
        result = new ReadResult(default, isCanceled: false, isCompleted: true);
        return IsAtEnd;
    }

    /// <summary>Turns a read of the input into one of the body; false when the input must be read again.</summary>
    private bool Accept(in ReadResult read, out ReadResult result)
    {
        if (read.IsCanceled && read.Buffer.IsEmpty && !_isCancelRequested)
        {
            // The server woke the input for its own reasons.
            _input.AdvanceTo(read.Buffer.Start);
            result = default;
            return false;
        }
        bool isCanceled = read.IsCanceled && _isCancelRequested;
        if (isCanceled) _isCancelRequested = false;
        return _kind == BodyKind.Chunked
            ? AcceptChunked(read, isCanceled, out result)
            : AcceptPlain(read, isCanceled, out result);
    }

    private bool AcceptPlain(in ReadResult read, bool isCanceled, out ReadResult result)
    {
        ReadOnlySequence<byte> buffer = read.Buffer;
        bool isCompleted = read.IsCompleted;
        if (_kind == BodyKind.Length)
        {
            if (buffer.Length >= _left)
            {
                buffer = buffer.Slice(0, _left);
                isCompleted = true;
            }
            else if (read.IsCompleted)
            {
                _input.AdvanceTo(buffer.Start, buffer.End);
                throw Break(new ProtocolError(ProtocolErrorCode.UnexpectedEnd));
            }
        }
        _last = buffer;
        _received = stream.Head.Body.Length - _left + buffer.Length;
        _isReading = true;
        result = new ReadResult(buffer, isCanceled, isCompleted);
        return true;
    }

    private bool AcceptChunked(in ReadResult read, bool isCanceled, out ReadResult result)
    {
        ProtocolError error = _chunked!.Decode(read.Buffer, Largest, out var consumed, out var examined);
        _input.AdvanceTo(consumed, examined);
        if (error.Code == ProtocolErrorCode.None && read.IsCompleted && !_chunked.IsEnded && !_chunked.HasUnexamined)
            error = new ProtocolError(ProtocolErrorCode.UnexpectedEnd);
        if (error.Code != ProtocolErrorCode.None) throw Break(error);
        if (isCanceled)
        {
            result = _chunked.Take(isCanceled: true);
            return true;
        }
        return _chunked.TryTake(out result);
    }

    private BadHttpRequestException Break(ProtocolError error)
    {
        IsBroken = true;
        stream.Exchange.Connection.EndsBecause(EndReasons.OfBody(error.Code));
        var exception = new BadHttpRequestException(error.Message, error.StatusCode);
        stream.Exchange.BadRequest.Error = exception;
        return exception;
    }

    private async ValueTask<ReadResult> ReadAfterAsync(ValueTask begin, CancellationToken cancellationToken)
    {
        _isPending = true;
        try
        {
            await begin;
        }
        finally
        {
            _isPending = false;
        }
        return await ReadAsync(cancellationToken);
    }

    [System.Runtime.CompilerServices.AsyncMethodBuilder(
        typeof(System.Runtime.CompilerServices.PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadResult> ReadOnAsync(ValueTask<ReadResult> read, CancellationToken cancellationToken)
    {
        _isPending = true;
        try
        {
            _wait.Begin(stream.Exchange, Received);
            ReadResult result;
            while (!Accept(EndWait(await read), out result))
            {
                read = _input.ReadAsync(cancellationToken);
                _wait.Begin(stream.Exchange, Received);
            }
            return Give(result);
        }
        catch (InvalidOperationException error) when (_isLeftBehind)
        {
            // The connection has ended under it, and with it the reader.
            throw new OperationCanceledException("The request has ended.", error);
        }
        finally
        {
            _isPending = false;
        }
    }

    private ReadResult EndWait(ReadResult read)
    {
        HttpExchange exchange = stream.Exchange;
        if (_wait.End(exchange) is not { } rate || !read.IsCanceled) return read;
        _input.AdvanceTo(read.Buffer.Start);
        exchange.Server.Logs.BadRequests.RequestBodyTooSlow(
            exchange.Connection.Id, exchange.Identifier, rate.BytesPerSecond);
        throw Break(new ProtocolError(ProtocolErrorCode.Timeout));
    }
}
