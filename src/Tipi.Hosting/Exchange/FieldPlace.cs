namespace Tipi.Hosting.Exchange;

/// <summary>Which fields have no place in trailers and in informational responses.</summary>
internal static class FieldPlace
{
    /// <summary>
    /// What a recipient must know before the body, or would be misled by (RFC 9110 §6.5.1): framing, routing, request
    /// modifiers, authentication, response control data, and how content is to be read. Content-Digest is not among
    /// them: it is known at the end (RFC 9530 §2).
    /// </summary>
    private static readonly HashSet<string> s_neverTrailers = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Content-Length", "Host", "Keep-Alive", "Proxy-Connection", "TE", "Trailer",
        "Transfer-Encoding", "Upgrade",
        "Cache-Control", "Expect", "If-Match", "If-Modified-Since", "If-None-Match", "If-Range",
        "If-Unmodified-Since", "Max-Forwards", "Pragma", "Range",
        "Authorization", "Cookie", "Proxy-Authenticate", "Proxy-Authorization", "Set-Cookie", "WWW-Authenticate",
        "Age", "Date", "Expires", "Location", "Retry-After", "Vary", "Warning",
        "Content-Disposition", "Content-Encoding", "Content-Language", "Content-Location", "Content-Range",
        "Content-Security-Policy", "Content-Type",
    };

    /// <summary>A response before the response has no body and leaves the connection as it is.</summary>
    private static readonly HashSet<string> s_neverInformational = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Content-Length", "Keep-Alive", "Proxy-Connection", "TE", "Trailer", "Transfer-Encoding",
        "Upgrade",
    };

    /// <exception cref="InvalidOperationException">The field cannot be sent there.</exception>
    internal static void Check(string name, HeaderRole role)
    {
        if (role == HeaderRole.Trailers && s_neverTrailers.Contains(name))
            throw new InvalidOperationException($"{name} cannot be a trailer: it must be sent before the body.");
        if (role == HeaderRole.Informational && s_neverInformational.Contains(name))
            throw new InvalidOperationException($"{name} cannot be part of an informational response.");
    }
}
