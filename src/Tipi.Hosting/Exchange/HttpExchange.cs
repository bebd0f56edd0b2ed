using System.Globalization;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Tipi.Hosting.Connections;
using Tipi.Hosting.Diagnostics;

namespace Tipi.Hosting.Exchange;

/// <summary>
/// One request and its response, whatever the protocol's version: what the application sees, and in what order it may
/// change it. Used again by the same connection only; between two requests it belongs to none.
/// </summary>
/// <remarks>
/// Invariant: between two requests what an application may have kept does not reach the next one: the response has
/// ended, headers are frozen, features that are set, writer, reader and streams fail. Once another request uses the
/// same objects, what was kept can not be told from that request's own, which is one of the same client.
/// </remarks>
internal sealed class HttpExchange
{
    private readonly IExchangeOutput _output;
    private readonly StartingCallbacks _starting;
    private readonly Callbacks _completed = new();
    private PeerFeature? _peer;
    private EndpointFeature? _endpoint;
    private RouteValuesFeature? _routeValues;
    private RequestBodyPipeFeature? _bodyPipe;
    private BadRequestFeature? _badRequest;
    private ResponseTrailersFeature? _trailers;
    private string? _identifier;

    /// <param name="shared">What all requests of the server share.</param>
    /// <param name="input">The way in.</param>
    /// <param name="output">The way out.</param>
    /// <param name="ofVersion">Features that only this version of the protocol has.</param>
    internal HttpExchange(
        ExchangeContext shared, IExchangeInput input, IExchangeOutput output,
        params ReadOnlySpan<KeyValuePair<Type, object>> ofVersion)
    {
        Shared = shared;
        Input = input;
        _output = output;
        RequestHeaders = new HeaderTable(HeaderRole.Request);
        ResponseHeaders = new HeaderTable(HeaderRole.Response, Server.Options.ResponseEncodings);
        Body = new ResponseBody(this, output);
        _starting = new StartingCallbacks(Body.Gate);
        RequestStream = new RequestStream(this);
        ResponseStream = new ResponseStream(this);
        Request = new RequestFeature(this);
        Response = new ResponseFeature(this);
        Lifetime = new LifetimeFeature(this);
        Features = shared.Application.CreateFeatures();
        Features.Serve(this, ofVersion);
    }

    internal ExchangeContext Shared { get; }

    internal ServerContext Server => Shared.Server;

    internal FeatureTable Features { get; }

    internal IExchangeInput Input { get; }

    internal HeaderTable RequestHeaders { get; }

    internal HeaderTable ResponseHeaders { get; }

    internal ResponseBody Body { get; }

    internal RequestStream RequestStream { get; }

    internal ResponseStream ResponseStream { get; }

    internal RequestFeature Request { get; }

    internal ResponseFeature Response { get; }

    internal LifetimeFeature Lifetime { get; }

    internal PeerFeature Peer => _peer ??= new PeerFeature(this);

    internal EndpointFeature Endpoint => _endpoint ??= new EndpointFeature(this);

    /// <summary>From another thread, at any time: what routing has found so far.</summary>
    internal Endpoint? EndpointSoFar => Volatile.Read(ref _endpoint)?.Endpoint;

    internal RouteValuesFeature RouteValues => _routeValues ??= new RouteValuesFeature(this);

    internal RequestBodyPipeFeature BodyPipe => _bodyPipe ??= new RequestBodyPipeFeature(this);

    internal BadRequestFeature BadRequest => _badRequest ??= new BadRequestFeature();

    internal ResponseTrailersFeature ResponseTrailers => _trailers ??= new ResponseTrailersFeature(this);

    /// <summary>True when the response has at least one trailer.</summary>
    internal bool HasTrailers => _trailers?.HasAny == true;

    /// <summary>The connection of the request that runs; null between two requests.</summary>
    internal ServerConnection Connection { get; private set; } = null!;

    /// <summary>The same, for what makes no sense without one.</summary>
    /// <exception cref="ObjectDisposedException">The request is over.</exception>
    internal ServerConnection RunningOn
    {
        get
        {
            ThrowIfOver();
            return Connection;
        }
    }

    internal ResponseStage Stage { get; private set; }

    internal bool HasStarted => Stage != ResponseStage.Open;

    internal bool AllowSynchronousIO { get; set; }

    /// <summary>The least rate of this request's body; null: none.</summary>
    internal MinDataRate? MinRequestBodyDataRate { get; set; }

    /// <summary>The least rate at which the client takes this response; null: none.</summary>
    internal MinDataRate? MinResponseDataRate { get; set; }

    /// <summary>The method as it was received: middleware may change what the application sees.</summary>
    internal string ReceivedMethod { get; private set; } = "";

    internal int StatusCode => Response.StatusCode;

    internal bool ForbidsBody => ResponseRules.ForbidsBody(Response.StatusCode);

    /// <summary>True while trailers that are added would reach the client, as far as is known.</summary>
    internal bool TakesTrailers =>
        _output.TakesTrailers && Stage != ResponseStage.Ended && (HasStarted || DeclaredLength is null);

    internal long? DeclaredLength => Response.Headers.ContentLength;

