using System.Buffers;
using System.IO.Pipelines;
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
internal sealed class Http1Connection(ServerConnection owner, Http1StreamPool pool)
{
    /// <summary>Requests served in one go before others get their turn: a client may pipeline without end.</summary>
    private const int LongestBurst = 32;

    private readonly PipeReader _input = owner.Transport.Transport.Input;
    private readonly PipeWriter _output = owner.Transport.Transport.Output;
    private readonly IRingAffinityFeature? _affinity = owner.Transport.Features.Get<IRingAffinityFeature>();
    private Http1Stream? _stream;
    private ThreadHop? _hop;
    private int _burst;
    private bool _lingers;

    private TipiServerLimits Limits => owner.Server.Options.Limits;

    private ThreadHop Hop => _hop ??= new ThreadHop(_affinity);

    /// <summary>Serves the connection to its end. A peer's fault never throws out of here.</summary>
    internal async Task RunAsync()
    {
        try
        {
            await ServeAsync();
            await CloseAsync();
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or ObjectDisposedException)
        {
            owner.Server.Log.ConnectionReset(error, owner.Id);
        }
    }

    /// <summary>Tells the request that runs that its client has gone. Called on any thread.</summary>
    internal void OnClosed() => Volatile.Read(ref _stream)?.Exchange.Lifetime.OnClosed(owner);

