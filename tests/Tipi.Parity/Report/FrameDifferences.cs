namespace Tipi.Parity.Report;

/// <summary>What Tipi reads or answers otherwise than Kestrel over HTTP/2.</summary>
internal static class FrameDifferences
{
    private const string Sections = "HTTP/2: requests, good and bad";
    private const string Frames = "HTTP/2: frames";
    private const string Habits = "HTTP/2: habits";

    internal static IReadOnlyList<Difference> All { get; } =
        [.. OfFrames(), .. OfTargets(), .. OfFields(), .. OfHeads(), .. OfLimits(), .. OfHabits()];

    private static IEnumerable<Difference> OfFrames() =>
    [
        new(Frames, "SETTINGS come first (RFC 9113 §3.4)",
            "begin: ACK before SETTINGS", "begin: HEADERS before SETTINGS", "begin: PING before SETTINGS"),
        new(Frames, "answered at once; Kestrel waits for more bytes", "begin: neither HTTP/1 nor HTTP/2"),
        new(Frames, "Tipi names it a flood; the list is too large in both", "block: no end of pieces"),
        new(Frames, "a compression error of the client (RFC 7541 §6.1)",
            "compression: bad block on a stream too many", "compression: index 0"),
        new(Frames, "an error on one stream ends only that stream (RFC 9113 §5.1, §5.3.1, §6.9)",
            "place: HEADERS of a stream that depends on itself", "state: DATA after the end",
            "state: HEADERS after the end", "state: trailers that do not end",
            "window: of a stream is exceeded", "window: update of 0 for a stream"),
        new(Frames, "the server answers a GOAWAY with its last stream (RFC 9113 §6.8)",
            "state: GOAWAY on an idle connection", "state: request after GOAWAY"),
        new(Frames, "Tipi follows RFC 9218 and announces that it ignores the older priorities",
            "own: NO_RFC7540_PRIORITIES"),
    ];

    private static IEnumerable<Difference> OfTargets() =>
    [
        new(Sections, "not a request target (RFC 9112 §3.2)",
            "path with a fragment", "path with a space", "path with a backslash", "path with a control",
            "path in UTF-8", "query in UTF-8"),
        new(Sections, "every request has an authority (RFC 9113 §8.3.1)",
            "no authority and no host", "empty authority", "extended CONNECT without an authority"),
        new(Sections, "only one host is allowed (RFC 9113 §8.3.1)",
            "host that differs from the authority", "two hosts"),
        new(Sections, "not a host with an optional port (RFC 9110 §7.2)", "authority with a port too large"),
        new(Sections, "never null", "CONNECT"),
        new(Sections, "a tunnel requires a host and a port (RFC 9113 §8.5)",
            "CONNECT without a port", "CONNECT without an authority"),
    ];

    private static IEnumerable<Difference> OfFields() =>
    [
        new(Habits, "a client that has its response is reset only when it pauses: clients lose what arrives with a "
            + "reset",
            "body that is not whole when the answer is"),
        new(Sections, "an expectation that is not supported is rejected (RFC 9110 §10.1.1)", "unknown expectation"),
        new(Sections, "a malformed request ends only its stream (RFC 9113 §8.1.1)",
            "second :method", "two :method", "two :path", "two :authority", "unknown pseudo-header",
            "pseudo-header of responses", "pseudo-header after a field", "path with a byte beyond ASCII",
            "name in upper case", "name in mixed case", "empty name", "name with a byte beyond ASCII",
            "value with NUL", "value with a carriage return", "value with a line feed", "connection: close",
            "connection: keep-alive", "te: gzip", "te: trailers, gzip", "body: length with minus",
            "body: length of letters", "body: two lengths", "body: two lengths that differ",
            "trailers with a pseudo-header", "trailers in upper case",
            "trailers with connection"),
        new(Sections, "a field name is a token (RFC 9110 §5.1)",
            "name with a space", "name with a colon", "name with a control"),
        new(Sections, "control characters are invalid (RFC 9113 §8.2.1)",
            "value with a control", "value with DEL", "trailers with a control"),
        new(Sections, "a connection field (RFC 9113 §8.2.2): allows smuggling if it is forwarded",
            "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"),
    ];

    private static IEnumerable<Difference> OfHeads() =>
    [
        new(Sections, "an expectation that is not supported is rejected (RFC 9110 §10.1.1)", "another expectation"),
        new(Sections, "a length consists of digits (RFC 9110 §8.6)", "body: length with plus"),
        new(Sections, "trailers cannot contain framing fields (RFC 9110 §6.5.1)", "trailers with a length"),
    ];

    private static IEnumerable<Difference> OfLimits() =>
    [
        new(Sections, "pseudo-headers correspond to HTTP/1's request line: they do not count as fields",
            "limit: as many fields as allowed"),
        new(Sections, "as with HTTP/1", "limit: path beyond a request line"),
        new(Sections, "the limit of a request line applies, with its status", "limit: long method"),
        new(Sections, "trailers have their own limits, and the head of the response may already have been sent",
            "trailers too large"),
    ];

    private static IEnumerable<Difference> OfHabits() =>
    [
        new(Habits, "101 is specific to HTTP/1.1 (RFC 9113 §8.6)", "status 101"),
        new(Habits, "a length of 0 is not sent if trailers follow", "trailers without a body"),
        new(Habits, "a complete response to a complete request needs no reset", "reset after the answer"),
        new(Habits, "each stream has its own rates; Kestrel's apply to the connection", "data rates"),
        new(Habits, "also an IOException, the same as with HTTP/1",
            "client resets while the application reads", "reset behind a whole body",
            "reset behind a whole body, reader", "reset behind a whole body, TryRead"),
        new("Features", "each stream has its own rates; Kestrel's apply to the connection",
            "HTTP/2: IHttpMinResponseDataRateFeature", "TLS, HTTP/2: IHttpMinResponseDataRateFeature"),
    ];
}
