
namespace Tipi.Hosting.Exchange;

/// <summary>Makes the features that an exchange serves itself.</summary>
internal static class ServedFeatures
{
    /// <summary>In the order of <see cref="FeatureSlots"/>.</summary>
    private static readonly Func<HttpExchange, object>[] s_makers =
    [
        static exchange => exchange.Request,
        static exchange => exchange.Response,
        static exchange => new ResponseBodyFeature(exchange),
        static exchange => exchange.BodyPipe,
        static exchange => new IdentifierFeature(exchange),
        static exchange => exchange.Peer,
        static exchange => exchange.Lifetime,
        static exchange => new BodyDetectionFeature(exchange),
        static exchange => new TrailersFeature(exchange),
        static exchange => new UpgradeFeature(exchange),
        static exchange => new MaxBodySizeFeature(exchange),
        static exchange => new BodyControlFeature(exchange),
        static exchange => exchange.BadRequest,
        static exchange => exchange.RouteValues,
        static exchange => exchange.Endpoint,
        static exchange => new PersistentStateFeature(exchange),
        static exchange => new DataRateFeature(exchange),
        static exchange => new DataRateFeature(exchange),
        static exchange => new ExtendedConnectFeature(exchange),
        static exchange => new ExtendedConnectFeature(exchange),
        static exchange => exchange.ResponseTrailers,
        static exchange => new InformationalResponseFeature(exchange),
    ];

    internal static object Make(int slot, HttpExchange exchange) => s_makers[slot](exchange);
}
