using Microsoft.Extensions.Primitives;

namespace Tipi.Hosting;

/// <summary>
/// Sends informational responses, such as 103 Early Hints, before the response of a request. In the features of every
/// request; <see cref="InformationalResponseExtensions"/> are the usual way to it.
/// </summary>
public interface IHttpInformationalResponseFeature
{
    /// <summary>
    /// Sends a status with its headers at once. May be called any number of times before the response starts. A client
    /// that speaks HTTP/1.0 gets nothing, since it would not understand it (RFC 9110 §15.2).
    /// </summary>
    /// <param name="statusCode">102 to 199.</param>
    /// <param name="headers">Names and values; they are not headers of the response.</param>
    /// <param name="cancellationToken">Ends the wait for a slow client.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The status is not informational, or is 100 or 101, which the server sends when they are due.
    /// </exception>
    /// <exception cref="InvalidOperationException">
    /// The response has started, or a header cannot be sent: it is malformed, or is about connection or body.
    /// </exception>
    ValueTask SendAsync(
        int statusCode, IEnumerable<KeyValuePair<string, StringValues>> headers, CancellationToken cancellationToken);
}
