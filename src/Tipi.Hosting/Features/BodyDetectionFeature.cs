using Microsoft.AspNetCore.Http.Features;
using Tipi.Hosting.Exchange;

namespace Tipi.Hosting.Features;

/// <summary>Whether the request may have a body.</summary>
internal sealed class BodyDetectionFeature(HttpExchange exchange) : IHttpRequestBodyDetectionFeature
{
    public bool CanHaveBody => exchange.Input.CanHaveBody;
}
