using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Tipi.Hosting.Exchange;

/// <summary>Status and headers of the response, changeable until it starts.</summary>
internal sealed class ResponseFeature : IHttpResponseFeature
{
    private readonly RunningRequest _request;
    private readonly IFeatureCollection _features;
    private int _statusCode = StatusCodes.Status200OK;
    private string? _reasonPhrase;
    private IHeaderDictionary _headers;

    /// <param name="request">What it answers.</param>
    /// <param name="features">Those of the request, as the application may have changed them.</param>
    internal ResponseFeature(RunningRequest request, IFeatureCollection features)
    {
        _request = request;
        _features = features;
        OwnHeaders = new HeaderTable(HeaderRole.Response, request.Server.Options.ResponseEncodings);
        Starting = new StartingCallbacks(Gate);
        _headers = OwnHeaders;
    }

    public int StatusCode
    {
        get => _statusCode;
        set
        {
            ThrowIfStarted(nameof(StatusCode));
            if (value is < 100 or > 999)
                throw new ArgumentOutOfRangeException(nameof(value), value, "A status code must have three digits.");
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
                throw new InvalidOperationException("A reason phrase can only contain visible ASCII, spaces and tabs.");
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
        get => _features.Get<IHttpResponseBodyFeature>()!.Stream;
        set
        {
            var prior = _features.Get<IHttpResponseBodyFeature>()!;
            _features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(value, prior));
        }
    }

    public bool HasStarted => Stage != ResponseStage.Open;

    /// <summary>How far the response is; its <see cref="ResponseLifecycle"/> moves it on.</summary>
    internal ResponseStage Stage { get; set; }

    /// <summary>
    /// Who holds it is the only one that writes for the response, or starts or ends it. Never held during a wait.
    /// </summary>
    internal Lock Gate { get; } = new();

    /// <summary>What is encoded, whatever collection the application has put in its place.</summary>
    internal HeaderTable OwnHeaders { get; }

    /// <summary>What waits for the start.</summary>
    internal StartingCallbacks Starting { get; }

    /// <summary>True while something waits for the start, which may change status and headers.</summary>
    internal bool MayChangeHead => !Starting.IsEmpty;

    internal bool ForbidsBody => ResponseRules.ForbidsBody(_statusCode);

    internal long? DeclaredLength => _headers.ContentLength;

    public void OnStarting(Func<object, Task> callback, object state)
    {
        ArgumentNullException.ThrowIfNull(callback);
        lock (Gate)
        {
            if (HasStarted) throw new InvalidOperationException("The response has already started.");
            Starting.Add(callback, state);
        }
    }

    public void OnCompleted(Func<object, Task> callback, object state) => _request.OnCompleted(callback, state);

    /// <summary>A bare response with this status, as long as it has not started.</summary>
    internal void Replace(int statusCode)
    {
        Starting.Clear();
        OwnHeaders.Reset();
        _statusCode = statusCode;
        _reasonPhrase = null;
        _headers = OwnHeaders;
    }

    /// <summary>Another request begins.</summary>
    internal void Begin()
    {
        Stage = ResponseStage.Open;
        OwnHeaders.Thaw();
    }

    internal void Reset()
    {
        Replace(StatusCodes.Status200OK);
        OwnHeaders.Freeze();
        Stage = ResponseStage.Ended;
    }

    private void ThrowIfStarted(string what)
    {
        if (HasStarted)
            throw new InvalidOperationException($"{what} cannot be set because the response has already started.");
    }
}
