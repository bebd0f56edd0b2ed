using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Tipi.Hosting.Features;

/// <summary>The endpoint that routing chose.</summary>
internal sealed class EndpointFeature : IEndpointFeature
{
    public Endpoint? Endpoint { get; set; }

    internal void Reset() => Endpoint = null;
}
