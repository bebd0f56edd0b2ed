using static Tipi.Parity.Frames.Say;

namespace Tipi.Parity.Frames;

/// <summary>Requests of HTTP/2, good and bad.</summary>
internal static class SectionCases
{
    private const string Start = ":method: GET|:scheme: http";
    private const string Tunnel = ":method: CONNECT|:authority: a:443";
    private const string Socket =
        ":method: CONNECT|:protocol: websocket|:scheme: http|:path: /|:authority: a";

    internal static IReadOnlyList<SectionCase> All { get; } =
    [
        .. Good(), .. Pseudo(), .. Hosts(), .. Names(), .. OfHttp1(), .. Connects(), .. Limits(), .. Bodies(),
        .. Trailers(),
    ];

    private static SectionCase With(string name, string fields) => new(name, $"{Get}|{fields}");

    private static SectionCase At(string name, string path) => new(name, $"{Start}|:path: {path}|:authority: a");

    private static SectionCase For(string name, string authority) =>
        new(name, $"{Start}|:path: /|:authority: {authority}");

    private static SectionCase Sent(string name, string more, params byte[][] rest) =>
        new(name, more.Length > 0 ? $"{Post}|{more}" : Post, rest);

    private static IEnumerable<SectionCase> Good() =>
    [
        new("plain", Get),
        With("cookies in crumbs", "cookie: a=b|cookie: c=d"),
        With("empty value", "x-a: "),
        With("value with a blank behind it", "x-a: b "),
        With("value with a blank before it", "x-a:  b"),
        With("unknown expectation", "expect: x"),
        With("value in UTF-8", "x-a: \u00c3\u00a4"),
        With("te: trailers", "te: trailers"),
        With("the same field twice", "x-a: 1|x-a: 2"),
        new("method in lower case", ":method: get|:scheme: http|:path: /|:authority: a"),
        new("method of its own", ":method: MINE|:scheme: http|:path: /|:authority: a"),
        new("OPTIONS *", ":method: OPTIONS|:scheme: http|:path: *|:authority: a"),
        new("scheme in upper case", ":method: GET|:scheme: HTTP|:path: /|:authority: a"),
        new("pseudo-headers in another order", ":authority: a|:path: /|:scheme: http|:method: GET"),
        At("path with an escape", "/a%20b"),
        At("path with a query", "/a?b=c"),
        At("path with a backslash in the query", "/a?b=C:\\temp"),
    ];

    private static IEnumerable<SectionCase> Pseudo() =>
    [
        new("no :method", ":scheme: http|:path: /|:authority: a"),
        new("no :scheme", ":method: GET|:path: /|:authority: a"),
        new("no :path", ":method: GET|:scheme: http|:authority: a"),
        new("empty :method", ":method: |:scheme: http|:path: /|:authority: a"),
        new("empty :scheme", ":method: GET|:scheme: |:path: /|:authority: a"),
        new("method with a space", ":method: G T|:scheme: http|:path: /|:authority: a"),
        new("scheme of another kind", ":method: GET|:scheme: ftp|:path: /|:authority: a"),
        new("scheme https without TLS", ":method: GET|:scheme: https|:path: /|:authority: a"),
        new("scheme with a slash", ":method: GET|:scheme: a/b|:path: /|:authority: a"),
        With("second :method", ":method: GET"),
        new("two :method", ":method: GET|:method: GET|:scheme: http|:path: /|:authority: a"),
        new("two :path", ":method: GET|:scheme: http|:path: /|:path: /|:authority: a"),
        new("two :authority", ":method: GET|:scheme: http|:path: /|:authority: a|:authority: a"),
        new("unknown pseudo-header", ":method: GET|:scheme: http|:path: /|:authority: a|:mine: a"),
        new("pseudo-header of responses", ":method: GET|:scheme: http|:path: /|:authority: a|:status: 200"),
        new("pseudo-header after a field", ":method: GET|:scheme: http|:path: /|x-a: b|:authority: a"),
        At("empty path", ""),
        At("path without a slash", "a"),
        At("path of a whole address", "http://a/"),
        At("path * of GET", "*"),
        At("path with a fragment", "/a#b"),
        At("path with a space", "/a b"),
        At("path with a backslash", "/a\\b"),
        At("path with a control", "/a\u0001b"),
        At("path with a wrong escape", "/a%zz"),
        At("path with an escaped NUL", "/a%00"),
        At("path with a byte beyond ASCII", "/\u00e4"),
        At("path in UTF-8", "/\u00c3\u00a4"),
        At("query in UTF-8", "/?a=\u00c3\u00a4"),
    ];

    private static IEnumerable<SectionCase> Hosts() =>
    [
        new("no authority and no host", $"{Start}|:path: /"),
        new("host without authority", $"{Start}|:path: /|host: a"),
        With("host and authority", "host: a"),
        With("host that differs from the authority", "host: b"),
        With("two hosts", "host: a|host: a"),
        For("authority with a port", "a:8080"),
        For("authority with a wrong port", "a:b"),
        For("authority with a port too large", "a:65536"),
        For("authority with a user", "u@a"),
        For("authority with a path", "a/b"),
        For("authority with a space", "a b"),
        For("authority of IPv6", "[::1]:80"),
        For("empty authority", ""),
    ];

