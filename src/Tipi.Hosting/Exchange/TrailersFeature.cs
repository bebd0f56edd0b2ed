using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Tipi.Hosting.Exchange;

/// <summary>The fields behind the request's body, once that was read to its end.</summary>
internal sealed class TrailersFeature(HttpExchange exchange) : IHttpRequestTrailersFeature
{
    public bool Available => exchange.Input.Trailers is not null;

    public IHeaderDictionary Trailers =>
        exchange.Input.Trailers
        ?? throw new InvalidOperationException("Trailers are known once the request's body was read to its end.");
}
