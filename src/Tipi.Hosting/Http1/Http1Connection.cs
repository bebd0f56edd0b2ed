using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Tipi.Hosting.Connections;
using Tipi.Hosting.Diagnostics;
using Tipi.Hosting.Exchange;
using Tipi.Hosting.Scheduling;
using Tipi.Protocols.Http;
using Tipi.Protocols.Http1;
using Tipi.Transport.Uring;

namespace Tipi.Hosting.Http1;

/// <summary>
/// One HTTP/1 connection: request after request, until one side does not want to go on.
/// <code>
/// Idle ──bytes──→ Head ──complete──→ Running ──response left──→ Draining ──→ Idle
///  │ timeout, stop   │ bad, slow: refused      │ fault after start   │ too much
///  └────────────────→└──────────→ Closing ←────┴─────────────────────┘
/// </code>
/// Invariant: it holds a stream from the first byte of a head to the end of the response, and none while idle.
/// </summary>
internal sealed class Http1Connection(ServerConnection owner) : IConnectionProtocol
{
    /// <summary>Requests served in one go before others get their turn: a client may pipeline without end.</summary>
    private const int LongestBurst = 32;

    private readonly PipeReader _input = owner.Transport.Transport.Input;
    private readonly RequestScheduler? _scheduler = RequestScheduler.For(owner);
    private Http1Stream? _stream;
    private ThreadHop? _hop;
    private int _burst;
    private int _lingerBytes;
    private ProtocolChange? _change;

    private ThreadHop Hop => _hop ??= new ThreadHop(owner.Affinity);

    /// <summary>Serves the connection to its end. A peer's fault never throws out of here.</summary>
    /// <remarks>One method, since what it keeps while it waits is what an idle connection costs.</remarks>
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

