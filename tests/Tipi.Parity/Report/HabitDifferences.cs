namespace Tipi.Parity.Report;

/// <summary>Where an application or its client sees something else.</summary>
internal static class HabitDifferences
{
    internal static IReadOnlyList<Difference> All { get; } =
    [
        .. Features(), .. Heads(), .. Headers(), .. Responses(), .. Requests(), .. Lives(),
    ];

    private static IEnumerable<Difference> Features() =>
    [
        new("Features", "Kestrel has it only while somebody listens to its metrics",
            "HTTP/1.1: IConnectionMetricsTagsFeature", "HTTP/1.0: IConnectionMetricsTagsFeature",
            "HTTP/2: IConnectionMetricsTagsFeature", "TLS, HTTP/1.1: IConnectionMetricsTagsFeature",
            "TLS, HTTP/2: IConnectionMetricsTagsFeature"),
        new("Features", "chunked responses have trailers (RFC 9112 §7.1.2); Kestrel sends none on HTTP/1",
            "HTTP/1.1: IHttpResponseTrailersFeature", "HTTP/1.0: IHttpResponseTrailersFeature",
            "TLS, HTTP/1.1: IHttpResponseTrailersFeature"),
        new("Features", "the ring's connections offer their addresses as a feature as well",
            "HTTP/1.1: IConnectionEndPointFeature", "HTTP/1.0: IConnectionEndPointFeature",
            "HTTP/2: IConnectionEndPointFeature", "TLS, HTTP/1.1: IConnectionEndPointFeature",
            "TLS, HTTP/2: IConnectionEndPointFeature"),
        new("Feature by feature", "Kestrel has it only while somebody listens to its metrics",
            "tags of the connection"),
        new("Feature by feature", "chunked responses have trailers (RFC 9112 §7.1.2); Kestrel sends none on HTTP/1",
            "response trailers"),
        new("Feature by feature", "wrong types and null are argument errors", "collection of features"),
    ];

    private static IEnumerable<Difference> Heads() =>
    [
        new("Response heads", "a status is three digits (RFC 9110 §15): an error instead of nonsense on the wire",
            "status 0", "status 99", "status 1000", "status -1", "status 99999"),
        new("Response heads", "Tipi knows its phrase", "status 103"),
        new("Response heads", "would write fields of a peer's choice: an error",
            "reason phrase with a line end"),
        new("Response heads", "an error instead of question marks", "reason phrase with a letter beyond ASCII"),
        new("Response heads", "the error is the application's, the answer is right without the length",
            "Content-Length: 5 on 204"),
        new("Response heads", "205 has no content (RFC 9110 §15.3.6); the answer is right without the length",
            "Content-Length: 5 on 205"),
        new("Response heads", "nothing wrong was sent, so the connection is kept",
            "Content-Length: 0", "HEAD with more than the length"),
        new("Response heads", "Kestrel breaks the connection without an answer",
            "Transfer-Encoding: chunked to HEAD / HTTP/1.1, Host: a", "Transfer-Encoding: chunked on 204"),
        new("Response heads", "never both: the next server might take the other one (RFC 9112 §6.2)",
            "Content-Length and Transfer-Encoding together"),
        new("Response bodies", "never both: the next server might take the other one (RFC 9112 §6.2)",
            "chunks of the application beside a length",
            "chunks of the application beside a length, more than declared"),
        new("Response bodies", "a body that was given up is no success", "writer completed with an error, then used"),
        new("Response bodies", "what is given up is cut, by whichever method, and takes no more",
            "writer completed with an error after the start, then used"),
        new("Response bodies", "of the body alone", "flush that is cancelled before it begins"),
        new("Response heads", "nothing is written, so nothing is wrong", "empty body to 204"),
        new("Response heads", "the application's own words are kept, and obeyed",
            "Connection: Close", "Connection: close, x", "Connection: keep-alive, close"),
        new("Response heads", "the option alone changes nothing (RFC 9110 §7.8)", "Connection: upgrade"),
        new("Response heads", "what the server adds goes to the wire without a turn through the dictionary",
            "headers after the start"),
    ];

    private static IEnumerable<Difference> Headers() =>
    [
        new("Headers", "names are sent as the application wrote them; they have no case",
            "header name of a known header in lower case"),
        new("Headers", "argument errors are of the types that dictionaries throw", "response headers as a dictionary"),
        new("Headers", "replacing the dictionary of a started response is an error like changing it",
            "after the start"),
    ];

    private static IEnumerable<Difference> Responses() =>
    [
        new("Response bodies", "nothing wrong was sent, so the connection is kept", "a write too many"),
        new("Response bodies", "the head was written already; the connection closes in both",
            "more than the length through the writer"),
        new("Response bodies", "a negative size is an argument error, as is what was never lent",
            "what the writer can"),
    ];

    private static IEnumerable<Difference> Requests() =>
    [
        new("Requests", "decoded as in a path alone: an escaped slash parts nothing, an escaped NUL is refused",
            "GET http://a/b%2Fc", "GET http://a/b%00"),
        new("Requests", "user information is no part of an authority (RFC 9110 §4.2.4)", "GET a@b"),
        new("Requests", "without a length there is no body (RFC 9112 §6.3)", "read of HTTP/1.0 without a length"),
        new("Requests", "what would follow is a tunnel and none is made: the connection closes",
            "CONNECT with an empty answer", "CONNECT with a body"),
        new("Requests", "a body that came in full harms nobody: the connection is kept",
            "body's reader", "body's reader, read twice without advancing", "Expect, body's reader",
            "body beyond the limit that nobody reads"),
        new("Requests", "who only ended its sending gets its answer",
            "client ends its sending in a counted body", "client ends its sending in a counted body, unhandled",
            "client ends its sending in a chunked body"),
        new("Requests", "nobody can know whether the body will come: the connection closes and says so",
            "Expect, not read", "Expect, refused by the application", "Expect, answered before it reads"),
    ];

    private static IEnumerable<Difference> Lives() =>
    [
        new("Lives", "the handler sees the callback's own error", "OnStarting that fails, seen by the handler"),
        new("Lives", "the application's answer; the connection is in order", "bad request thrown by the application"),
        new("Lives", "the length of an answer to GET is not known (RFC 9110 §9.3.2)", "error to HEAD"),
        new("Lives", "a request without a body has nothing to abort",
            "abort before the start", "abort after the start"),
        new("Lives", "who only ended its sending gets its answer", "client ends its sending while the handler runs"),
        new("Lives", "HTTP/1.0 has no upgrade (RFC 9110 §7.8)", "upgrade of HTTP/1.0"),
        new("Lives", "an error in both, where something is written; there is nothing to read",
            "response used after the handler"),
    ];
}
