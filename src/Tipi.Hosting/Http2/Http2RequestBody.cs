using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Tipi.Hosting.Diagnostics;
using Tipi.Hosting.Exchange;
using Tipi.Protocols.Http;
using Tipi.Protocols.Http2;
using MinDataRate = Microsoft.AspNetCore.Server.Kestrel.Core.MinDataRate;

namespace Tipi.Hosting.Http2;

/// <summary>
/// The body of one request: the connection puts DATA in, the application reads it. What is kept is bounded by the
/// stream's window, which grows again only as the application examines: one that needs a message whole, longer than the
/// window, asks for the rest without consuming the part that it has.
/// </summary>
/// <remarks>
/// Invariant: the connection's side is used under its gate, the application's by one reader at a time; between them is
/// a pipe of the framework, made for the first request with a body and used again.
/// </remarks>
internal sealed class Http2RequestBody(StreamUpload upload) : PipeReader, IExchangeInput
{
    private StreamContext _context = null!;
    private HttpExchange _exchange = null!;
    private Pipe? _pipe;
    private HeaderTable? _trailers;
    private DeclaredContent _declared;
    private ReadOnlySequence<byte> _last;
    private BodyRate _rate;
    private long _consumed;
    private long _examined;
    private long _received;
    private bool _canHaveBody;
    private bool _expectsContinue;
    private bool _isGiven;
    private bool _isLast;
    private bool _isBroken;
    private bool _isCompleted;
    private bool _isAttached;
    private bool _isReadToEnd;
    private volatile bool _isWriterDone;
    private volatile Exception? _abortedBy;

    public PipeReader Reader => this;

    public bool CanHaveBody => _canHaveBody;

    public bool HasStarted { get; private set; }

    public long? MaxSize { get; set; }

    public IHeaderDictionary? Trailers => _isReadToEnd || !_canHaveBody ? _trailers ?? HeaderTable.None : null;

    public bool IsUpgradable => false;

    public string? TunnelProtocol { get; private set; }

    /// <summary>True while a read waits: who waits may hold on to the stream.</summary>
    internal bool IsPending { get; private set; }

    /// <summary>Bytes of the body that have come.</summary>
    internal long Received => Volatile.Read(ref _received);

    // ---- the connection's side ----

    /// <summary>A stream begins.</summary>
    internal void Attach(StreamContext context, HttpExchange exchange) => (_context, _exchange) = (context, exchange);

    /// <summary>A request begins.</summary>
    /// <param name="length">The Content-Length, or null: any amount.</param>
    /// <param name="endStream">There is no body.</param>
    /// <param name="expectsContinue">The client waits for 100.</param>
    /// <param name="protocol">What an extended CONNECT asks for.</param>
    internal void Begin(long? length, bool endStream, bool expectsContinue, string? protocol)
    {
        _isAttached = true;
        _declared = new DeclaredContent(length);
        _canHaveBody = !endStream;
        _expectsContinue = expectsContinue && !endStream;
        TunnelProtocol = protocol;
        MaxSize = _context.Limits.MaxRequestBodySize;
        if (_canHaveBody) _pipe ??= MakePipe();
    }

    /// <summary>Takes content, and tells the reader.</summary>
    internal Http2Error Append(in ReadOnlySequence<byte> content, bool endStream)
    {
        Http2Error error = _declared.Accept((int)content.Length, endStream);
        if (!error.IsNone) return error;
        Volatile.Write(ref _received, _received + content.Length);
        if (_isWriterDone) return default;
        PipeWriter writer = _pipe!.Writer;
        foreach (ReadOnlyMemory<byte> piece in content) writer.Write(piece.Span);
        if (endStream) EndWriting(error: null);
        else if (content.Length > 0) Forget(writer.FlushAsync());
        return default;
    }

    /// <summary>Content that nobody reads has to be as it was declared all the same.</summary>
    internal Http2Error Skip(int length, bool endStream) => _declared.Accept(length, endStream);