    private async Task ServeAsync()
    {
        ExecutionContext clean = ExecutionContext.Capture()!;
        owner.ExpireIn(Limits.KeepAliveTimeout);
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
            if (head == Http1HeadStatus.End) return;

            Http1Stream stream = _stream!;
            Task run = owner.Server.Application.Run(stream.Exchange.Features);
            if (!run.IsCompleted) await run.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            bool goesOn = await EndAsync(stream, run);
            // What the application left in its execution context must not reach the next request.
            ExecutionContext.Restore(clean);
            if (!goesOn) return;
            _burst++;
        }
    }

    private Http1HeadStatus TakeHead(ReadResult read)
    {
        ReadOnlySequence<byte> buffer = read.Buffer;
        if (read.IsCanceled && MustEnd(buffer)) return Http1HeadStatus.End;
        if (buffer.IsEmpty)
        {
            _input.AdvanceTo(buffer.Start);
            return read.IsCompleted || owner.Server.IsStopping ? Http1HeadStatus.End : Http1HeadStatus.Partial;
        }
        Http1Stream stream = _stream ?? BeginHead();
        switch (stream.Parse(buffer, owner, out ProtocolError error))
        {
            case ParseStatus.Complete:
                _input.AdvanceTo(buffer.GetPosition(stream.Head.Length));
                owner.DeadlineMs = long.MaxValue;
                return Http1HeadStatus.Complete;
            case ParseStatus.Invalid:
                _input.AdvanceTo(buffer.End);
                Refuse(error);
                return Http1HeadStatus.End;
            default:
                _input.AdvanceTo(buffer.Start, buffer.End);
                return read.IsCompleted ? Http1HeadStatus.End : Http1HeadStatus.Partial;
        }
    }

    /// <summary>The server woke the read: because it stops, or because a deadline may have passed.</summary>
    private bool MustEnd(in ReadOnlySequence<byte> buffer)
    {
        bool isIdle = buffer.IsEmpty && _stream is null;
        bool mustEnd = owner.HasExpired || (isIdle && owner.Server.IsStopping);
        if (!mustEnd) return false;
        _input.AdvanceTo(buffer.End);
        if (!isIdle) Refuse(new ProtocolError(ProtocolErrorCode.Timeout));
        return true;
    }

    private Http1Stream BeginHead()
    {
        owner.ExpireIn(Limits.RequestHeadersTimeout);
        Http1Stream stream = pool.Rent();
        Volatile.Write(ref _stream, stream);
        return stream;
    }

    /// <summary>Ends response and request.</summary>
    /// <returns>True when the connection can serve another request.</returns>
    private async ValueTask<bool> EndAsync(Http1Stream stream, Task run)
    {
        HttpExchange exchange = stream.Exchange;
        Exception? error = FaultOf(run) ?? exchange.Failure;
        bool isWhole = error is null ? await TryEndResponseAsync(stream) : AnswerFault(stream, error);
        FlushResult flush = await _output.FlushAsync();
        bool goesOn = isWhole && !flush.IsCompleted && stream.Output.KeepsAlive;
        if (exchange.HasCompletedCallbacks) await exchange.RunCompletedAsync();
        if (goesOn && !stream.Body.IsAtEnd) goesOn = await DrainAsync(stream);
        if (!goesOn && isWhole) _lingers = !stream.Body.IsAtEnd && !exchange.IsUpgraded;
        if (!isWhole && stream.Output.EndsByClose) owner.Abort("The response could not be ended.");
        DisposeContext(exchange, error);
        Recycle(stream, isSafe: goesOn || (isWhole && !exchange.IsUpgraded && !stream.Body.IsPending && !owner.IsClosed));
        if (goesOn) owner.ExpireIn(Limits.KeepAliveTimeout);
        return goesOn;
    }

    private async ValueTask<bool> TryEndResponseAsync(Http1Stream stream)
    {
        try
        {
            await stream.Exchange.EndAsync();
            return true;
        }
        catch (Exception error)
        {
            return AnswerFault(stream, error);
        }
    }

    /// <summary>Answers a fault of the application, if that is still possible.</summary>
    /// <returns>True when the response is whole.</returns>
    private bool AnswerFault(Http1Stream stream, Exception error)
    {
        HttpExchange exchange = stream.Exchange;
        LogFault(exchange, error);
        if (exchange.HasStarted) return exchange.Stage == ResponseStage.Ended;
        int status = error is Microsoft.AspNetCore.Http.BadHttpRequestException bad ? bad.StatusCode : 500;
        exchange.ReplaceByError(status);
        ValueTask end = exchange.EndAsync();
        System.Diagnostics.Debug.Assert(end.IsCompletedSuccessfully, "A bare response needs no waiting.");
        return true;
    }

    private void LogFault(HttpExchange exchange, Exception error)
    {
        Microsoft.Extensions.Logging.ILogger log = owner.Server.Log;
        if (error is Microsoft.AspNetCore.Http.BadHttpRequestException) log.BodyRefused(error, owner.Id, exchange.Identifier);
        else if (owner.IsClosed && error is OperationCanceledException or IOException)
            log.RequestAborted(error, owner.Id, exchange.Identifier);
        else log.ApplicationFailed(error, owner.Id, exchange.Identifier);
    }

    private async ValueTask<bool> DrainAsync(Http1Stream stream)
    {
        owner.ExpireIn(s_drainTime);
        return await stream.Body.DrainAsync(owner, MostDrainedBytes);
    }

    private void DisposeContext(HttpExchange exchange, Exception? error)
    {
        try
        {
            owner.Server.Application.Dispose(exchange.Features, error);
        }
        catch (Exception fault)
        {
            owner.Server.Log.ApplicationFailed(fault, owner.Id, exchange.Identifier);
        }
        if (exchange.IsUpgraded) owner.Server.UncountUpgrade();
    }

    /// <summary>Gives the stream back, unless somebody may still hold on to it.</summary>
    private void Recycle(Http1Stream stream, bool isSafe)
    {
        Volatile.Write(ref _stream, null);
        if (!isSafe) return;
        stream.Reset();
        pool.Return(stream);
    }

    private static Exception? FaultOf(Task run)
    {
        if (run.IsCompletedSuccessfully) return null;
        return run.Exception?.InnerException ?? new OperationCanceledException("The application was cancelled.");
    }

    /// <summary>Reads of an unread body stop here: it costs less to close the connection than to receive more.</summary>
    private const long MostDrainedBytes = 1024 * 1024;

    /// <summary>As in Kestrel.</summary>
    private static readonly TimeSpan s_drainTime = TimeSpan.FromSeconds(5);

    /// <summary>Long enough for an answer to arrive, short enough that a silent client costs nothing.</summary>
    private static readonly TimeSpan s_lingerTime = TimeSpan.FromSeconds(1);

    private const long MostLingeredBytes = 256 * 1024;

    private void Refuse(ProtocolError error)
    {
        owner.Server.Log.RequestRefused(owner.Id, error.StatusCode, error.Message);
        owner.Server.Metrics.RequestRefused(error.StatusCode);
        ServerClock.HeadLines lines = owner.Server.Clock.Lines;
        var writer = new Http1HeadWriter(_output.GetSpan(512));
        writer.TryWriteStatusLine(error.StatusCode);
        writer.TryWriteLine(lines.DateAndServer);
        if (error.AllowedMethod is { } allowed) writer.TryWriteField("Allow", allowed);
        writer.TryWriteContentLength(0);
        writer.TryWriteLine("Connection: close\r\n"u8);
        writer.TryEnd();
        _output.Advance(writer.Written);
        _lingers = true;
    }

    /// <summary>
    /// Ends the connection. After an answer that leaves received bytes unread the input is read for a moment: closing at
    /// once would send a reset, and that can overtake the answer.
    /// </summary>
    private async Task CloseAsync()
    {
        if (_stream is { } stream) Recycle(stream, isSafe: true);
        await _output.FlushAsync();
        if (_lingers)
        {
            // The sockets transport closes both directions at once, so there the answer goes first.
            if (_affinity is not null) await _output.CompleteAsync();
            await LingerAsync();
        }
        await _output.CompleteAsync();
        await _input.CompleteAsync();
    }

    private async Task LingerAsync()
    {
        owner.ExpireIn(s_lingerTime);
        long left = MostLingeredBytes;
        while (left > 0)
        {
            ReadResult read = await _input.ReadAsync();
            left -= read.Buffer.Length;
            _input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted || owner.HasExpired) return;
        }
    }
}