    /// <summary>True while something waits for the start, which may change status and headers.</summary>
    internal bool MayChangeHead => !_starting.IsEmpty;

    /// <summary>The application frames the body itself: a length that it declared besides is not sent.</summary>
    internal bool HasOwnFraming => _output.KnowsTransferEncoding && Response.Headers.TransferEncoding.Count > 0;

    /// <summary>True once the connection is the application's, in both directions.</summary>
    internal bool IsUpgraded { get; set; }

    /// <summary>True while the request counts among those that run at once.</summary>
    internal bool IsAdmitted { get; set; }

    /// <summary>Why the body was given up; the connection can not go on.</summary>
    internal Exception? Failure { get; private set; }

    /// <summary>True once nobody will take the response.</summary>
    internal bool IsClientGone => _output.IsClosed;

    internal IDictionary<object, object?> PersistentState => _output.PersistentState;

    internal bool HasCompletedCallbacks => !_completed.IsEmpty;

    internal string Identifier
    {
        get => _identifier ??= MakeIdentifier();
        set
        {
            ThrowIfOver();
            _identifier = value;
        }
    }

    internal uint RequestNumber { get; private set; }

    /// <summary>The path as it was received: middleware may change what the application sees.</summary>
    internal string ReceivedPath { get; set; } = "";

    /// <summary>A request begins.</summary>
    /// <param name="connection">Where it came.</param>
    /// <param name="method">As it was received.</param>
    /// <param name="number">The request's, unique on the connection.</param>
    internal void Attach(ServerConnection connection, string method, uint number)
    {
        Connection = connection;
        Stage = ResponseStage.Open;
        ReceivedMethod = method;
        RequestNumber = number;
        AllowSynchronousIO = Server.Options.AllowSynchronousIO;
        MinRequestBodyDataRate = connection.Limits.MinRequestBodyDataRate;
        MinResponseDataRate = connection.Limits.MinResponseDataRate;
        Features.Attach(connection);
        RequestHeaders.Thaw();
        ResponseHeaders.Thaw();
        Body.Begin();
        RequestStream.Enable();
        ResponseStream.Enable();
    }

    internal void OnStarting(Func<object, Task> callback, object state)
    {
        ArgumentNullException.ThrowIfNull(callback);
        lock (Body.Gate)
        {
            if (HasStarted) throw new InvalidOperationException("The response has already started.");
            _starting.Add(callback, state);
        }
    }

    internal void OnCompleted(Func<object, Task> callback, object state)
    {
        ArgumentNullException.ThrowIfNull(callback);
        ThrowIfOver();
        _completed.Add(callback, state);
    }

    /// <summary>Sends a response before the response, unless that has started.</summary>
    /// <returns>False when it is too late.</returns>
    internal bool TrySendInformational(
        int statusCode, HeaderTable fields, CancellationToken cancellation, out ValueTask<FlushResult> sent)
    {
        lock (Body.Gate)
        {
            sent = default;
            if (HasStarted) return false;
            if (_output.TryWriteInformational(statusCode, fields)) sent = Body.FlushOutputAsync(cancellation);
            return true;
        }
    }

    /// <summary>Tells a client that waits for it to go on with its body (RFC 9110 §10.1.1).</summary>
    /// <returns>False when the response has started, so that it learns from that.</returns>
    internal bool TryContinue(out ValueTask<FlushResult> sent) =>
        TrySendInformational(StatusCodes.Status100Continue, HeaderTable.None, CancellationToken.None, out sent);

    /// <summary>
    /// Runs what waits for the start, then encodes the head. Does nothing when the response has started.
    /// </summary>
    /// <param name="bodyEnds">No further body bytes will come.</param>
    internal ValueTask StartAsync(bool bodyEnds)
    {
        lock (Body.Gate)
        {
            if (TryStartAtOnce(bodyEnds)) return default;
        }
        return StartSlowlyAsync(bodyEnds);
    }

    /// <summary>
    /// Encodes the head unless something waits for the start, or it has started. Under the body's gate.
    /// </summary>
    /// <returns>True when the response has started.</returns>
    internal bool TryStartAtOnce(bool bodyEnds)
    {
        if (HasStarted) return true;
        if (MayChangeHead) return false;
        StartNow(bodyEnds);
        return true;
    }

    /// <summary>
    /// Waits for a start that nobody has waited for: what it does to the head belongs to this response, and must not
    /// reach the next one.
    /// </summary>
    internal Task WhenStarted() => _starting.WhenRun();

    /// <summary>
    /// Ends the response: starts it when it has not, checks its length, ends its body. Does not flush.
    /// </summary>
    /// <exception cref="InvalidOperationException">The body is shorter than declared.</exception>
    internal ValueTask EndAsync()
    {
        lock (Body.Gate)
        {
            if (TryEndAtOnce()) return default;
        }
        return EndSlowlyAsync();
    }

    internal async ValueTask EndAndFlushAsync()
    {
        if (Connection is null) return;
        await EndAsync();
        await Body.FlushOutputAsync(CancellationToken.None);
    }

