using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Tipi.Hosting;

/// <summary>
/// Informational responses. They are hints: on another server, which does not offer them, these methods do nothing.
/// </summary>
public static class InformationalResponseExtensions
{
    /// <summary>
    /// Sends 103 Early Hints, so that a client can fetch what the page will need while the response is still being made
    /// (RFC 8297).
    /// </summary>
    /// <param name="response">A response that has not started.</param>
    /// <param name="links">Values of <c>Link</c>, such as <c>&lt;/style.css&gt;; rel=preload; as=style</c>.</param>
    /// <param name="cancellationToken">Ends the wait for a slow client.</param>
    /// <exception cref="InvalidOperationException">The response has started, or a value is malformed.</exception>
    public static ValueTask SendEarlyHintsAsync(
        this HttpResponse response, StringValues links, CancellationToken cancellationToken = default) =>
        response.SendInformationalAsync(103, [new(HeaderNames.Link, links)], cancellationToken);

    /// <summary>Sends an informational response at once, before the response.</summary>
    /// <param name="response">A response that has not started.</param>
    /// <param name="statusCode">102 to 199.</param>
    /// <param name="headers">Names and values; they are not headers of the response.</param>
    /// <param name="cancellationToken">Ends the wait for a slow client.</param>
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
