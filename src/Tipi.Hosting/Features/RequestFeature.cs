using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Tipi.Hosting.Exchange;

namespace Tipi.Hosting.Features;

/// <summary>The request as the application sees and may change it.</summary>
internal sealed class RequestFeature : IHttpRequestFeature
{
    private readonly HttpExchange _exchange;

    internal RequestFeature(HttpExchange exchange)
    {
        _exchange = exchange;
        Headers = exchange.RequestHeaders;
        Body = exchange.RequestStream;
    }

    public string Protocol { get; set; } = "";

    public string Scheme { get; set; } = "";

    public string Method { get; set; } = "";

    public string PathBase { get; set; } = "";

    public string Path { get; set; } = "";

    public string QueryString { get; set; } = "";

    public string RawTarget { get; set; } = "";

    public IHeaderDictionary Headers { get; set; }

    public Stream Body { get; set; }

    internal void Reset()
    {
        PathBase = "";
        Headers = _exchange.RequestHeaders;
        Body = _exchange.RequestStream;
    }
}
