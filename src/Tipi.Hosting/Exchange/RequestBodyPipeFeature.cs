using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;

namespace Tipi.Hosting.Exchange;

/// <summary>The request's body as a reader; over the stream, when the application has replaced that.</summary>
internal sealed class RequestBodyPipeFeature(RunningRequest request, RequestFeature seen, RequestStream stream)
    : IRequestBodyPipeFeature
{
    private Stream? _replaced;
    private PipeReader? _overReplaced;

    public PipeReader Reader
    {
        get
        {
            Stream body = seen.Body;
            if (ReferenceEquals(body, stream)) return request.Input.Reader;
            if (!ReferenceEquals(body, _replaced))
            {
                _replaced = body;
                _overReplaced = PipeReader.Create(body);
                request.OnCompleted(static reader => ((PipeReader)reader).CompleteAsync().AsTask(), _overReplaced);
            }
            return _overReplaced!;
        }
    }

    internal void Reset() => (_replaced, _overReplaced) = (null, null);
}
