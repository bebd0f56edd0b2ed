using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Tipi.Hosting.Exchange;

/// <summary>The request as the application sees and may change it.</summary>
internal sealed class RequestFeature : IHttpRequestFeature
{
    private readonly RunningRequest _request;
    private readonly RequestStream _stream;
    private string _pathBase = "";
    private IHeaderDictionary _headers;
    private Stream _body;

    internal RequestFeature(RunningRequest request, RequestStream stream)
    {
        _request = request;
        _stream = stream;
        _headers = request.Headers;
        _body = stream;
    }

    public string Protocol { get; set; } = "";

    public string Scheme { get; set; } = "";

    public string Method { get; set; } = "";

    public string PathBase
    {
        get => _pathBase;
        set
        {
            _request.ThrowIfOver();
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
            _request.ThrowIfOver();
            _headers = value;
        }
    }

    public Stream Body
    {
        get => _body;
        set
        {
            _request.ThrowIfOver();
            _body = value;
        }
    }

    internal void Reset()
    {
        _pathBase = "";
        _headers = _request.Headers;
        _body = _stream;
    }
}
