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
internal sealed class Http2Stream : IThreadPoolWorkItem, IHttpResetFeature, IHttp2StreamIdFeature, IResponder
{
    private static readonly Action<object?> s_execute = static stream => ((Http2Stream)stream!).Execute();

    private readonly IStreamEndings _endings;
    private readonly Http2Response _response;
    private Http2StreamState _state;
    private bool _watchesClose;
    private bool _isWaitCounted;

    internal Http2Stream(ExchangeContext shared, IStreamEndings endings)
    {
        _endings = endings;
        Upload = new StreamUpload();
        Body = new Http2RequestBody(Upload);
        var response = new OutgoingResponse();
        _response = new Http2Response(this, response);
        Exchange = new HttpExchange(
            shared, Body, _response,
            new(typeof(IHttpResetFeature), this), new(typeof(IHttp2StreamIdFeature), this));
        Outgoing = new OutgoingStream(Exchange, response, this);
    }

    /// <summary>What it has from its connection; null while it is spare.</summary>
    internal StreamContext Context { get; private set; } = null!;

    internal int Id => Outgoing.Id;

    /// <summary>When its request came, about.</summary>
    internal long OpenedMs { get; private set; }

    int IHttp2StreamIdFeature.StreamId => Id;

    internal HttpExchange Exchange { get; }

    internal Http2RequestBody Body { get; }

    /// <summary>Its response, and all that decides when it is sent.</summary>
    internal OutgoingStream Outgoing { get; }

    /// <summary>What the peer may send on this stream.</summary>
    internal StreamUpload Upload { get; }

    /// <summary>The request's entry in the access log; null while there is none.</summary>
    internal AccessRecord? Access { get; private set; }

    // ---- under the gate ----

    internal Http2StreamState State
    {
        get => _state;
        set
        {
            _state = value;
            Upload.IsOpen = value is Http2StreamState.Open or Http2StreamState.HalfClosedLocal;
        }
    }

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

    /// <summary>True once nobody takes the response: the stream was reset, or the connection is lost.</summary>
    internal bool IsGone => Outgoing.IsGone;

    internal bool IsClosed => State is Http2StreamState.Closed or Http2StreamState.Reset;

    /// <summary>Who leaves now loses something of it: it is neither closed nor has its whole response.</summary>
    internal bool IsWanted => !IsClosed && !Rest.IsAwaited;

    // ---- its life ----

    /// <summary>The request's run; it never faults.</summary>
    internal Task Execution { get; private set; } = Task.CompletedTask;

    /// <summary>A request begins.</summary>
    internal void Attach(StreamContext context, int id)
    {
        FrameOutput output = context.Output;
        Context = context;
        OpenedMs = context.Owner.Server.Clock.NowMs;
        _watchesClose = false;
        State = Http2StreamState.Idle;
        IsApplicationDone = HasReturned = IsGrpc = false;
        Rest = default;
        Upload.Attach(id, context.WindowSize);
        Body.Attach(context, Exchange);
        Outgoing.Attach(id, output.InitialWindow);
        Outgoing.Response.Attach(context.Owner, output.Gate, output.Unsent);
    }

    /// <summary>Starts the application: the request is whole as far as it has to be.</summary>
    internal void Start()
    {
        BeginWait();
        Context.Work.Start(Exchange, this, s_execute);
    }

    internal void BeginAccess() => (Access ??= new AccessRecord()).Begin(Exchange);

    /// <summary>Runs the application, on the ring or on another thread. Nothing is above: nothing is thrown.</summary>
    public void Execute()
    {
        ExecutionContext clean = Context.CleanContext;
        // The connection's, so that what is logged is in its scope.
        ExecutionContext.Restore(clean);
        EndWait();
        Execution = RunAsync();
        // What the application left in its execution context must not reach others.
        ExecutionContext.Restore(clean);
    }

    /// <summary>Resets the stream with a code of the application's choice.</summary>
    void IHttpResetFeature.Reset(int errorCode)
    {
        if (Context is null) return; // the request is over
        _endings.ResetByApplication(this, (Http2ErrorCode)errorCode);
    }

    internal void ResetByApplication()
    {
        if (Context is null) return;
        _endings.ResetByApplication(this, Http2ErrorCode.InternalError);
    }

    internal void WatchForClose()
    {
        if (_watchesClose || Context is not { } context) return;
        _watchesClose = true;
        context.Owner.WatchForClose();
    }

    /// <summary>Nobody takes the response: who waits learns it. Under the gate.</summary>
    internal void OnGone()
    {
        if (IsGone) return;
        Outgoing.OnGone();
        Context.Output.Remove(Outgoing);
        Outgoing.Response.OnGone();
        Exchange.Lifetime.OnClosed(Context.Owner);
    }