                Http1Stream stream = _stream!;
                if (stream.Head.HasUpgrade && H2cUpgrade.IsAsked(stream, owner))
                {
                    _change = await H2cUpgrade.ReadAsync(stream);
                    break;
                }
                bool isAdmitted = owner.Endpoint.Admission.TryEnterRequest(stream.Exchange);
                if (isAdmitted && _scheduler?.WantsBlockingThread(stream.Exchange) == true)
                    await Hop.ToBlockingThread();
                Task run = isAdmitted ? Start(stream.Exchange) : Overload.Answer(stream.Exchange);
                if (!run.IsCompleted)
                {
                    await run.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                    _scheduler?.NoteResumed(stream.Exchange);
                }
                bool goesOn = await EndAsync(stream, run);
                // What the application left in its execution context must not reach the next request.
                ExecutionContext.Restore(clean);
                if (!goesOn) break;
                _burst++;
            }
            if (_stream is { } unused) Recycle(unused, isSafe: true);
            if (_change is not null)
            {
                await owner.ChangeAsync(_change);
                return;
            }
            await LingeringClose.RunAsync(owner, _lingerBytes);
        }
        catch (BadHttpRequestException error) when (_change is null)
        {
            // The body of a request that would have gone on in another version.
            owner.Server.Logs.BadRequests.BodyRefused(error, owner.Id, "");
            await LingeringClose.RunAsync(owner, LingeringClose.MostHeadBytes);
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
        }
    }

    /// <summary>Tells the request that runs that its client has gone. Called on any thread.</summary>
    public void OnClosed() => Volatile.Read(ref _stream)?.Exchange.Lifetime.OnClosed(owner);

    private Task Start(HttpExchange exchange)
    {
        if (TipiEventSource.Log.IsEnabled()) TipiEventSource.Log.RequestStarted(exchange);
        return _scheduler is null ? owner.Server.Application.Run(exchange.Features) : _scheduler.Run(exchange);
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
        Http1Stream stream = _stream ?? BeginHead();
        switch (stream.Parse(buffer, owner, out ProtocolError error))
        {
            case ParseStatus.Complete:
                _input.AdvanceTo(buffer.GetPosition(stream.Head.Length));
                owner.DeadlineMs = long.MaxValue;
                if (owner.Server.AccessLog is not null) stream.BeginAccess();
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
                EndInHead(stream, buffer);
                _input.AdvanceTo(buffer.End);
                return Http1HeadStatus.End;
            default:
                _input.AdvanceTo(buffer.Start, buffer.End);
                return Http1HeadStatus.Partial;
        }
    }

    /// <summary>The client has ended its sending: it may still listen, and an operator may ask what came.</summary>
    private void EndInHead(Http1Stream stream, in ReadOnlySequence<byte> received)
    {
        var reader = new SequenceReader<byte>(received);
        reader.AdvancePastAny((byte)'\r', (byte)'\n');
        if (reader.End)
        {
            // An empty line is no request: old clients send one after a body (RFC 9112 §2.2).
            owner.EndsBecause(ConnectionEndReason.TransportCompleted);
            return;
        }
        if (stream.Head.TargetRange.Length == 0) owner.EndsBecause(ConnectionEndReason.InvalidRequestLine);
        Refuse(new ProtocolError(ProtocolErrorCode.UnexpectedEnd), received);
    }

    /// <summary>The server woke the read: because it stops, or because a deadline may have passed.</summary>
    private bool HasToEnd(in ReadOnlySequence<byte> buffer)
    {
        bool isIdle = buffer.IsEmpty && _stream is null;
        // Bytes that come in the moment in which the idle time is over begin a request, which has a time of its own.
        bool isLate = (isIdle || _stream is not null) && owner.HasExpired;
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
        ConnectionResetException when _stream is null => ConnectionEndReason.TransportCompleted,
        ConnectionResetException => ConnectionEndReason.ConnectionReset,
        IOException => ConnectionEndReason.IOError,
        _ => ConnectionEndReason.OtherError,
    };

    private Http1Stream BeginHead()
    {
        owner.ExpireIn(owner.Limits.RequestHeadersTimeout);
        Http1Stream stream = owner.Server.Streams.Rent();
        Volatile.Write(ref _stream, stream);
        return stream;
    }

    private void Refuse(ProtocolError error, in ReadOnlySequence<byte> received)
    {
        Http1Refusal.Write(owner, error);
        if (owner.Server.AccessLog is { } log) log.Add(RefusedRequest.Describe(owner, error, _stream?.Head, received));
        _lingerBytes = LingeringClose.MostHeadBytes;
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
    private ValueTask<FlushResult> FlushEnd(Http1Stream stream)
    {
        // The application has done with it: what the client asks next finds the place free.
        owner.Endpoint.Admission.LeaveRequest(stream.Exchange);
        stream.Body.Leave();
        return stream.Output.FlushPipeAsync(CancellationToken.None);
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
        if (goesOn) owner.ExpireIn(owner.Limits.KeepAliveTimeout);
        else PrepareClose(stream, isWhole);
        stream.Body.Conclude();
        Leave(stream.Exchange);
        if (TipiEventSource.Log.IsEnabled()) TipiEventSource.Log.RequestStopped(stream.Exchange);
        EndAccess(stream, error, isWhole);
        ExchangeEnding.DisposeContext(stream.Exchange, error);
        bool mayBeHeld = stream.Exchange.IsUpgraded || stream.Body.IsPending || owner.IsClosed || !isWhole;
        Recycle(stream, isSafe: !mayBeHeld);
        return goesOn;
    }

    /// <summary>The connection broke before the request had ended. Who holds the stream may keep it.</summary>
    private void Abandon(Http1Stream stream)
    {
        Volatile.Write(ref _stream, null);
        if (stream.Exchange.Connection is null) return; // only a part of a head had come
        Leave(stream.Exchange);
        if (TipiEventSource.Log.IsEnabled()) TipiEventSource.Log.RequestStopped(stream.Exchange);
        ExchangeEnding.DisposeContext(stream.Exchange, error: null);
    }

    /// <summary>The request counts no more, however it ended.</summary>
    private void Leave(HttpExchange exchange)
    {
        owner.Endpoint.Admission.LeaveRequest(exchange);
        if (!exchange.IsUpgraded) return;
        owner.EndUpgrade();
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
        return stream.Body.DrainAsync(owner);
    }

    private void PrepareClose(Http1Stream stream, bool isWhole)
    {
        owner.EndsBecause(ReasonOf(stream, isWhole));
        if (stream.Exchange.IsUpgraded) return;
        // What the application still reads, nobody else may.
        if (isWhole)
            _lingerBytes = stream.Body.IsAtEnd || stream.Body.IsPending ? 0 : stream.Body.MostLingerBytes;
        // Without an end of its own only a reset shows that this body is not whole.
        else if (stream.Output.EndsByClose) owner.Abort("The response could not be ended.");
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

    /// <summary>Gives the stream back, unless somebody may still hold on to it.</summary>
    private void Recycle(Http1Stream stream, bool isSafe)
    {
        Volatile.Write(ref _stream, null);
        if (!isSafe) return;
        stream.Reset();
        owner.Server.Streams.Return(stream);
    }
}
