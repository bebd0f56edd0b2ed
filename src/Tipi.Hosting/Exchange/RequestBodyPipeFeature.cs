using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;

namespace Tipi.Hosting.Exchange;

/// <summary>The request's body as a reader; over the stream, when the application has replaced that.</summary>
internal sealed class RequestBodyPipeFeature(HttpExchange exchange) : IRequestBodyPipeFeature
{
    private Stream? _replaced;
    private PipeReader? _overReplaced;

    public PipeReader Reader
    {
        get
        {
            Stream body = exchange.Request.Body;
            if (ReferenceEquals(body, exchange.RequestStream)) return exchange.Input.Reader;
            if (!ReferenceEquals(body, _replaced))
            {
                _replaced = body;
                _overReplaced = PipeReader.Create(body);
                exchange.OnCompleted(static reader => ((PipeReader)reader).CompleteAsync().AsTask(), _overReplaced);
            }
            return _overReplaced!;
        }
    }

    internal void Reset() => (_replaced, _overReplaced) = (null, null);
}
