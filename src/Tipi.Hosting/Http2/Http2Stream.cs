using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Tipi.Hosting.Connections;
using Tipi.Hosting.Diagnostics;
using Tipi.Hosting.Diagnostics.Access;
using Tipi.Hosting.Exchange;
using Tipi.Protocols.Http2;

namespace Tipi.Hosting.Http2;

/// <summary>
/// One stream: a request and its response, with what HTTP/2 adds to them. Applications may hold on to it, so that it
/// serves the requests of one connection only: it is spare once application and protocol have both done with a request.
/// <code>
///                 ┌─ State: RFC 9113 §5.1, see Http2StreamState ─────────────┐
/// spare  ──→ running ──application returned──→ ended ──END_STREAM or reset──→ spare
///                 └──────END_STREAM or reset──→ closed ──application returned──┘
/// </code>
/// Invariant: it is in its connection's table until both are true, so that handlers that go on after a reset are
/// bounded, see <see cref="StreamTable.IsFull"/>.
/// </summary>
internal sealed class Http2Stream : IThreadPoolWorkItem, IHttpResetFeature, IHttp2StreamIdFeature
{
    private bool _watchesClose;
    private bool _isGone;
    private bool _isWaitCounted;

    internal Http2Stream(ExchangeContext shared)
    {
        Body = new Http2RequestBody(this);
        Response = new Http2Response(this);
        Exchange = new HttpExchange(
            shared, Body, Response,
            new(typeof(IHttpResetFeature), this), new(typeof(IHttp2StreamIdFeature), this));
    }

    internal Http2Connection Connection { get; private set; } = null!;

    internal int Id { get; private set; }

    /// <summary>When its request came, about.</summary>
    internal long OpenedMs { get; private set; }

    int IHttp2StreamIdFeature.StreamId => Id;

    internal HttpExchange Exchange { get; }

    internal Http2RequestBody Body { get; }

    internal Http2Response Response { get; }

    /// <summary>The request's entry in the access log; null while there is none.</summary>
    internal AccessRecord? Access { get; private set; }

    // ---- under the gate ----

    internal Http2StreamState State { get; set; }

    internal Http2Priority Priority { get; set; }

    /// <summary>What the peer takes of this stream.</summary>
    internal FlowWindow Window;

    /// <summary>What the peer may send on this stream.</summary>
    internal ReceiveWindow Receiving;

    internal StreamPlace Place { get; set; }

    internal Http2Stream? NextReady { get; set; }

    internal bool IsApplicationDone { get; set; }

    /// <summary>The application has returned; what is left is our part of the end.</summary>
    internal bool HasReturned { get; private set; }

    /// <summary>
    /// True for gRPC, whose clients are told at once that nobody wants the rest of their request. As the client said:
    /// the headers are the application's, and gRPC-Web's middleware writes another type into them.
    /// </summary>
    internal bool IsGrpc { get; private set; }

    /// <summary>What comes of the request when the response is whole.</summary>
    internal RequestRest Rest;

    /// <summary>How slowly the peer takes the response.</summary>
    internal WindowRate Rate;

    /// <summary>How slowly it takes all responses together, while this one waits for the connection's window.</summary>
    internal SharedWindowRate SharedRate;

    /// <summary>True once nobody takes the response: the stream was reset, or the connection is lost.</summary>
    internal bool IsGone => Volatile.Read(ref _isGone) || Connection is null;

    internal bool IsClosed => State is Http2StreamState.Closed or Http2StreamState.Reset;

    /// <summary>Who leaves now loses something of it: it is neither closed nor has its whole response.</summary>
    internal bool IsWanted => !IsClosed && !Rest.IsAwaited;

    // ---- its life ----

    /// <summary>The request's run; it never faults.</summary>
    internal Task Execution { get; private set; } = Task.CompletedTask;

