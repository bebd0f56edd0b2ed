using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Tipi.Hosting;

/// <summary>
/// Sends informational responses. They are hints: on a server that does not support them, these methods do nothing.
/// </summary>
public static class InformationalResponseExtensions
{
    /// <summary>
    /// Sends 103 Early Hints, so that a client can fetch what the page needs while the response is still being created
    /// (RFC 8297).
    /// </summary>
    /// <param name="response">A response that has not started.</param>
    /// <param name="links">Values of <c>Link</c>, such as <c>&lt;/style.css&gt;; rel=preload; as=style</c>.</param>
    /// <param name="cancellationToken">Cancels the wait for a slow client.</param>
    /// <exception cref="InvalidOperationException">The response has started, or a value is malformed.</exception>
    public static ValueTask SendEarlyHintsAsync(
        this HttpResponse response, StringValues links, CancellationToken cancellationToken = default) =>
        response.SendInformationalAsync(103, [new(HeaderNames.Link, links)], cancellationToken);

    /// <summary>Sends an informational response immediately, before the response.</summary>
    /// <param name="response">A response that has not started.</param>
    /// <param name="statusCode">102 to 199.</param>
    /// <param name="headers">Names and values; they do not become headers of the response.</param>
    /// <param name="cancellationToken">Cancels the wait for a slow client.</param>
    /// <exception cref="ArgumentOutOfRangeException">The status is 100, 101 or not informational.</exception>
    /// <exception cref="InvalidOperationException">The response has started, or a header cannot be sent.</exception>
    public static ValueTask SendInformationalAsync(
        this HttpResponse response, int statusCode, IEnumerable<KeyValuePair<string, StringValues>> headers,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(response);
        var feature = response.HttpContext.Features.Get<IHttpInformationalResponseFeature>();
        return feature?.SendAsync(statusCode, headers, cancellationToken) ?? default;
    }
}
