using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Tipi.Hosting.Exchange;

/// <summary>
/// Starts and ends one response, whoever asks for it: the application, its first write, or the server behind it.
/// <code>
/// Open ──start──→ Started ──end──→ Ended        start: what waits for it runs, then the head is encoded
///   ↑                                │          end: the body is checked against the head, then ended
///   └──────────next request──────────┘
/// </code>
/// Invariant: each of the two happens once, under the response's gate.
/// </summary>
internal sealed class ResponseLifecycle
{
    private readonly RunningRequest _request;
    private readonly IExchangeOutput _output;
    private ResponseTrailersFeature? _trailers;

    /// <param name="request">What is answered.</param>
    /// <param name="output">The way out.</param>
    /// <param name="features">Those of the request, as the application may have changed them.</param>
    internal ResponseLifecycle(RunningRequest request, IExchangeOutput output, IFeatureCollection features)
    {
        _request = request;
        _output = output;
        Response = new ResponseFeature(request, features);
        Body = new ResponseBody(this, Response, request, output);
    }

    internal ResponseFeature Response { get; }

    internal ResponseBody Body { get; }

    internal ResponseTrailersFeature Trailers => _trailers ??= new ResponseTrailersFeature(_request, Response, _output);

    /// <summary>True when the response has at least one trailer.</summary>
    internal bool HasTrailers => _trailers?.HasAny == true;

    /// <summary>Another request begins.</summary>
    internal void Begin()
    {
        Response.Begin();
        Body.Begin();
    }

    /// <summary>Sends a response before the response, unless that has started.</summary>
    /// <returns>False when it is too late.</returns>
    internal bool TrySendInformational(
        int statusCode, HeaderTable fields, CancellationToken cancellation, out ValueTask<FlushResult> sent)
    {
        lock (Response.Gate)
        {
            sent = default;
            if (Response.HasStarted) return false;
            if (_output.TryWriteInformational(statusCode, fields)) sent = Body.FlushOutputAsync(cancellation);
            return true;
        }
    }

    /// <summary>
    /// Runs what waits for the start, then encodes the head. Does nothing when the response has started.
    /// </summary>
    /// <param name="bodyEnds">No further body bytes will come.</param>
    internal ValueTask StartAsync(bool bodyEnds)
    {
        lock (Response.Gate)
        {
            if (TryStartAtOnce(bodyEnds)) return default;
        }
        return StartSlowlyAsync(bodyEnds);
    }

    /// <summary>
    /// Encodes the head unless something waits for the start, or it has started. Under the response's gate.
    /// </summary>
    /// <returns>True when the response has started.</returns>
    internal bool TryStartAtOnce(bool bodyEnds)
    {
        if (Response.HasStarted) return true;
        if (Response.MayChangeHead) return false;
        StartNow(bodyEnds);
        return true;
    }

    /// <summary>
    /// Waits for a start that nobody has waited for: what it does to the head belongs to this response, and must not
    /// reach the next one.
    /// </summary>
    internal Task WhenStarted() => Response.Starting.WhenRun();

    /// <summary>
    /// Ends the response: starts it when it has not, checks its length, ends its body. Does not flush.
    /// </summary>
    /// <exception cref="InvalidOperationException">The body is shorter than declared.</exception>
    internal ValueTask EndAsync()
    {
        lock (Response.Gate)
        {
            if (TryEndAtOnce()) return default;
        }
        return EndSlowlyAsync();
    }

    internal async ValueTask EndAndFlushAsync()
    {
        if (_request.Connection is null) return;
        await EndAsync();
        await Body.FlushOutputAsync(CancellationToken.None);
    }

    /// <summary>
    /// Ends the response if that needs no waiting; otherwise the server ends it after the application.
    /// </summary>
    internal void EndWhenPossible()
    {
        lock (Response.Gate) TryEndAtOnce();
    }

    /// <summary>Ends a response that has neither callbacks nor a body, which needs no waiting.</summary>
    internal void EndBare()
    {
        lock (Response.Gate)
        {
            StartNow(bodyEnds: true);
            EndNow();
        }
    }

    /// <summary>It stays without its end: nothing is written for it any more.</summary>
    internal void CutOff()
    {
        lock (Response.Gate) Body.Close();
    }

    /// <summary>Replaces an unstarted response by a bare one with this status.</summary>
    internal void ReplaceByError(int statusCode)
    {
        lock (Response.Gate)
        {
            Body.Discard();
            _trailers?.Reset();
            Response.Replace(statusCode);
        }
    }

    /// <summary>Between two requests nothing can be written, nor changed.</summary>
    internal void Reset()
    {
        _trailers?.Reset();
        Body.Reset();
        Response.Reset();
    }

    private void StartNow(bool bodyEnds)
    {
        HeaderTable headers = Response.OwnHeaders;
        if (!ReferenceEquals(Response.Headers, headers)) CopyForeignHeaders();
        Body.CheckAgainstHead(Response.StatusCode, headers.ContentLength);
        _output.WriteHead(bodyEnds);
        headers.Freeze();
        Response.Stage = ResponseStage.Started;
        Body.Open(swallows: HttpMethods.IsHead(_request.ReceivedMethod));
    }

    private void CopyForeignHeaders()
    {
        HeaderTable headers = Response.OwnHeaders;
        headers.Reset();
        foreach (var (name, value) in Response.Headers) headers[name] = value;
    }

    /// <summary>
    /// The whole body is known: a wrong length must show as an error and not as a head without its body.
    /// </summary>
    private void CheckWhole()
    {
        if (HttpMethods.IsHead(_request.ReceivedMethod) || Response.ForbidsBody) return;
        Body.CheckAgainstHead(Response.StatusCode, Response.DeclaredLength);
        Body.CheckComplete();
    }

    private bool TryEndAtOnce()
    {
        if (Response.Stage == ResponseStage.Ended) return true;
        if (Response.MayChangeHead && !Response.HasStarted) return false;
        if (!Response.HasStarted) CheckWhole();
        _ = TryStartAtOnce(bodyEnds: Body.IsEmpty);
        EndNow();
        return true;
    }

    private void EndNow()
    {
        Body.TakeRest();
        if (!Response.ForbidsBody) Body.CheckComplete();
        _output.WriteEnd();
        Body.Close();
        Response.Stage = ResponseStage.Ended;
    }

    private async ValueTask StartSlowlyAsync(bool bodyEnds)
    {
        uint number = _request.Number;
        await Response.Starting.RunAsync();
        lock (Response.Gate)
        {
            if (!Response.HasStarted && number == _request.Number) StartNow(bodyEnds && Body.IsEmpty);
        }
    }

    private async ValueTask EndSlowlyAsync()
    {
        uint number = _request.Number;
        while (true)
        {
            await Response.Starting.RunAsync();
            lock (Response.Gate)
            {
                if (number != _request.Number || TryEndAtOnce()) return;
            }
        }
    }
}
