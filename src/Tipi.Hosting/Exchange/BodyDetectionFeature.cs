using Microsoft.AspNetCore.Http.Features;

namespace Tipi.Hosting.Exchange;

/// <summary>Whether the request may have a body.</summary>
internal sealed class BodyDetectionFeature(HttpExchange exchange) : IHttpRequestBodyDetectionFeature
{
    public bool CanHaveBody => exchange.Input.CanHaveBody;
}