    /// <summary>A request begins.</summary>
    internal void Attach(Http2Connection connection, int id)
    {
        Connection = connection;
        Id = id;
        OpenedMs = connection.Owner.Server.Clock.NowMs;
        _isGone = _watchesClose = false;
        State = Http2StreamState.Idle;
        Priority = Http2Priority.Default;
        Place = StreamPlace.None;
        IsApplicationDone = HasReturned = IsGrpc = false;
        Rate = default;
        SharedRate = default;
        Rest = default;
        Window = new FlowWindow(connection.Output.InitialWindow);
        Receiving = new ReceiveWindow(connection.StreamWindowSize);
        Response.Attach(connection.Output);
    }

    /// <summary>It is whole as far as it has to be, and waits for its start.</summary>
    internal void BeginWait()
    {
        try
        {
            Connection.Owner.CountQueued(1);
            _isWaitCounted = TipiEventSource.Log.IsEnabled();
            if (_isWaitCounted) TipiEventSource.Log.CountQueuedRequests(1);
        }
        catch (Exception fault)
        {
            Connection.Owner.LogFailure(fault);
        }
    }

    internal void BeginAccess() => (Access ??= new AccessRecord()).Begin(Exchange);

    /// <summary>Runs the application, on the ring or on another thread. Nothing is above: nothing is thrown.</summary>
    public void Execute()
    {
        ExecutionContext clean = Connection.CleanContext;
        // The connection's, so that what is logged is in its scope.
        ExecutionContext.Restore(clean);
        EndWait();
        Execution = RunAsync();
        // What the application left in its execution context must not reach others.
        ExecutionContext.Restore(clean);
    }

    /// <summary>Has the application go on after a wait.</summary>
    internal void GoOn(Action<object?> callback, object? state)
    {
        if (Connection?.Scheduler is { } scheduler) scheduler.GoOn(Exchange, callback, state);
        else callback(state);
    }

    /// <summary>Resets the stream with a code of the application's choice.</summary>
    void IHttpResetFeature.Reset(int errorCode)
    {
        if (Connection is null) return; // the request is over
        Connection.Endings.ResetByApplication(this, (Http2ErrorCode)errorCode);
    }

    internal void ResetByApplication()
    {
        if (Connection is null) return;
        Connection.Endings.ResetByApplication(this, Http2ErrorCode.InternalError);
    }

    internal void WatchForClose()
    {
        if (_watchesClose || Connection is not { } connection) return;
        _watchesClose = true;
        connection.Owner.WatchForClose();
    }

    /// <summary>Nobody takes the response: who waits learns it. Under the gate.</summary>
    internal void OnGone()
    {
        if (_isGone) return;
        Volatile.Write(ref _isGone, true);
        Connection.Output.Remove(this);
        Response.OnGone();
        Exchange.Lifetime.OnClosed(Connection.Owner);
    }

    /// <summary>The response's last frame was written. Under the gate.</summary>
    internal void OnEndSent()
    {
        Response.OnEndSent();
        State = Http2StreamStates.AfterSend(State, Http2FrameType.Data, endStream: true);
        Connection.OnEndSent(this);
    }

    /// <summary>Bytes of DATA were written. Under the gate.</summary>
    internal void TakeWindow(int bytes)
    {
        Window.TryTake(bytes);
        if (Response.Unsent == 0) (Rate, SharedRate) = (default, default);
        else Rate.OnSent(bytes);
    }

    /// <summary>Forgets everything, for another request of the same connection.</summary>
    internal void Reset()
    {
        Exchange.Reset();
        Body.Reset();
        Response.Reset();
        Connection = null!;
    }

    private void EndWait()
    {
        try
        {
            Connection.Owner.CountQueued(-1);
            if (!_isWaitCounted) return;
            _isWaitCounted = false;
            TipiEventSource.Log.CountQueuedRequests(-1);
        }
        catch (Exception fault)
        {
            // Of a listener.
            Connection.Owner.LogFailure(fault);
        }
    }

