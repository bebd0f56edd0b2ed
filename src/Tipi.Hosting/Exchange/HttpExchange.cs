using System.Globalization;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Tipi.Hosting.Connections;
using Tipi.Hosting.Diagnostics;
using Tipi.Hosting.Features;

namespace Tipi.Hosting.Exchange;

/// <summary>
/// One request and its response, whatever the protocol's version: what the application sees, and in what order it may
/// change it. Pooled; between two requests it belongs to no connection.
/// </summary>
/// <remarks>
/// Invariant: between two requests what an application may have kept does not reach the next one: the response has
/// ended, headers are frozen, writer, reader and streams fail. Once another request uses the same objects, what was
/// kept can not be told from that request's own.
/// </remarks>
internal sealed class HttpExchange
{
    private readonly IExchangeOutput _output;
    private readonly Callbacks _starting = new();
    private readonly Callbacks _completed = new();
    private string? _identifier;

    /// <param name="server">The server.</param>
    /// <param name="input">The way in.</param>
    /// <param name="output">The way out.</param>
    /// <param name="ofVersion">Features that only this version of the protocol has.</param>
    internal HttpExchange(
        ServerContext server, IExchangeInput input, IExchangeOutput output,
        params ReadOnlySpan<KeyValuePair<Type, object>> ofVersion)
    {
        Server = server;
        Input = input;
        _output = output;
        RequestHeaders = new HeaderTable(HeaderRole.Request);
        ResponseHeaders = new HeaderTable(HeaderRole.Response, server.Options.ResponseEncodings);
        Body = new ResponseBody(this, output);
        RequestStream = new RequestStream(this);
        ResponseStream = new ResponseStream(this);
        Request = new RequestFeature(this);
        Response = new ResponseFeature(this);
        Lifetime = new LifetimeFeature(this);
        Peer = new PeerFeature(this);
        Endpoint = new EndpointFeature();
        RouteValues = new RouteValuesFeature();
        BadRequest = new BadRequestFeature();
        ResponseTrailers = new ResponseTrailersFeature(this);
        var rates = new DataRateFeature(this);
        var connect = new ExtendedConnectFeature(this);
        Features = server.Application.CreateFeatures();
        Features.Serve([
            Request, Response, new ResponseBodyFeature(this), new RequestBodyPipeFeature(this),
            new IdentifierFeature(this), Peer, Lifetime, new BodyDetectionFeature(this),
            new TrailersFeature(this), new UpgradeFeature(this), new MaxBodySizeFeature(this),
            new BodyControlFeature(this), BadRequest, RouteValues, Endpoint, new PersistentStateFeature(this),
            rates, rates, connect, connect,
            ResponseTrailers, new InformationalResponseFeature(this)], ofVersion);
    }

    internal ServerContext Server { get; }

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

    internal PeerFeature Peer { get; }

    internal EndpointFeature Endpoint { get; }

    internal RouteValuesFeature RouteValues { get; }

    internal BadRequestFeature BadRequest { get; }

    internal ResponseTrailersFeature ResponseTrailers { get; }

    /// <summary>The connection of the request that runs; null between two requests.</summary>
    internal ServerConnection Connection { get; private set; } = null!;

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
        set => _identifier = value;
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
        if (HasStarted) throw new InvalidOperationException("The response has already started.");
        _starting.Add(callback, state);
    }

    internal void OnCompleted(Func<object, Task> callback, object state)
    {
        ArgumentNullException.ThrowIfNull(callback);
        ObjectDisposedException.ThrowIf(Connection is null, typeof(HttpContext));
        _completed.Add(callback, state);
    }

    internal ValueTask<FlushResult> SendInformationalAsync(
        int statusCode, HeaderTable fields, CancellationToken cancellation) =>
        _output.SendInformationalAsync(statusCode, fields, cancellation);

    /// <summary>
    /// Runs what waits for the start, then encodes the head. Does nothing when the response has started.
    /// </summary>
    /// <param name="bodyEnds">No further body bytes will come.</param>
    internal ValueTask StartAsync(bool bodyEnds)
    {
        if (HasStarted) return default;
        if (!_starting.IsEmpty) return StartSlowlyAsync(bodyEnds);
        StartNow(bodyEnds);
        return default;
    }

    /// <summary>
    /// Ends the response: starts it when it has not, checks its length, ends its body. Does not flush.
    /// </summary>
    /// <exception cref="InvalidOperationException">The body is shorter than declared.</exception>
    internal ValueTask EndAsync()
    {
        if (Stage == ResponseStage.Ended) return default;
        ValueTask start = HasStarted ? default : StartForEndAsync();
        if (!start.IsCompletedSuccessfully) return EndSlowlyAsync(start);
        EndNow();
        return default;
    }

    internal async ValueTask EndAndFlushAsync()
    {
        if (Connection is null) return;
        await EndAsync();
        await _output.FlushAsync(CancellationToken.None);
    }

    /// <summary>
    /// Ends the response if that needs no waiting; otherwise the server ends it after the application.
    /// </summary>
    internal void EndWhenPossible()
    {
        if (Stage == ResponseStage.Ended || !_starting.IsEmpty) return;
        if (!HasStarted) StartNow(bodyEnds: Body.IsEmpty);
        EndNow();
    }

    /// <summary>Ends a response that has neither callbacks nor a body, which needs no waiting.</summary>
    internal void EndBare()
    {
        StartNow(bodyEnds: true);
        EndNow();
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
        _starting.Clear();
        Body.Discard();
        ResponseHeaders.Reset();
        ResponseTrailers.Reset();
        Response.Replace(statusCode, ResponseHeaders);
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
        Peer.Reset();
        Endpoint.Reset();
        RouteValues.Reset();
        BadRequest.Reset();
        ResponseTrailers.Reset();
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

    private string MakeIdentifier() =>
        string.Create(CultureInfo.InvariantCulture, $"{Connection.Id}:{RequestNumber:X8}");

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

    private ValueTask StartForEndAsync()
    {
        // The whole body is known: a wrong length must show as an error and not as a head without its body.
        if (!HttpMethods.IsHead(ReceivedMethod) && !ForbidsBody)
        {
            Body.CheckAgainstHead(StatusCode, DeclaredLength);
            Body.CheckComplete();
        }
        return StartAsync(bodyEnds: Body.IsEmpty);
    }

    private void EndNow()
    {
        if (!ForbidsBody) Body.CheckComplete();
        _output.WriteEnd();
        Body.Close();
        Stage = ResponseStage.Ended;
    }

    private async ValueTask StartSlowlyAsync(bool bodyEnds)
    {
        try
        {
            while (_starting.TryTake(out Func<object, Task> callback, out object state)) await callback(state);
        }
        catch (Exception error)
        {
            // Whoever tries to start it after this fails alike: what should have been done to the head was not.
            _starting.Add(static fault => Task.FromException((Exception)fault), error);
            throw;
        }
        if (!HasStarted) StartNow(bodyEnds && Body.IsEmpty);
    }

    private async ValueTask EndSlowlyAsync(ValueTask start)
    {
        await start;
        EndNow();
    }
}
