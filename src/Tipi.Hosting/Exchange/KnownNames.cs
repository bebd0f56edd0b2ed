using System.Collections.Frozen;

namespace Tipi.Hosting.Exchange;

/// <summary>
/// The names that Kestrel has a place of their own for, beside Content-Length. An application may add one of these
/// while it goes through the fields, and no other; see <see cref="HeaderEnumerator"/>.
/// </summary>
internal static class KnownNames
{
    private static readonly FrozenSet<string> s_ofRequests = Set(
    [
        "Accept", "Connection", "Host", "User-Agent", ":authority", ":method", ":path", ":scheme", "Accept-Charset",
        "Accept-Encoding", "Accept-Language", "Access-Control-Request-Headers", "Access-Control-Request-Method",
        "Authorization", "baggage", "Cache-Control", "Content-Type", "Cookie", "Correlation-Context", "Date",
        "Expect", "From", "Grpc-Accept-Encoding", "Grpc-Encoding", "Grpc-Timeout", "If-Match", "If-Modified-Since",
        "If-None-Match", "If-Range", "If-Unmodified-Since", "Keep-Alive", "Max-Forwards", "Origin", "Pragma",
        "Proxy-Authorization", "Range", "Referer", "Request-Id", "TE", "traceparent", "tracestate",
        "Transfer-Encoding", "Translate", "Upgrade", "Upgrade-Insecure-Requests", "Via", "Warning",
    ]);

    private static readonly FrozenSet<string> s_ofResponses = Set(
    [
        "Connection", "Content-Type", "Date", "Server", "Accept-Ranges", "Access-Control-Allow-Credentials",
        "Access-Control-Allow-Headers", "Access-Control-Allow-Methods", "Access-Control-Allow-Origin",
        "Access-Control-Expose-Headers", "Access-Control-Max-Age", "Age", "Allow", "Alt-Svc", "Cache-Control",
        "Content-Encoding", "Content-Language", "Content-Location", "Content-MD5", "Content-Range", "ETag",
        "Expires", "Grpc-Encoding", "Keep-Alive", "Last-Modified", "Location", "Pragma", "Proxy-Authenticate",
        "Proxy-Connection", "Retry-After", "Set-Cookie", "Trailer", "Transfer-Encoding", "Upgrade", "Vary", "Via",
        "Warning", "WWW-Authenticate",
    ]);

    private static readonly FrozenSet<string> s_ofTrailers = Set(["ETag", "Grpc-Message", "Grpc-Status"]);

    internal static bool Contains(HeaderRole role, string name) => role switch
    {
        HeaderRole.Request => s_ofRequests.Contains(name),
        HeaderRole.Trailers => s_ofTrailers.Contains(name),
        HeaderRole.ReceivedTrailers => false,
        _ => s_ofResponses.Contains(name),
    };

    private static FrozenSet<string> Set(string[] names) => names.ToFrozenSet(StringComparer.OrdinalIgnoreCase);
}
