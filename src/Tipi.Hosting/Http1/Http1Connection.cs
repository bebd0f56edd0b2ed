using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Tipi.Hosting.Connections;
using Tipi.Hosting.Diagnostics;
using Tipi.Hosting.Exchange;
using Tipi.Hosting.Scheduling;
using Tipi.Hosting.Threads;
using Tipi.Protocols.Http;
using Tipi.Protocols.Http1;
using Tipi.Transport.Uring;
using Tipi.Transport.Uring.Rings;

namespace Tipi.Hosting.Http1;

/// <summary>
/// One HTTP/1 connection: request after request, until one side does not want to go on.
/// <code>
/// Idle ──bytes──→ Head ──complete──→ Running ──response left──→ Draining ──→ Idle
///  │ timeout, stop   │ bad, slow: refused      │ fault after start   │ too much
///  └────────────────→└──────────→ Closing ←────┴─────────────────────┘
/// </code>
/// Invariant: it holds a head's reader from the first byte of a head to its last, and a stream from there to the end of
/// the response. What is kept for the next request is the owner's, which gives it up when none comes soon.
/// </summary>
internal sealed class Http1Connection(ServerConnection owner, Http1Context context) : IConnectionProtocol
{
    /// <summary>Requests served in one go before others get their turn: a client may pipeline without end.</summary>
    private const int LongestBurst = 32;

    private readonly PipeReader _input = owner.Transport.Transport.Input;
    private readonly RequestScheduler? _scheduler = context.Schedulers.For(owner);
    private Http1HeadReader? _reader;
    private Http1Stream? _stream;
    private ThreadHop? _hop;
    private int _burst;
    private long _lingerBytes;
    private bool _lingersBriefly;
    private ProtocolChange? _change;

    public string Version => "1.1";

    private ThreadHop Hop => _hop ??= new ThreadHop(owner.Affinity);

    /// <summary>Serves the connection to its end. A peer's fault never throws out of here.</summary>
    /// <remarks>
    /// One method, since what it keeps while it waits is what an idle connection costs. That must not be the last
    /// request: no variable of it lives on into the next read.
    /// </remarks>
    public async Task RunAsync()
    {
        ExecutionContext clean = ExecutionContext.Capture()!;
        owner.ExpireIn(owner.Limits.KeepAliveTimeout);
        try
        {
            while (true)
            {
                if (_burst >= LongestBurst)
                {
                    _burst = 0;
                    await Hop.Yield();
                }
                ValueTask<ReadResult> read = _input.ReadAsync();
                if (!read.IsCompleted) _burst = 0;
                Http1HeadStatus head = TakeHead(await read);
                if (head == Http1HeadStatus.Partial) continue;
                if (head == Http1HeadStatus.End) break;

                if (_stream!.Head.HasUpgrade && H2cUpgrade.IsAsked(_stream, owner))
                {
                    await ChangeToHttp2Async(_stream);
                    break;
                }
                bool isAdmitted = RequestAdmission.TryEnter(_stream.Exchange.Running);
                if (isAdmitted && _scheduler?.WantsBlockingThread(_stream.Exchange) == true)
                    await Hop.ToBlockingThread();
                Task? run = isAdmitted ? Start(_stream.Exchange) : Overload.Answer(_stream.Exchange);
                if (!run.IsCompleted) await run.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                bool goesOn = await EndAsync(_stream, run);
                run = null;
                // What the application left in its execution context must not reach the next request.
                ExecutionContext.Restore(clean);
                if (!goesOn) break;
                _burst++;
            }
            if (_stream is { } unused) PutAway(unused, isSafe: true, goesOn: false);
            if (_change is not null)
            {
                await owner.ChangeAsync(context.Change(owner, _change));
                return;
            }
            await LingeringClose.RunAsync(owner, _lingerBytes, _lingersBriefly);
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or ObjectDisposedException)
        {
            owner.EndsBecause(ReasonOf(error));
            if (_stream is { } lost) EndAccess(lost, error, isWhole: false);
            owner.Server.Logs.Connections.ConnectionReset(error, owner.Id);
        }
        finally
        {
            if (_stream is { } left) Abandon(left);
            ReturnReader();
        }
    }

