using Microsoft.AspNetCore.Http.Features;

namespace Tipi.Hosting.Exchange;

/// <summary>Connection and number of the request, made when somebody asks.</summary>
internal sealed class IdentifierFeature(RunningRequest request) : IHttpRequestIdentifierFeature
{
    public string TraceIdentifier
    {
        get => request.Identifier;
        set => request.Identifier = value;
    }
}