    /// <summary>
    /// Takes the whole body of a request that came before the connection changed to HTTP/2: no window counts it.
    /// </summary>
    internal void AppendCarried(byte[] content)
    {
        _ = Append(new ReadOnlySequence<byte>(content), endStream: true);
        _examined = content.Length;
    }

    /// <summary>The stream ends with trailers.</summary>
    internal Http2Error End(HeaderTable trailers)
    {
        Http2Error error = _declared.End();
        if (!error.IsNone) return error;
        _trailers = trailers;
        EndWriting(error: null);
        return default;
    }

    /// <summary>
    /// No more of the body comes, or nobody wants what comes of it: also where all of it is there, the application
    /// reads no end that its client has taken back.
    /// </summary>
    internal void Abort(Exception error)
    {
        if (!_canHaveBody) return;
        _abortedBy ??= error;
        EndWriting(error);
    }

    /// <summary>True while only so much time is given to the client for more of the body.</summary>
    internal bool IsTimed => _rate.IsWaiting;

    /// <summary>True when the application waits for more than the client's least rate allows.</summary>
    internal bool IsTooSlow(long nowMs) =>
        _rate.IsOverdue(nowMs, _exchange.MinRequestBodyDataRate, Received);

    // ---- the application's side ----

    public void Upgrade()
    {
        MaxSize = null;
        _exchange.MinRequestBodyDataRate = null;
        _exchange.MinResponseDataRate = null;
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfUnreadable();
        if (!_canHaveBody) return new(new ReadResult(default, isCanceled: false, isCompleted: true));
        if (!HasStarted) Begin();
        ValueTask<ReadResult> read = _pipe!.Reader.ReadAsync(cancellationToken);
        return read.IsCompletedSuccessfully ? new(Give(read.Result)) : ReadOnAsync(read);
    }

    public override bool TryRead(out ReadResult result)
    {
        ThrowIfUnreadable();
        result = new ReadResult(default, isCanceled: false, isCompleted: true);
        if (!_canHaveBody) return true;
        if (!HasStarted) Begin();
        if (!_pipe!.Reader.TryRead(out result)) return false;
        result = Give(result);
        return true;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (!_canHaveBody) return;
        if (!_isGiven) throw new InvalidOperationException("There is no read to complete. Call AdvanceTo after one.");
        _isGiven = false;
        int bytes = (int)_last.Slice(0, consumed).Length;
        long seen = _consumed + _last.Slice(0, examined).Length - _examined;
        bool takesAll = bytes == _last.Length;
        _last = default;
        _consumed += bytes;
        _pipe!.Reader.AdvanceTo(consumed, examined);
        if (takesAll && _isLast) OnReadToEnd();
        if (seen <= 0) return;
        _examined += seen;
        _context.Uploads.OnConsumed(upload, (int)seen);
    }

    public override void CancelPendingRead()
    {
        if (_isAttached && _canHaveBody) _pipe!.Reader.CancelPendingRead();
    }

    public override void Complete(Exception? exception = null) => _isCompleted = _isAttached;

    /// <summary>
    /// The application has returned and reads no more.
    /// </summary>
    /// <returns>Bytes that nobody will look at.</returns>
    internal long Leave()
    {
        long left = Received - _examined;
        _examined += left;
        return left;
    }

    /// <summary>Forgets the request. Nobody uses either side any more.</summary>
    internal void Reset()
    {
        if (_canHaveBody)
        {
            _pipe!.Writer.Complete();
            if (_isGiven) _pipe.Reader.AdvanceTo(_last.Start);
            _pipe.Reader.Complete();
            _pipe.Reset();
        }
        _trailers = null;
        _last = default;
        _rate = default;
        _consumed = _examined = _received = 0;
        _canHaveBody = _expectsContinue = _isGiven = _isLast = _isBroken = false;
        _isCompleted = _isAttached = _isReadToEnd = false;
        _isWriterDone = false;
        _abortedBy = null;
        HasStarted = false;
        TunnelProtocol = null;
        _context = null!;
    }

    private Pipe MakePipe() => new(new PipeOptions(
        BodyMemory.Blocks, readerScheduler: new StreamScheduler(this), writerScheduler: PipeScheduler.Inline,
        pauseWriterThreshold: 0, resumeWriterThreshold: 0, useSynchronizationContext: false));

