namespace Tipi.Parity.Report;

/// <summary>Requests that Tipi reads otherwise than Kestrel, nearly always more strictly.</summary>
internal static class RequestDifferences
{
    private const string Area = "Requests, good and bad";

    internal static IReadOnlyList<Difference> All { get; } = [.. Accepted(), .. Lines(), .. Fields(), .. Bodies()];

    private static Difference Because(string reason, params string[] rows) => new(Area, reason, rows);

    private static IEnumerable<Difference> Accepted() =>
    [
        Because("valid: a scheme is case-insensitive (RFC 3986 §3.1)", "absolute target in upper case"),
        Because("valid: RFC 3986 §3.2.2 and §3.2.3", "Host with empty port", "Host with underscore and escape"),
        Because("a tunnel would follow, but none is opened: the response says that the connection closes", "CONNECT"),
        Because("valid: whitespace around the parts of an extension (RFC 9112 §7.1.1)",
            "chunk: extensions with white space"),
    ];

    private static IEnumerable<Difference> Lines() =>
    [
        Because("one empty line may come first (RFC 9112 §2.2), but not more", "line: two empty lines first"),
        Because("a bare line feed ends a line for one server of a chain and not for the next, which allows smuggling",
            "line: line feed first", "line: ends in line feed", "field: bare line feed",
            "field: line feed before the end", "field: tab and line feed", "field: letter instead of carriage return",
            "field: line feed ends the head", "chunk: line feed in the trailers", "chunk: line feed ends the trailers",
            "chunk: line feed instead of trailers"),
        Because("a single space separates the parts (RFC 9112 §3)",
            "line: two spaces before the version", "line: tab before the version"),
        Because("not a request target (RFC 9112 §3.2)",
            "line: fragment", "line: fragment in the query", "line: backslash", "line: control in the target",
            "line: DEL in the target", "line: carriage return in the target"),
        Because("user information makes a host look like another (RFC 9110 §4.2.4)", "line: absolute with user"),
        Because("not an authority with its port (RFC 9112 §3.2.3)",
            "line: authority without port", "line: CONNECT with a path", "line: CONNECT with an absolute target"),
        Because("not an HTTP version (RFC 9112 §2.3); 505 is for unsupported versions",
            "line: version in lower case", "line: version with a comma", "line: other protocol"),
    ];

    private static IEnumerable<Difference> Fields() =>
    [
        Because("a field name is a token (RFC 9110 §5.1)", "field: slash in the name", "field: brackets in the name"),
        Because("control characters in a value are invalid (RFC 9110 §5.5)",
            "field: control in the value", "field: vertical tab in the value", "field: escape in the value",
            "field: DEL in the value"),
        Because("an expectation that is not supported is rejected (RFC 9110 §10.1.1)",
            "field: other expectation", "field: empty expectation", "field: list of expectations"),
        Because("not a host with an optional port (RFC 9110 §7.2)",
            "host: empty", "host: white space", "host: port too large", "host: port very large",
            "host: brackets around a name", "host: IPv6 too short", "host: IPv6 too long",
            "host: IPv6 with a gap of nothing", "host: IPv6 with two gaps", "host: IPv6 with three colons",
            "host: IPv6 group too long", "host: IPv6 with bad IPv4"),
        Because("line endings count as well", "size: fields one too large"),
    ];

    private static IEnumerable<Difference> Bodies() =>
    [
        Because("a length consists of digits (RFC 9110 §8.6)", "field: length with plus", "field: length with minus"),
        Because("a length together with a transfer coding is an attack or an error (RFC 9112 §6.1)",
            "field: length and chunked", "field: chunked and length", "field: chunked and length 0"),
        Because("chunked must be present once, and last (RFC 9112 §6.1)",
            "field: chunked twice in a list", "field: chunked twice in two lines",
            "field: empty element before chunked", "field: empty element after chunked"),
        Because("a coding that is not supported (RFC 9112 §6.1)",
            "field: coding under chunked", "field: coding under chunked in two lines"),
        Because("HTTP/1.0 does not support transfer codings (RFC 9112 §6.1)", "field: chunked on HTTP/1.0"),
        Because("an error of the client, not of the application", "chunk: size overflows", "chunk: size above 2^63",
            "chunk: size overflows to a small number", "chunk: trailer with NUL"),
        Because("not a chunk extension (RFC 9112 §7.1.1)",
            "chunk: extension without a name", "chunk: extension with an empty name",
            "chunk: extension with value only", "chunk: extension without value",
            "chunk: extension name is not a token", "chunk: extension value is not a token",
            "chunk: extension with open quotes", "chunk: extension with text after quotes",
            "chunk: extension with control", "chunk: extension with NUL in quotes",
            "chunk: extension with white space last"),
        Because("extensions are limited (RFC 9112 §7.1.1)",
            "chunk: line too long", "chunk: extensions outweigh the data"),
        Because("trailers have the same limits as fields", "chunk: trailers too large", "chunk: too many trailers"),
    ];
}
