using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Tipi.Hosting.Exchange;

/// <summary>The endpoint that routing chose.</summary>
internal sealed class EndpointFeature(RunningRequest request) : IEndpointFeature
{
    private Endpoint? _endpoint;

    public Endpoint? Endpoint
    {
        get => _endpoint;
        set
        {
            request.ThrowIfOver();
            _endpoint = value;
        }
    }

    internal void Reset() => _endpoint = null;
}
