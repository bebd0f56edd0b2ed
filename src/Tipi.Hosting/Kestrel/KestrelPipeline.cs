using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Tipi.Hosting.Tls;

namespace Tipi.Hosting.Kestrel;

/// <summary>
/// What an endpoint's connections go through by what Kestrel was told: the same steps in the same order, but for
/// <c>UseHttps</c>, in whose place Tipi encrypts by the same options. Kestrel's own step runs on Kestrel's connections
/// only.
/// </summary>
internal sealed class KestrelPipeline
{
    private const string HttpsStep = "Microsoft.AspNetCore.Server.Kestrel.Https.Internal.HttpsConnectionMiddleware";

    private readonly ListenOptions _told;
    private readonly TipiListenOptions _endpoint;
    private readonly TlsGate? _gate;

    private KestrelPipeline(ListenOptions told, TipiListenOptions endpoint)
    {
        _told = told;
        _endpoint = endpoint;
        if (PolicyOf(told) is { } policy) _gate = endpoint.AddGate(policy);
    }

    /// <summary>Makes an endpoint what Kestrel was told.</summary>
    /// <exception cref="InvalidOperationException">The endpoint has TLS already.</exception>
    internal static void Add(ListenOptions told, TipiListenOptions endpoint)
    {
        endpoint.OnBound = bound => KestrelAccess.SetEndPoint(told, bound);
        if (KestrelAccess.HasOwnProtocols(told)) endpoint.Protocols = told.Protocols;
        var pipeline = new KestrelPipeline(told, endpoint);
        if (KestrelAccess.Steps(told).Count > 0) endpoint.Use(pipeline.Build);
    }

    private static TlsPolicy? PolicyOf(ListenOptions told)
    {
        if (KestrelAccess.HandshakeOptions(told) is { } callback) return new KestrelCallbackPolicy(callback);
        return KestrelAccess.HttpsOptions(told) is { } options
            ? new OptionsPolicy(() => new HttpsSetup(options) { MayDefault = false })
            : null;
    }

    private ConnectionDelegate Build(ConnectionDelegate last)
    {
        ConnectionDelegate pipeline = last;
        int encrypting = 0;
        List<Func<ConnectionDelegate, ConnectionDelegate>> steps = KestrelAccess.Steps(_told);
        for (int i = steps.Count - 1; i >= 0; i--)
        {
            ConnectionDelegate next = pipeline;
            pipeline = steps[i](next);
            if (pipeline.Target?.GetType().FullName != HttpsStep) continue;
            encrypting++;
            pipeline = connection => _gate!.RunAsync(connection, next);
        }
        bool isTls = _gate is not null || KestrelAccess.IsTls(_told);
        // Whether a step is lost, or two of them would follow one another's options: it would not be what was asked.
        if (encrypting != (isTls ? 1 : 0) || isTls != (_gate is not null))
            throw new InvalidOperationException(
                $"Cannot listen on {_endpoint}: UseHttps was called for Kestrel "
                + (encrypting > 1 ? "more than once" : "in a way that Tipi cannot take over")
                + $", by {KestrelRegistrants.Of(_endpoint.ApplicationServices)}. Call it once, or move the endpoint to "
                + "Tipi: UseTipi(options => options.Listen(…, endpoint => endpoint.UseHttps(…))).");
        return pipeline;
    }
}
