using Microsoft.AspNetCore.Http.Features;

namespace Tipi.Hosting.Exchange;

/// <summary>Whether the request may have a body.</summary>
internal sealed class BodyDetectionFeature(IExchangeInput input) : IHttpRequestBodyDetectionFeature
{
    public bool CanHaveBody => input.CanHaveBody;
}
