using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Tipi.Hosting.Connections;

namespace Tipi.Hosting.Exchange;

/// <summary>
/// One request and its response, whatever the protocol's version: puts together what the application sees of them, for
/// the protocol that serves them. Used again by the same connection only; between two requests it belongs to none.
/// </summary>
/// <remarks>
/// Invariant: between two requests what an application may have kept does not reach the next one: the response has
/// ended, headers are frozen, features that are set, writer, reader and streams fail. Once another request uses the
/// same objects, what was kept cannot be told from that request's own, which is one of the same client.
/// </remarks>
internal sealed class HttpExchange
{
    private readonly IExchangeOutput _output;
    private readonly ServedFeatures _served;

    /// <param name="shared">What all requests of the server share.</param>
    /// <param name="input">The way in.</param>
    /// <param name="output">The way out.</param>
    /// <param name="ofVersion">Features that only this version of the protocol has.</param>
    internal HttpExchange(
        ExchangeContext shared, IExchangeInput input, IExchangeOutput output,
        params ReadOnlySpan<KeyValuePair<Type, object>> ofVersion)
    {
        _output = output;
        Shared = shared;
        Features = shared.Application.CreateFeatures();
        Running = new RunningRequest(shared.Server, input);
        Lifecycle = new ResponseLifecycle(Running, output, Features);
        Response = Lifecycle.Response;
        _served = new ServedFeatures(Running, Lifecycle, output);
        Features.Serve(_served, ofVersion);
    }

    internal ExchangeContext Shared { get; }

    internal ServerContext Server => Shared.Server;

    internal FeatureTable Features { get; }

    // ---- the request ----

    internal RunningRequest Running { get; }

    /// <summary>The request as the application sees it.</summary>
    internal RequestFeature Request => _served.Request;

    internal HeaderTable RequestHeaders => Running.Headers;

    /// <summary>The connection of the request that runs; null between two requests.</summary>
    internal ServerConnection Connection => Running.Connection;

    internal uint RequestNumber => Running.Number;

    internal string Identifier => Running.Identifier;

    /// <inheritdoc cref="RunningRequest.ReceivedMethod"/>
    internal string ReceivedMethod => Running.ReceivedMethod;

    /// <inheritdoc cref="RunningRequest.ReceivedPath"/>
    internal string ReceivedPath
    {
        get => Running.ReceivedPath;
        set => Running.ReceivedPath = value;
    }

    /// <inheritdoc cref="RunningRequest.MinRequestBodyDataRate"/>
    internal MinDataRate? MinRequestBodyDataRate
    {
        get => Running.MinRequestBodyDataRate;
        set => Running.MinRequestBodyDataRate = value;
    }

    /// <inheritdoc cref="RunningRequest.MinResponseDataRate"/>
    internal MinDataRate? MinResponseDataRate
    {
        get => Running.MinResponseDataRate;
        set => Running.MinResponseDataRate = value;
    }

    /// <inheritdoc cref="RunningRequest.IsUpgraded"/>
    internal bool IsUpgraded => Running.IsUpgraded;

    /// <inheritdoc cref="RunningRequest.Failure"/>
    internal Exception? Failure => Running.Failure;

    internal LifetimeFeature Lifetime => _served.Lifetime;

    internal EndpointFeature Endpoint => _served.Endpoint;

    /// <inheritdoc cref="ServedFeatures.EndpointSoFar"/>
    internal Endpoint? EndpointSoFar => _served.EndpointSoFar;

    internal BadRequestFeature BadRequest => _served.BadRequest;

    // ---- the response ----

    internal ResponseLifecycle Lifecycle { get; }

    internal ResponseFeature Response { get; }

    internal HeaderTable ResponseHeaders => Response.OwnHeaders;

    internal ResponseBody Body => Lifecycle.Body;

    internal ResponseTrailersFeature ResponseTrailers => Lifecycle.Trailers;

    /// <inheritdoc cref="ResponseLifecycle.HasTrailers"/>
    internal bool HasTrailers => Lifecycle.HasTrailers;

    internal bool HasStarted => Response.HasStarted;

    internal int StatusCode => Response.StatusCode;

    internal bool ForbidsBody => Response.ForbidsBody;

    /// <summary>True once nobody will take the response.</summary>
    internal bool IsClientGone => _output.IsClosed;

    internal bool HasCompletedCallbacks => Running.HasCompletedCallbacks;

    /// <summary>A request begins.</summary>
    /// <param name="connection">Where it came.</param>
    /// <param name="method">As it was received.</param>
    /// <param name="number">The request's, unique on the connection.</param>
    internal void Attach(ServerConnection connection, string method, uint number)
    {
        Running.Begin(connection, method, number);
        Features.Attach(connection);
        Lifecycle.Begin();
        _served.Begin();
    }

    /// <summary>Tells a client that waits for it to go on with its body (RFC 9110 §10.1.1).</summary>
    /// <returns>False when the response has started, so that it learns from that.</returns>
    internal bool TryContinue(out ValueTask<FlushResult> sent) =>
        Lifecycle.TrySendInformational(
            StatusCodes.Status100Continue, HeaderTable.None, CancellationToken.None, out sent);

    /// <inheritdoc cref="RunningRequest.RunCompletedAsync"/>
    internal ValueTask RunCompletedAsync() => Running.RunCompletedAsync();

    /// <summary>Forgets the request and its connection.</summary>
    internal void Reset()
    {
        _served.Reset();
        Features.Reset();
        Lifecycle.Reset();
        Running.Reset();
    }
}