    void IResponder.OnEndSent()
    {
        State = Http2StreamStates.AfterSend(State, Http2FrameType.Data, endStream: true);
        _endings.OnEndSent(this);
    }

    /// <summary>Forgets everything, for another request of the same connection.</summary>
    internal void Reset()
    {
        Exchange.Reset();
        Body.Reset();
        _response.Reset();
        Outgoing.Detach();
        Context = null!;
    }

    private void BeginWait()
    {
        try
        {
            Context.Owner.CountQueued(1);
            _isWaitCounted = TipiEventSource.Log.IsEnabled();
            if (_isWaitCounted) TipiEventSource.Log.CountQueuedRequests(1);
        }
        catch (Exception fault)
        {
            Context.Owner.LogFailure(fault);
        }
    }

    private void EndWait()
    {
        try
        {
            Context.Owner.CountQueued(-1);
            if (!_isWaitCounted) return;
            _isWaitCounted = false;
            TipiEventSource.Log.CountQueuedRequests(-1);
        }
        catch (Exception fault)
        {
            // Of a listener.
            Context.Owner.LogFailure(fault);
        }
    }

    /// <summary>In the usual case the application has returned when this does, and nothing was allocated.</summary>
    private Task RunAsync()
    {
        StreamContext context = Context;
        Task run = RunApplication(context, Exchange);
        if (!run.IsCompleted) return EndAfterAsync(context, run);
        Exception? error = ExchangeEnding.FaultOf(run) ?? Exchange.Failure;
        ValueTask<bool> end = EndAsync(context, error);
        if (!end.IsCompletedSuccessfully || Exchange.HasCompletedCallbacks)
            return EndSlowlyAsync(context, end, error);
        Conclude(context, error, end.Result);
        return Task.CompletedTask;
    }

    private async Task EndAfterAsync(StreamContext context, Task run)
    {
        await run.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Exception? error = ExchangeEnding.FaultOf(run) ?? Exchange.Failure;
        await EndSlowlyAsync(context, EndAsync(context, error), error);
    }

    /// <summary>Looks at what the client says that its body is.</summary>
    internal void LoadContentType()
    {
        const string Grpc = "application/grpc";
        string? type = ((IHeaderDictionary)Exchange.RequestHeaders).ContentType;
        IsGrpc = type is not null && type.StartsWith(Grpc, StringComparison.OrdinalIgnoreCase)
            && (type.Length == Grpc.Length || type[Grpc.Length] is '+' or ';' or ' ');
    }

    private ValueTask<bool> EndAsync(StreamContext context, Exception? error)
    {
        HasReturned = true;
        try
        {
            // The application has done with it: what the client asks when it has the answer finds the place free.
            RequestAdmission.Leave(Exchange.Running);
            if (Exchange.IsUpgraded) context.Owner.Endpoint.Admission.LeaveUpgrade();
            return ExchangeEnding.EndAsync(Exchange, error);
        }
        catch (Exception fault)
        {
            context.Owner.LogFailure(fault);
            return new(false);
        }
    }

    private async Task EndSlowlyAsync(StreamContext context, ValueTask<bool> end, Exception? error)
    {
        bool isWhole = false;
        try
        {
            isWhole = await end;
            if (Exchange.HasCompletedCallbacks) await Exchange.RunCompletedAsync();
        }
        catch (Exception fault)
        {
            context.Owner.LogFailure(fault);
        }
        Conclude(context, error, isWhole);
    }

    private static Task RunApplication(StreamContext context, HttpExchange exchange)
    {
        try
        {
            if (!RequestAdmission.TryEnter(exchange.Running)) return Overload.Answer(exchange);
            RequestEvents.Started(exchange);
            return context.Work.Run(exchange);
        }
        catch (Exception fault)
        {
            // Of a log or a listener: nobody is above who could take it.
            return Task.FromException(fault);
        }
    }

    private void Conclude(StreamContext context, Exception? error, bool isWhole)
    {
        try
        {
            RequestEvents.Stopped(Exchange);
            if (context.Owner.Server.AccessLog is { } log)
                Access?.End(log, Exchange, isAborted: !isWhole || IsGone);
            ExchangeEnding.DisposeContext(Exchange, error);
        }
        catch (Exception fault)
        {
            context.Owner.LogFailure(fault);
        }
        try
        {
            _endings.OnApplicationEnded(this, isWhole);
        }
        catch (Exception fault)
        {
            Fail(context, fault);
        }
    }

    /// <summary>It could not be ended by a fault of ours: the connection ends with it.</summary>
    private void Fail(StreamContext context, Exception fault)
    {
        context.Owner.LogFailure(fault);
        lock (context.Gate) IsApplicationDone = true;
        context.Owner.Abort("A request could not be completed.");
    }
}