    /// <summary>Tells the request that runs that its client has gone. Called on any thread.</summary>
    public void OnClosed() => Volatile.Read(ref _stream)?.Exchange.Lifetime.OnClosed(owner);

    /// <summary>The request goes on in another version, or is answered in this one for its malformed body.</summary>
    private async Task ChangeToHttp2Async(Http1Stream stream)
    {
        try
        {
            _change = await H2cUpgrade.ReadAsync(stream);
        }
        catch (BadHttpRequestException error)
        {
            RequestEvents.Started(stream.Exchange);
            await EndAsync(stream, Task.FromException(error));
        }
    }

    private Task Start(HttpExchange exchange)
    {
        RequestEvents.Started(exchange);
        // Where no turn of a ring begins with it, the thread may have run another request just now.
        if (_scheduler is null || _burst > 0) OwnThread.PutBackCaller();
        _scheduler?.Serve(exchange);
        return _scheduler is null ? context.Shared.Application.Run(exchange.Features) : _scheduler.Run(exchange);
    }

    private Http1HeadStatus TakeHead(ReadResult read)
    {
        ReadOnlySequence<byte> buffer = read.Buffer;
        if (read.IsCanceled && HasToEnd(buffer)) return Http1HeadStatus.End;
        if (buffer.IsEmpty)
        {
            _input.AdvanceTo(buffer.Start);
            if (!read.IsCompleted && !owner.MustEnd) return Http1HeadStatus.Partial;
            owner.EndsBecause(
                read.IsCompleted ? ConnectionEndReason.TransportCompleted : ConnectionEndReason.GracefulAppShutdown);
            return Http1HeadStatus.End;
        }
        switch (ParseHead(buffer, out ProtocolError error))
        {
            case ParseStatus.Complete:
                _input.AdvanceTo(buffer.GetPosition(_reader!.Head.Length));
                ReturnReader();
                owner.DeadlineMs = long.MaxValue;
                if (owner.Server.AccessLog is not null) _stream!.BeginAccess();
                return Http1HeadStatus.Complete;
            case ParseStatus.Invalid when error.IsLaterVersion && owner.MayChangeProtocol:
                _change = ProtocolChange.PriorKnowledge;
                _input.AdvanceTo(buffer.Start);
                return Http1HeadStatus.End;
            case ParseStatus.Invalid:
                Refuse(error, buffer);
                _input.AdvanceTo(buffer.End);
                return Http1HeadStatus.End;
            case ParseStatus.NeedMore when read.IsCompleted:
                EndInHead(buffer);
                _input.AdvanceTo(buffer.End);
                return Http1HeadStatus.End;
            default:
                _input.AdvanceTo(buffer.Start, buffer.End);
                return Http1HeadStatus.Partial;
        }
    }

    /// <summary>The client has ended its sending: it may still listen, and an operator may ask what came.</summary>
    private void EndInHead(in ReadOnlySequence<byte> received)
    {
        var reader = new SequenceReader<byte>(received);
        reader.AdvancePastAny((byte)'\r', (byte)'\n');
        if (reader.End)
        {
            // An empty line is no request: old clients send one after a body (RFC 9112 §2.2).
            owner.EndsBecause(ConnectionEndReason.TransportCompleted);
            return;
        }
        if (_reader!.Head.TargetRange.Length == 0) owner.EndsBecause(ConnectionEndReason.InvalidRequestLine);
        Refuse(new ProtocolError(ProtocolErrorCode.UnexpectedEnd), received);
    }

    /// <summary>The server woke the read: because it stops, or because a deadline may have passed.</summary>
    private bool HasToEnd(in ReadOnlySequence<byte> buffer)
    {
        bool isIdle = buffer.IsEmpty && _reader is null;
        // Bytes that come in the moment in which the idle time is over begin a request, which has a time of its own.
        bool isLate = (isIdle || _reader is not null) && owner.HasExpired;
        bool mustEnd = isLate || (isIdle && owner.MustEnd);
        if (!mustEnd) return false;
        if (!isIdle) Refuse(new ProtocolError(ProtocolErrorCode.Timeout), buffer);
        _input.AdvanceTo(buffer.End);
        owner.EndsBecause(
            owner.MustEnd ? ConnectionEndReason.GracefulAppShutdown : ConnectionEndReason.KeepAliveTimeout);
        return true;
    }

