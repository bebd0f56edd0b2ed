using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Tipi.Hosting.Exchange;

/// <summary>Status and headers of the response, changeable until it starts.</summary>
internal sealed class ResponseFeature : IHttpResponseFeature
{
    private readonly HttpExchange _exchange;
    private int _statusCode = StatusCodes.Status200OK;
    private string? _reasonPhrase;
    private IHeaderDictionary _headers;

    internal ResponseFeature(HttpExchange exchange)
    {
        _exchange = exchange;
        _headers = exchange.ResponseHeaders;
    }

    public int StatusCode
    {
        get => _statusCode;
        set
        {
            ThrowIfStarted(nameof(StatusCode));
            if (value is < 100 or > 999)
                throw new ArgumentOutOfRangeException(nameof(value), value, "A status code has three digits.");
            _statusCode = value;
        }
    }

    public string? ReasonPhrase
    {
        get => _reasonPhrase;
        set
        {
            ThrowIfStarted(nameof(ReasonPhrase));
            if (value is not null && Protocols.Http.FieldValidation.IndexOfInvalidValueChar(value) >= 0)
                throw new InvalidOperationException("A reason phrase can have visible ASCII, spaces and tabs only.");
            _reasonPhrase = value;
        }
    }

    public IHeaderDictionary Headers
    {
        get => _headers;
        set
        {
            ThrowIfStarted(nameof(Headers));
            _headers = value;
        }
    }

    [Obsolete("Use IHttpResponseBodyFeature.Stream instead.")]
    public Stream Body
    {
        get => _exchange.Features.Get<IHttpResponseBodyFeature>()!.Stream;
        set
        {
            var prior = _exchange.Features.Get<IHttpResponseBodyFeature>()!;
            _exchange.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(value, prior));
        }
    }

    public bool HasStarted => _exchange.HasStarted;

    public void OnStarting(Func<object, Task> callback, object state) => _exchange.OnStarting(callback, state);

    public void OnCompleted(Func<object, Task> callback, object state) => _exchange.OnCompleted(callback, state);

    internal void Replace(int statusCode, HeaderTable headers)
    {
        _statusCode = statusCode;
        _reasonPhrase = null;
        _headers = headers;
    }

    internal void Reset() => Replace(StatusCodes.Status200OK, _exchange.ResponseHeaders);

    private void ThrowIfStarted(string what)
    {
        if (_exchange.HasStarted)
            throw new InvalidOperationException($"{what} can not be set: the response has already started.");
    }
}