    /// <summary>
    /// Ends the response if that needs no waiting; otherwise the server ends it after the application.
    /// </summary>
    internal void EndWhenPossible()
    {
        lock (Body.Gate) TryEndAtOnce();
    }

    /// <summary>Ends a response that has neither callbacks nor a body, which needs no waiting.</summary>
    internal void EndBare()
    {
        lock (Body.Gate)
        {
            StartNow(bodyEnds: true);
            EndNow();
        }
    }

    /// <summary>It stays without its end: nothing is written for it any more.</summary>
    internal void CutOff()
    {
        lock (Body.Gate) Body.Close();
    }

    /// <summary>Gives the body up: it will not be ended properly.</summary>
    internal void Fail(Exception error)
    {
        if (Connection is not null) Failure ??= error;
    }

    /// <summary>Gives the exchange up at once: the client sees that the response is not whole.</summary>
    internal void Abort(ConnectionEndReason reason, string text) => _output.Abort(reason, text);

    /// <summary>From now on <see cref="IsClientGone"/> is told to the lifetime.</summary>
    internal void WatchForClose() => _output.WatchForClose();

    /// <summary>Replaces an unstarted response by a bare one with this status.</summary>
    internal void ReplaceByError(int statusCode)
    {
        lock (Body.Gate)
        {
            _starting.Clear();
            Body.Discard();
            ResponseHeaders.Reset();
            _trailers?.Reset();
            Response.Replace(statusCode, ResponseHeaders);
        }
    }

    /// <summary>Runs what waits for the end. A fault is logged and does not stop the others.</summary>
    internal async ValueTask RunCompletedAsync()
    {
        while (_completed.TryTake(out Func<object, Task> callback, out object state))
        {
            try
            {
                await callback(state);
            }
            catch (Exception error)
            {
                Server.Log.CallbackFailed(error, Connection.Id, Identifier);
            }
        }
    }

    /// <summary>Forgets the request and its connection.</summary>
    internal void Reset()
    {
        RequestStream.Disable();
        ResponseStream.Disable();
        Lifetime.Reset();
        Features.Reset();
        Request.Reset();
        Response.Reset();
        _peer?.Reset();
        _endpoint?.Reset();
        _routeValues?.Reset();
        _bodyPipe?.Reset();
        _badRequest?.Reset();
        _trailers?.Reset();
        Body.Reset();
        RequestHeaders.Reset();
        RequestHeaders.Freeze();
        ResponseHeaders.Reset();
        ResponseHeaders.Freeze();
        _starting.Clear();
        _completed.Clear();
        _identifier = null;
        Failure = null;
        IsUpgraded = false;
        Stage = ResponseStage.Ended;
        Connection = null!;
    }

    /// <summary>What is set between two requests would be the next one's.</summary>
    internal void ThrowIfOver() => ObjectDisposedException.ThrowIf(Connection is null, typeof(HttpContext));

    private string MakeIdentifier() =>
        string.Create(CultureInfo.InvariantCulture, $"{RunningOn.Id}:{RequestNumber:X8}");

    private void StartNow(bool bodyEnds)
    {
        if (!ReferenceEquals(Response.Headers, ResponseHeaders)) CopyForeignHeaders();
        Body.CheckAgainstHead(StatusCode, ResponseHeaders.ContentLength);
        _output.WriteHead(bodyEnds);
        ResponseHeaders.Freeze();
        Stage = ResponseStage.Started;
        Body.Open(swallows: HttpMethods.IsHead(ReceivedMethod));
    }

    private void CopyForeignHeaders()
    {
        ResponseHeaders.Reset();
        foreach (var (name, value) in Response.Headers) ResponseHeaders[name] = value;
    }

    /// <summary>
    /// The whole body is known: a wrong length must show as an error and not as a head without its body.
    /// </summary>
    private void CheckWhole()
    {
        if (HttpMethods.IsHead(ReceivedMethod) || ForbidsBody) return;
        Body.CheckAgainstHead(StatusCode, DeclaredLength);
        Body.CheckComplete();
    }

    private bool TryEndAtOnce()
    {
        if (Stage == ResponseStage.Ended) return true;
        if (MayChangeHead && !HasStarted) return false;
        if (!HasStarted) CheckWhole();
        _ = TryStartAtOnce(bodyEnds: Body.IsEmpty);
        EndNow();
        return true;
    }

    private void EndNow()
    {
        Body.TakeRest();
        if (!ForbidsBody) Body.CheckComplete();
        _output.WriteEnd();
        Body.Close();
        Stage = ResponseStage.Ended;
    }

    private async ValueTask StartSlowlyAsync(bool bodyEnds)
    {
        uint number = RequestNumber;
        await _starting.RunAsync();
        lock (Body.Gate)
        {
            if (!HasStarted && number == RequestNumber) StartNow(bodyEnds && Body.IsEmpty);
        }
    }

    private async ValueTask EndSlowlyAsync()
    {
        uint number = RequestNumber;
        while (true)
        {
            await _starting.RunAsync();
            lock (Body.Gate)
            {
                if (number != RequestNumber || TryEndAtOnce()) return;
            }
        }
    }
}
