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
        new("Features", "Kestrel has it only while its metrics are being collected",
            "HTTP/1.1: IConnectionMetricsTagsFeature", "HTTP/1.0: IConnectionMetricsTagsFeature",
            "HTTP/2: IConnectionMetricsTagsFeature", "TLS, HTTP/1.1: IConnectionMetricsTagsFeature",
            "TLS, HTTP/2: IConnectionMetricsTagsFeature"),
        new("Features", "chunked responses have trailers (RFC 9112 §7.1.2); Kestrel sends none on HTTP/1",
            "HTTP/1.1: IHttpResponseTrailersFeature", "HTTP/1.0: IHttpResponseTrailersFeature",
            "TLS, HTTP/1.1: IHttpResponseTrailersFeature"),
        new("Features", "the ring's connections also offer their addresses as a feature",
            "HTTP/1.1: IConnectionEndPointFeature", "HTTP/1.0: IConnectionEndPointFeature",
            "HTTP/2: IConnectionEndPointFeature", "TLS, HTTP/1.1: IConnectionEndPointFeature",
            "TLS, HTTP/2: IConnectionEndPointFeature"),
        new("Feature by feature", "Kestrel has it only while its metrics are being collected",
            "tags of the connection"),
        new("Feature by feature", "chunked responses have trailers (RFC 9112 §7.1.2); Kestrel sends none on HTTP/1",
            "response trailers"),
        new("Feature by feature", "wrong types and null are argument errors", "collection of features"),
    ];

    private static IEnumerable<Difference> Heads() =>
    [
        new("Response heads", "a status has three digits (RFC 9110 §15): an error instead of an invalid response",
            "status 0", "status 99", "status 1000", "status -1", "status 99999"),
        new("Response heads", "Tipi sends its reason phrase", "status 103"),
        new("Response heads", "an error, because it allows response splitting",
            "reason phrase with a line end"),
        new("Response heads", "an error instead of question marks", "reason phrase with a letter beyond ASCII"),
        new("Response heads", "an application error; the response is valid without the length",
            "Content-Length: 5 on 204"),
        new("Response heads", "205 has no content (RFC 9110 §15.3.6); the response is valid without the length",
            "Content-Length: 5 on 205"),
        new("Response heads", "nothing invalid was sent, so the connection is kept",
            "Content-Length: 0", "HEAD with more than the length"),
        new("Response heads", "Kestrel closes the connection without a response",
            "Transfer-Encoding: chunked to HEAD / HTTP/1.1, Host: a", "Transfer-Encoding: chunked on 204"),
        new("Response heads", "never both: the next server might use the other one (RFC 9112 §6.2)",
            "Content-Length and Transfer-Encoding together"),
        new("Response bodies", "never both: the next server might use the other one (RFC 9112 §6.2)",
            "chunks of the application beside a length",
            "chunks of the application beside a length, more than declared"),
        new("Response bodies", "an aborted body is not a success", "writer completed with an error, then used"),
        new("Response bodies", "an aborted response is cut off, whatever the method, and accepts no more data",
            "writer completed with an error after the start, then used"),
        new("Response bodies", "applies to the body only", "flush that is cancelled before it begins"),
        new("Response heads", "nothing is written, so there is no error", "empty body to 204"),
        new("Response heads", "the application's value is kept and applied",
            "Connection: Close", "Connection: close, x", "Connection: keep-alive, close"),
        new("Response heads", "the option alone has no effect (RFC 9110 §7.8)", "Connection: upgrade"),
        new("Response heads", "fields that the server adds are sent without being added to the dictionary",
            "headers after the start"),
    ];

    private static IEnumerable<Difference> Headers() =>
    [
        new("Headers", "names are sent as the application wrote them; they are case-insensitive",
            "header name of a known header in lower case"),
        new("Headers", "argument errors have the types that dictionaries throw", "response headers as a dictionary"),
        new("Headers", "replacing the dictionary of a started response is an error, as is changing it",
            "after the start"),
    ];

    private static IEnumerable<Difference> Responses() =>
    [
        new("Response bodies", "nothing invalid was sent, so the connection is kept", "a write too many"),
        new("Response bodies", "the head was already written; the connection closes in both",
            "more than the length through the writer"),
        new("Response bodies", "a negative size is an argument error, as is memory that was not provided",
            "what the writer can"),
    ];

    private static IEnumerable<Difference> Requests() =>
    [
        new("Requests", "decoded as in a path alone: an escaped slash is not a separator, an escaped NUL is rejected",
            "GET http://a/b%2Fc", "GET http://a/b%00"),
        new("Requests", "user information is not part of an authority (RFC 9110 §4.2.4)", "GET a@b"),
        new("Requests", "without a length there is no body (RFC 9112 §6.3)", "read of HTTP/1.0 without a length"),
        new("Requests", "a tunnel would follow, but none is opened: the connection closes",
            "CONNECT with an empty answer", "CONNECT with a body"),
        new("Requests", "a body that arrived completely is harmless: the connection is kept",
            "body's reader", "body's reader, read twice without advancing", "Expect, body's reader",
            "body beyond the limit that nobody reads"),
        new("Requests", "a client that only closed its sending side gets its response",
            "client ends its sending in a counted body", "client ends its sending in a counted body, unhandled",
            "client ends its sending in a chunked body"),
        new("Requests", "it is unknown whether the body will follow: the connection closes and says so",
            "Expect, not read", "Expect, refused by the application", "Expect, answered before it reads"),
    ];

    private static IEnumerable<Difference> Lives() =>
    [
        new("Lives", "the handler sees the error of the callback", "OnStarting that fails, seen by the handler"),
        new("Lives", "the application's response; the connection is valid", "bad request thrown by the application"),
        new("Lives", "the length of a response to GET is unknown (RFC 9110 §9.3.2)", "error to HEAD"),
        new("Lives", "a request without a body has nothing to abort",
            "abort before the start", "abort after the start"),
        new("Lives", "a client that only closed its sending side gets its response",
            "client ends its sending while the handler runs"),
        new("Lives", "HTTP/1.0 does not support upgrades (RFC 9110 §7.8)", "upgrade of HTTP/1.0"),
        new("Lives", "writing is an error in both; there is nothing to read",
            "response used after the handler"),
    ];
}
