using Microsoft.AspNetCore.Http;

namespace Tipi.Hosting.Exchange;

/// <summary>
/// The features that an exchange serves itself. Those that most requests need are there from the start; the others are
/// made when somebody asks for them, and are kept for later requests.
/// </summary>
internal sealed class ServedFeatures
{
    /// <summary>In the order of <see cref="FeatureSlots"/>.</summary>
    private static readonly Func<ServedFeatures, object>[] s_makers =
    [
        static served => served.Request,
        static served => served._lifecycle.Response,
        static served => new ResponseBodyFeature(served._lifecycle, served.ResponseStream),
        static served => served.BodyPipe,
        static served => new IdentifierFeature(served._running),
        static served => served.Peer,
        static served => served.Lifetime,
        static served => new BodyDetectionFeature(served._running.Input),
        static served => new TrailersFeature(served._running.Input),
        static served => served.MakeUpgrade(),
        static served => new MaxBodySizeFeature(served._running),
        static served => new BodyControlFeature(served._running),
        static served => served.BadRequest,
        static served => served.RouteValues,
        static served => served.Endpoint,
        static served => new PersistentStateFeature(served._running, served._output),
        static served => new DataRateFeature(served._running),
        static served => new DataRateFeature(served._running),
        static served => served.MakeExtendedConnect(),
        static served => served.MakeExtendedConnect(),
        static served => served._lifecycle.Trailers,
        static served => new InformationalResponseFeature(served._running, served._lifecycle),
    ];

    private readonly RunningRequest _running;
    private readonly ResponseLifecycle _lifecycle;
    private readonly IExchangeOutput _output;
    private PeerFeature? _peer;
    private EndpointFeature? _endpoint;
    private RouteValuesFeature? _routeValues;
    private RequestBodyPipeFeature? _bodyPipe;
    private BadRequestFeature? _badRequest;

    internal ServedFeatures(RunningRequest running, ResponseLifecycle lifecycle, IExchangeOutput output)
    {
        _running = running;
        _lifecycle = lifecycle;
        _output = output;
        RequestStream = new RequestStream(running);
        ResponseStream = new ResponseStream(running, lifecycle.Body);
        Request = new RequestFeature(running, RequestStream);
        Lifetime = new LifetimeFeature(running, output);
    }

    internal RequestFeature Request { get; }

    internal LifetimeFeature Lifetime { get; }

    internal EndpointFeature Endpoint => _endpoint ??= new EndpointFeature(_running);

    /// <summary>From another thread, at any time: what routing has found so far.</summary>
    internal Endpoint? EndpointSoFar => Volatile.Read(ref _endpoint)?.Endpoint;

    internal BadRequestFeature BadRequest => _badRequest ??= new BadRequestFeature();

    private RequestStream RequestStream { get; }

    private ResponseStream ResponseStream { get; }

    private PeerFeature Peer => _peer ??= new PeerFeature(_running);

    private RouteValuesFeature RouteValues => _routeValues ??= new RouteValuesFeature(_running);

    private RequestBodyPipeFeature BodyPipe =>
        _bodyPipe ??= new RequestBodyPipeFeature(_running, Request, RequestStream);

    /// <summary>The feature of one of the first slots.</summary>
    internal object Make(int slot) => s_makers[slot](this);

    /// <summary>A request begins.</summary>
    internal void Begin()
    {
        RequestStream.Enable();
        ResponseStream.Enable();
    }

    /// <summary>Forgets what the application set; its streams fail from now on.</summary>
    internal void Reset()
    {
        RequestStream.Disable();
        ResponseStream.Disable();
        Lifetime.Reset();
        Request.Reset();
        _peer?.Reset();
        _endpoint?.Reset();
        _routeValues?.Reset();
        _bodyPipe?.Reset();
        _badRequest?.Reset();
    }

    private UpgradeFeature MakeUpgrade() => new(_running, _lifecycle, RequestStream, ResponseStream);

    private ExtendedConnectFeature MakeExtendedConnect() =>
        new(_running, _lifecycle, RequestStream, ResponseStream);
}