    /// <summary>A connection that is reset while no request runs has simply ended: browsers do that.</summary>
    private ConnectionEndReason ReasonOf(Exception error) => error switch
    {
        ConnectionResetException when _stream is null && _reader is null => ConnectionEndReason.TransportCompleted,
        ConnectionResetException => ConnectionEndReason.ConnectionReset,
        IOException => ConnectionEndReason.IOError,
        _ => ConnectionEndReason.OtherError,
    };

    /// <summary>Parses the head and, once it is complete, gives it to a stream.</summary>
    private ParseStatus ParseHead(in ReadOnlySequence<byte> buffer, out ProtocolError error)
    {
        Http1HeadReader reader = _reader ??= BeginHead();
        ParseStatus status = reader.Parse(
            buffer, owner.Endpoint.Http1Limits, out ReadOnlySpan<byte> bytes, out error);
        if (status != ParseStatus.Complete) return status;
        Http1Stream stream = owner.KeptForRequests as Http1Stream ?? new Http1Stream(context.Shared);
        Volatile.Write(ref _stream, stream);
        error = stream.Load(reader, bytes, owner);
        return error.Code == ProtocolErrorCode.None ? ParseStatus.Complete : ParseStatus.Invalid;
    }

    private Http1HeadReader BeginHead()
    {
        owner.ExpireIn(owner.Limits.RequestHeadersTimeout);
        return context.HeadReaders.Rent();
    }

    private void ReturnReader()
    {
        if (_reader is not { } reader) return;
        _reader = null;
        reader.Reset();
        context.HeadReaders.Return(reader);
    }

    private void Refuse(ProtocolError error, in ReadOnlySequence<byte> received)
    {
        Http1Refusal.Write(owner, error);
        if (owner.Server.AccessLog is { } log) log.Add(RefusedRequest.Describe(owner, error, _reader?.Head, received));
        _lingerBytes = LingeringClose.MostHeadBytes;
        _lingersBriefly = !owner.CanEndOutputFirst && Http1Refusal.HasNothingBehind(received);
    }

    /// <summary>Ends response and request, in the usual case without waiting.</summary>
    /// <returns>True when the connection can serve another request.</returns>
    private ValueTask<bool> EndAsync(Http1Stream stream, Task run)
    {
        HttpExchange exchange = stream.Exchange;
        Exception? error = ExchangeEnding.FaultOf(run) ?? exchange.Failure;
        ValueTask<bool> end = ExchangeEnding.EndAsync(exchange, error);
        if (!end.IsCompletedSuccessfully) return EndAfterAsync(end, stream, error);
        bool isWhole = end.Result;
        ValueTask<FlushResult> flush = FlushEnd(stream);
        if (!flush.IsCompletedSuccessfully || exchange.HasCompletedCallbacks || !stream.Body.IsAtEnd)
            return FlushAsync(flush, stream, error, isWhole);
        return new(Conclude(stream, error, isWhole, isWhole && !flush.Result.IsCompleted && stream.Output.KeepsAlive));
    }

    private async ValueTask<bool> EndAfterAsync(ValueTask<bool> end, Http1Stream stream, Exception? error)
    {
        bool isWhole = await end;
        return await FlushAsync(FlushEnd(stream), stream, error, isWhole);
    }

    /// <summary>Sends the response's end, in whose wake the client may ask again on any connection.</summary>
    private static ValueTask<FlushResult> FlushEnd(Http1Stream stream)
    {
        // The application has done with it: what the client asks next finds the place free.
        RequestAdmission.Leave(stream.Exchange.Running);
        stream.Body.Leave();
        return stream.Exchange.Body.FlushOutputAsync(CancellationToken.None);
    }

