using Microsoft.AspNetCore.Http.Features;

namespace Tipi.Hosting.Exchange;

/// <summary>Connection and number of the request, made when somebody asks.</summary>
internal sealed class IdentifierFeature(HttpExchange exchange) : IHttpRequestIdentifierFeature
{
    public string TraceIdentifier
    {
        get => exchange.Identifier;
        set => exchange.Identifier = value;
    }
}
