using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Tipi.Hosting.Exchange;

/// <summary>
/// The fields behind the response's body. They go to every client whose version and framing have a place for them, also
/// when it did not send <c>TE: trailers</c>: a client may drop them then (RFC 9110 §6.5.1), and only the application
/// knows whether that matters. Where there is no place the collection is empty and read-only.
/// </summary>
internal sealed class ResponseTrailersFeature(RunningRequest request, ResponseFeature response, IExchangeOutput output)
    : IHttpResponseTrailersFeature
{
    private HeaderTable? _own;
    private IHeaderDictionary? _replaced;

    public IHeaderDictionary Trailers
    {
        get
        {
            if (_replaced is not null) return _replaced;
            if (!IsTaken) return HeaderTable.None;
            return _own ??= new HeaderTable(HeaderRole.Trailers, request.Server.Options.ResponseEncodings);
        }
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            request.ThrowIfOver();
            _replaced = value;
        }
    }

    /// <summary>True when there is at least one.</summary>
    internal bool HasAny => (_replaced ?? _own)?.Count > 0;

    /// <summary>True while trailers that are added would reach the client, as far as is known.</summary>
    private bool IsTaken =>
        output.TakesTrailers && response.Stage != ResponseStage.Ended
        && (response.HasStarted || response.DeclaredLength is null);

    /// <summary>What is to be sent; no further change.</summary>
    internal HeaderTable Take()
    {
        if (_replaced is not null)
        {
            var copy = new HeaderTable(HeaderRole.Trailers, request.Server.Options.ResponseEncodings);
            foreach (var (name, value) in _replaced) copy[name] = value;
            return copy;
        }
        _own?.Freeze();
        return _own ?? HeaderTable.None;
    }

    internal void Reset()
    {
        _replaced = null;
        _own?.Reset();
    }
}
