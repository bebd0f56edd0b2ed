using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Tipi.Hosting.Exchange;

/// <summary>The response's body: a writer and a stream over it.</summary>
internal sealed class ResponseBodyFeature(ResponseLifecycle lifecycle, ResponseStream stream) : IHttpResponseBodyFeature
{
    public Stream Stream => stream;

    public PipeWriter Writer => lifecycle.Body;

    public void DisableBuffering()
    {
        // Nothing is held back: a flush sends.
    }

    public Task StartAsync(CancellationToken cancellationToken = default)
    {
        if (lifecycle.Response.HasStarted) return Task.CompletedTask;
        cancellationToken.ThrowIfCancellationRequested();
        ValueTask start = lifecycle.StartAsync(bodyEnds: false);
        return start.IsCompletedSuccessfully ? Task.CompletedTask : start.AsTask();
    }

    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) =>
        SendFileFallback.SendFileAsync(Stream, path, offset, count, cancellationToken);

    public Task CompleteAsync() => lifecycle.EndAndFlushAsync().AsTask();
}