    private async ValueTask<bool> FlushAsync(
        ValueTask<FlushResult> flush, Http1Stream stream, Exception? error, bool isWhole)
    {
        FlushResult flushed;
        try
        {
            flushed = await flush;
        }
        finally
        {
            // What the application registered for disposal is disposed of, whatever became of the connection.
            if (stream.Exchange.HasCompletedCallbacks) await stream.Exchange.RunCompletedAsync();
        }
        bool goesOn = isWhole && !flushed.IsCompleted && stream.Output.KeepsAlive;
        if (goesOn && !stream.Body.IsAtEnd) goesOn = await DrainAsync(stream);
        return Conclude(stream, error, isWhole, goesOn);
    }

    private bool Conclude(Http1Stream stream, Exception? error, bool isWhole, bool goesOn)
    {
        if (goesOn) BeginIdle();
        else PrepareClose(stream, isWhole);
        stream.Body.Conclude();
        Leave(stream.Exchange);
        RequestEvents.Stopped(stream.Exchange);
        EndAccess(stream, error, isWhole);
        ExchangeEnding.DisposeContext(stream.Exchange, error);
        bool mayBeHeld = stream.Exchange.IsUpgraded || stream.Body.IsPending || owner.IsClosed || !isWhole;
        PutAway(stream, isSafe: !mayBeHeld, goesOn);
        return goesOn;
    }

    private void BeginIdle()
    {
        owner.ExpireIn(owner.Limits.KeepAliveTimeout);
        // A stop wakes the read that waits. That may have been one of the request's body, which takes no notice.
        if (owner.MustEnd) owner.Wake();
    }

    /// <summary>The connection broke before the request had ended. Who holds the stream may keep it.</summary>
    private void Abandon(Http1Stream stream)
    {
        _scheduler?.Serve(null);
        Volatile.Write(ref _stream, null);
        Leave(stream.Exchange);
        RequestEvents.Stopped(stream.Exchange);
        ExchangeEnding.DisposeContext(stream.Exchange, error: null);
    }

    /// <summary>The request counts no more, however it ended.</summary>
    private void Leave(HttpExchange exchange)
    {
        RequestAdmission.Leave(exchange.Running);
        if (exchange.IsUpgraded) owner.EndUpgrade();
    }

    private void EndAccess(Http1Stream stream, Exception? error, bool isWhole)
    {
        if (owner.Server.AccessLog is not { } log) return;
        HttpExchange exchange = stream.Exchange;
        bool isGone = error is not null && ExchangeEnding.IsClientGone(exchange, error);
        bool isAborted = !isWhole || owner.IsClosed || isGone;
        stream.Access?.End(log, exchange, isAborted);
    }

    private ValueTask<bool> DrainAsync(Http1Stream stream)
    {
        owner.ExpireIn(owner.Limits.RequestDrainTimeout);
        return BodyDrain.RunAsync(stream.Body, stream.Exchange, owner);
    }

    private void PrepareClose(Http1Stream stream, bool isWhole)
    {
        owner.EndsBecause(ReasonOf(stream, isWhole));
        if (stream.Exchange.IsUpgraded) return;
        // What the application still reads, nobody else may.
        if (isWhole)
            _lingerBytes = stream.Body.IsAtEnd || stream.Body.IsPending ? 0 : stream.Body.MostLingerBytes;
        // Without an end of its own only a reset shows that this body is not whole.
        else if (stream.Output.EndsByClose) owner.Abort("The response could not be completed.");
    }

    private ConnectionEndReason ReasonOf(Http1Stream stream, bool isWhole)
    {
        if (!isWhole)
            return stream.Exchange.Body.IsTooShort
                ? ConnectionEndReason.ResponseContentLengthMismatch
                : ConnectionEndReason.ErrorAfterStartingResponse;
        if (!stream.Head.KeepAlive) return ConnectionEndReason.RequestNoKeepAlive;
        return owner.IsEnding ? ConnectionEndReason.GracefulAppShutdown : ConnectionEndReason.ResponseNoKeepAlive;
    }

    /// <summary>
    /// Ends the stream's use by a request. What the application kept of it fails from now on; it serves the next
    /// request of this connection, unless somebody still uses it.
    /// </summary>
    private void PutAway(Http1Stream stream, bool isSafe, bool goesOn)
    {
        _scheduler?.Serve(null);
        Volatile.Write(ref _stream, null);
        if (isSafe) stream.Reset();
        owner.KeptForRequests = isSafe && goesOn ? stream : null;
    }
}