    private static IEnumerable<SectionCase> Names() =>
    [
        With("name in upper case", "X-A: b"),
        With("name in mixed case", "x-A: b"),
        With("empty name", ": b"),
        With("name with a space", "x a: b"),
        With("name with a colon", "x:a: b"),
        With("name with a control", "x\u0001a: b"),
        With("name with a byte beyond ASCII", "x\u00e4: b"),
        With("value with NUL", "x-a: b\0c"),
        With("value with a carriage return", "x-a: b\rc"),
        With("value with a line feed", "x-a: b\nc"),
        With("value with a control", "x-a: b\u0001c"),
        With("value with DEL", "x-a: b\u007fc"),
        With("value with a space first", "x-a:  b"),
        With("value with a space last", "x-a: b "),
        With("value with a tab last", "x-a: b\t"),
        With("value with a tab inside", "x-a: b\tc"),
    ];

    private static IEnumerable<SectionCase> OfHttp1() =>
    [
        With("connection: close", "connection: close"),
        With("connection: keep-alive", "connection: keep-alive"),
        With("keep-alive", "keep-alive: 5"),
        With("proxy-connection", "proxy-connection: close"),
        With("transfer-encoding", "transfer-encoding: chunked"),
        With("upgrade", "upgrade: h2c"),
        With("te: gzip", "te: gzip"),
        With("te: trailers, gzip", "te: trailers, gzip"),
        With("another expectation", "expect: a"),
    ];

    private static IEnumerable<SectionCase> Connects() =>
    [
        new("CONNECT", Tunnel),
        new("CONNECT without a port", ":method: CONNECT|:authority: a"),
        new("CONNECT without an authority", ":method: CONNECT"),
        new("CONNECT with a path", $"{Tunnel}|:path: /"),
        new("CONNECT with a scheme", $"{Tunnel}|:scheme: http"),
        new("CONNECT with a scheme and a path", $"{Tunnel}|:scheme: http|:path: /"),
        new("extended CONNECT, ended", Socket),
        new("extended CONNECT without a path", ":method: CONNECT|:protocol: websocket|:scheme: http|:authority: a"),
        new("extended CONNECT without a scheme", ":method: CONNECT|:protocol: websocket|:path: /|:authority: a"),
        new("extended CONNECT without an authority", ":method: CONNECT|:protocol: websocket|:scheme: http|:path: /"),
        new(":protocol without CONNECT", $"{Start}|:protocol: websocket|:path: /|:authority: a"),
        new("empty :protocol", ":method: CONNECT|:protocol: |:scheme: http|:path: /|:authority: a"),
    ];

    private static IEnumerable<SectionCase> Limits() =>
    [
        With("limit: as many fields as allowed", Many("x-a: b", 100)),
        With("limit: two fields too many", Many("x-a: b", 102)),
        With("limit: fields too large", Many($"x-a: {new string('b', 7_000)}", 5)),
        At("limit: long path", "/" + new string('a', 8_000)),
        At("limit: path beyond a request line", "/" + new string('a', 9_000)),
        new("limit: long method", $":method: {new string('A', 9_000)}|:scheme: http|:path: /|:authority: a"),
        Sent("limit: length too large", "content-length: 1001", Data(1, new string('a', 1001))),
        Sent("limit: body too large", "", Data(1, new string('a', 1001))),
        Sent("limit: body at the limit", "", Data(1, new string('a', 1000))),
    ];

    private static IEnumerable<SectionCase> Bodies() =>
    [
        Sent("body: length", "content-length: 5", Data(1, "hello")),
        Sent("body: length in two frames", "content-length: 5", Data(1, "he", end: false), Data(1, "llo")),
        Sent("body: shorter than its length", "content-length: 5", Data(1, "he")),
        Sent("body: longer than its length", "content-length: 5", Data(1, "hello!")),
        Sent("body: longer than its length, unended", "content-length: 5", Data(1, "hello!", end: false)),
        Sent("body: length 0", "content-length: 0", Data(1, "")),
        Sent("body: none but a length", "content-length: 5"),
        Sent("body: empty", "", Data(1, "")),
        Sent("body: length with plus", "content-length: +5", Data(1, "hello")),
        Sent("body: length with minus", "content-length: -5", Data(1, "hello")),
        Sent("body: length of letters", "content-length: a", Data(1, "hello")),
        Sent("body: two lengths", "content-length: 5|content-length: 5", Data(1, "hello")),
        Sent("body: two lengths that differ", "content-length: 5|content-length: 6", Data(1, "hello")),
        Sent("body: reset", "", Data(1, "he", end: false), Reset(1)),
        Sent("body: expectation", "content-length: 5|expect: 100-continue", Data(1, "hello")),
        new("body: of GET", $"{Get}|content-length: 5", Data(1, "hello")),
    ];

    private static IEnumerable<SectionCase> Trailers() =>
    [
        Sent("trailers", "", Data(1, "a", end: false), Headers(1, "x-a: b")),
        Sent("trailers without a body", "", Headers(1, "x-a: b")),
        Sent("trailers with a pseudo-header", "", Headers(1, ":path: /")),
        Sent("trailers in upper case", "", Headers(1, "X-A: b")),
        Sent("trailers with connection", "", Headers(1, "connection: close")),
        Sent("trailers with a length", "", Headers(1, "content-length: 0")),
        Sent("trailers with a control", "", Headers(1, "x-a: b\u0001")),
        Sent("trailers too large", "", Headers(1, Many($"x-a: {new string('b', 6_000)}", 2))),
    ];

    private static string Many(string field, int count) => string.Join('|', Enumerable.Repeat(field, count));
}
