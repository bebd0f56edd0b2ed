using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Tipi.Hosting.Exchange;

/// <summary>The fields behind the request's body, once that was read to its end.</summary>
internal sealed class TrailersFeature(IExchangeInput input) : IHttpRequestTrailersFeature
{
    public bool Available => input.Trailers is not null;

    public IHeaderDictionary Trailers =>
        input.Trailers
        ?? throw new InvalidOperationException("Trailers are available once the request body was read to its end.");
}