    private void EndWriting(Exception? error)
    {
        if (_isWriterDone) return;
        _isWriterDone = true;
        _pipe!.Writer.Complete(error);
    }

    private static void Forget(ValueTask<FlushResult> flush) => flush.GetAwaiter().GetResult();

    private void ThrowIfUnreadable()
    {
        ObjectDisposedException.ThrowIf(!_isAttached, this);
        if (_isCompleted) throw new InvalidOperationException("The reader is completed, so the body cannot be read.");
        if (_isBroken) throw _exchange.BadRequest.Error ?? new BadHttpRequestException("The body is too large.");
        if (IsPending) throw new InvalidOperationException("A read is already in progress. Await it first.");
        if (_abortedBy is { } error && !_isReadToEnd) ExceptionDispatchInfo.Throw(error);
        if (_isGiven) throw new InvalidOperationException("A read is already in progress. Call AdvanceTo first.");
    }

    private void Begin()
    {
        HasStarted = true;
        HttpExchange exchange = _exchange;
        ILogger log = exchange.Server.Log;
        if (log.IsEnabled(LogLevel.Debug)) log.RequestBodyStarted(exchange.Connection.Id, exchange.Identifier);
        if (exchange.RequestHeaders.ContentLength > MaxSize) throw TooLarge();
        if (!_expectsContinue) return;
        _expectsContinue = false;
        if (Received == 0) exchange.TryContinue(out _);
    }

    private ReadResult Give(in ReadResult result)
    {
        if (_abortedBy is { } error)
        {
            _pipe!.Reader.AdvanceTo(result.Buffer.Start);
            ExceptionDispatchInfo.Throw(error);
        }
        _last = result.Buffer;
        _isLast = result.IsCompleted;
        _isGiven = true;
        if (_consumed + result.Buffer.Length > MaxSize) throw TooLarge();
        if (_isLast && result.Buffer.IsEmpty) OnReadToEnd();
        return result;
    }

    private void OnReadToEnd()
    {
        if (_isReadToEnd) return;
        _isReadToEnd = true;
        HttpExchange exchange = _exchange;
        ILogger log = exchange.Server.Log;
        if (log.IsEnabled(LogLevel.Debug)) log.RequestBodyDone(exchange.Connection.Id, exchange.Identifier);
    }

    private BadHttpRequestException TooLarge() => Break(new ProtocolError(ProtocolErrorCode.BodyTooLarge));

    private BadHttpRequestException Break(ProtocolError error)
    {
        var exception = new BadHttpRequestException(error.Message, error.StatusCode);
        _exchange.BadRequest.Error = exception;
        _isBroken = true;
        return exception;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadResult> ReadOnAsync(ValueTask<ReadResult> read)
    {
        IsPending = true;
        MinDataRate? rate = _exchange.MinRequestBodyDataRate;
        ServerClock clock = _context.Owner.Server.Clock;
        _rate.BeginWait(clock, rate);
        if (rate is not null) _context.Time.RequestTick();
        try
        {
            return Give(await read);
        }
        catch (BadHttpRequestException error)
        {
            _exchange.BadRequest.Error ??= error;
            throw;
        }
        finally
        {
            _rate.EndWait(clock);
            IsPending = false;
        }
    }

    /// <summary>Where a read goes on that waited: on the ring, or on the pool.</summary>
    private sealed class StreamScheduler(Http2RequestBody body) : PipeScheduler, IThreadPoolWorkItem
    {
        // One read waits at a time, and goes on before the next one can.
        private Action<object?>? _action;
        private object? _state;

        public override void Schedule(Action<object?> action, object? state)
        {
            (_action, _state) = (action, state);
            body._context.Work.Schedule(body._exchange, this);
        }

        public void Execute()
        {
            (Action<object?> action, object? state) = (_action!, _state);
            (_action, _state) = (null, null);
            if (body._context is { } context) context.Work.GoOn(body._exchange, action, state);
            else action(state);
        }
    }
}
