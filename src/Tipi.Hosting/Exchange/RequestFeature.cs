using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Tipi.Hosting.Exchange;

/// <summary>The request as the application sees and may change it.</summary>
internal sealed class RequestFeature : IHttpRequestFeature
{
    private readonly HttpExchange _exchange;
    private string _pathBase = "";
    private IHeaderDictionary _headers;
    private Stream _body;

    internal RequestFeature(HttpExchange exchange)
    {
        _exchange = exchange;
        _headers = exchange.RequestHeaders;
        _body = exchange.RequestStream;
    }

    public string Protocol { get; set; } = "";

    public string Scheme { get; set; } = "";

    public string Method { get; set; } = "";

    public string PathBase
    {
        get => _pathBase;
        set
        {
            _exchange.ThrowIfOver();
            _pathBase = value;
        }
    }

    public string Path { get; set; } = "";

    public string QueryString { get; set; } = "";

    public string RawTarget { get; set; } = "";

    public IHeaderDictionary Headers
    {
        get => _headers;
        set
        {
            _exchange.ThrowIfOver();
            _headers = value;
        }
    }

    public Stream Body
    {
        get => _body;
        set
        {
            _exchange.ThrowIfOver();
            _body = value;
        }
    }

    internal void Reset()
    {
        _pathBase = "";
        _headers = _exchange.RequestHeaders;
        _body = _exchange.RequestStream;
    }
}