    /// <summary>In the usual case the application has returned when this does, and nothing was allocated.</summary>
    private Task RunAsync()
    {
        Http2Connection connection = Connection;
        Task run = Start(connection, Exchange);
        if (!run.IsCompleted) return EndAfterAsync(connection, run);
        Exception? error = ExchangeEnding.FaultOf(run) ?? Exchange.Failure;
        ValueTask<bool> end = EndAsync(connection, error);
        if (!end.IsCompletedSuccessfully || Exchange.HasCompletedCallbacks)
            return EndSlowlyAsync(connection, end, error);
        Conclude(connection, error, end.Result);
        return Task.CompletedTask;
    }

    private async Task EndAfterAsync(Http2Connection connection, Task run)
    {
        await run.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Exception? error = ExchangeEnding.FaultOf(run) ?? Exchange.Failure;
        await EndSlowlyAsync(connection, EndAsync(connection, error), error);
    }

    /// <summary>Looks at what the client says that its body is.</summary>
    internal void LoadContentType()
    {
        const string Grpc = "application/grpc";
        string? type = ((IHeaderDictionary)Exchange.RequestHeaders).ContentType;
        IsGrpc = type is not null && type.StartsWith(Grpc, StringComparison.OrdinalIgnoreCase)
            && (type.Length == Grpc.Length || type[Grpc.Length] is '+' or ';' or ' ');
    }

    private ValueTask<bool> EndAsync(Http2Connection connection, Exception? error)
    {
        HasReturned = true;
        try
        {
            // The application has done with it: what the client asks when it has the answer finds the place free.
            RequestAdmission.Leave(Exchange.Running);
            if (Exchange.IsUpgraded) connection.Owner.Endpoint.Admission.LeaveUpgrade();
            return ExchangeEnding.EndAsync(Exchange, error);
        }
        catch (Exception fault)
        {
            connection.Owner.LogFailure(fault);
            return new(false);
        }
    }

    private async Task EndSlowlyAsync(Http2Connection connection, ValueTask<bool> end, Exception? error)
    {
        bool isWhole = false;
        try
        {
            isWhole = await end;
            if (Exchange.HasCompletedCallbacks) await Exchange.RunCompletedAsync();
        }
        catch (Exception fault)
        {
            connection.Owner.LogFailure(fault);
        }
        Conclude(connection, error, isWhole);
    }

    private static Task Start(Http2Connection connection, HttpExchange exchange)
    {
        try
        {
            if (!RequestAdmission.TryEnter(exchange.Running)) return Overload.Answer(exchange);
            RequestEvents.Started(exchange);
            return connection.Scheduler is { } scheduler
                ? scheduler.Run(exchange)
                : connection.Shared.Application.Run(exchange.Features);
        }
        catch (Exception fault)
        {
            // Of a log or a listener: nobody is above who could take it.
            return Task.FromException(fault);
        }
    }

    private void Conclude(Http2Connection connection, Exception? error, bool isWhole)
    {
        try
        {
            RequestEvents.Stopped(Exchange);
            if (connection.Owner.Server.AccessLog is { } log)
                Access?.End(log, Exchange, isAborted: !isWhole || IsGone);
            ExchangeEnding.DisposeContext(Exchange, error);
        }
        catch (Exception fault)
        {
            connection.Owner.LogFailure(fault);
        }
        try
        {
            connection.Endings.OnApplicationEnded(this, isWhole);
        }
        catch (Exception fault)
        {
            Fail(connection, fault);
        }
    }

    /// <summary>It could not be ended by a fault of ours: the connection ends with it.</summary>
    private void Fail(Http2Connection connection, Exception fault)
    {
        connection.Owner.LogFailure(fault);
        lock (connection.Output.Gate) IsApplicationDone = true;
        connection.Owner.Abort("A request could not be ended.");
    }
}
