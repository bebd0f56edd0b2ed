using Microsoft.Extensions.Primitives;

namespace Tipi.Hosting;

/// <summary>
/// Sends informational responses, such as 103 Early Hints, before the response of a request. A feature of every
/// request; <see cref="InformationalResponseExtensions"/> is the usual way to use it.
/// </summary>
public interface IHttpInformationalResponseFeature
{
    /// <summary>
    /// Sends a status with its headers immediately. Can be called any number of times before the response starts.
    /// Nothing is sent to an HTTP/1.0 client, which would not understand it (RFC 9110 §15.2).
    /// </summary>
    /// <param name="statusCode">102 to 199.</param>
    /// <param name="headers">Names and values; they do not become headers of the response.</param>
    /// <param name="cancellationToken">Cancels the wait for a slow client.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The status is not informational, or is 100 or 101, which only the server sends.
    /// </exception>
    /// <exception cref="InvalidOperationException">
    /// The response has started, or a header cannot be sent: it is malformed, or applies to the connection or the body.
    /// </exception>
    ValueTask SendAsync(
        int statusCode, IEnumerable<KeyValuePair<string, StringValues>> headers, CancellationToken cancellationToken);
}
