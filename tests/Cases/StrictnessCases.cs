namespace Tipi.Tests.Cases;

/// <summary>
/// The table of what Kestrel 10 serves and Tipi refuses, with what the lenient profile brings back. The server's tests
/// run it against Kestrel too, so that its column is no memory.
/// </summary>
public static class StrictnessCases
{
    private const string Head = "POST / HTTP/1.1\r\nHost: a\r\n";
    private const string Chunks = "5\r\nhello\r\n0\r\n\r\n";

    /// <summary>All cases.</summary>
    public static IReadOnlyList<StrictnessCase> All { get; } = [.. Forgiven(), .. Framing(), .. Heads(), .. Targets()];

    /// <summary>The names of all cases.</summary>
    public static IEnumerable<string> Names => All.Select(one => one.Name);

    /// <summary>The case with a name.</summary>
    public static StrictnessCase Find(string name) => All.Single(one => one.Name == name);

    /// <summary>What the lenient profile is for.</summary>
    private static IEnumerable<StrictnessCase> Forgiven() =>
    [
        new("line feeds for all line ends", "GET / HTTP/1.1\nHost: a\nX: b\n\n", 0, 400, 0),
        new("line feed after the request line", "GET / HTTP/1.1\nHost: a\r\n\r\n", 0, 400, 0),
        new("line feed after a field", "GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n", 0, 400, 0),
        new("line feed ends the head", "GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n\n", 0, 400, 0),
        new("line feed after a tab", "GET / HTTP/1.1\r\nHost: a\r\nX: b\t\n\r\n", 0, 400, 0),
        new("line feed after a hundred fields",
            "GET / HTTP/1.1\nHost: a\n" + string.Concat(Enumerable.Repeat("X: y\n", 99)) + "\n", 0, 400, 0),
        new("line feed first", "\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 0, 400, 0),
        new("three empty lines first", "\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 0, 400, 0),
        new("many line feeds first", new string('\n', 100) + "GET / HTTP/1.1\r\nHost: a\r\n\r\n", 0, 400, 0),
        new("length and chunked", Head + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n" + Chunks, 0, 400, 0),
        new("chunked and length", Head + "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n" + Chunks, 0, 400, 0),
        new("coding under chunked", Head + "Transfer-Encoding: gzip, chunked\r\n\r\n" + Chunks, 0, 501, 0),
        new("coding under chunked and length",
            Head + "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n" + Chunks,
            0, 400, 0),
        new("empty Host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", 0, 400, 0),
        new("empty Host on HTTP/1.0", "GET / HTTP/1.0\r\nHost: \t\r\n\r\n", 0, 400, 0),
        new("unknown expectation", Head + "Expect: x\r\nContent-Length: 1\r\n\r\na", 0, 417, 0),
        new("empty expectation", Head + "Expect:\r\nContent-Length: 1\r\n\r\na", 0, 417, 0),
        new("list of expectations", Head + "Expect: 100-continue, x\r\nContent-Length: 1\r\n\r\na", 0, 417, 0),
        new("fragment", "GET /a#b?c HTTP/1.1\r\nHost: a\r\n\r\n", 0, 400, 0),
        new("fragment in the query", "GET /?a#b HTTP/1.1\r\nHost: a\r\n\r\n", 0, 400, 0),
        new("backslash", "GET /a\\..\\b HTTP/1.1\r\nHost: a\r\n\r\n", 0, 400, 0),
        new("backslash and dot segments", "GET /a\\b/../%63#/./d?e\\f HTTP/1.1\r\nHost: a\r\n\r\n", 0, 400, 0),
    ];

    /// <summary>Refused in both: two readers could disagree where the request ends.</summary>
    private static IEnumerable<StrictnessCase> Framing() =>
    [
        new("length with plus", Head + "Content-Length: +3\r\n\r\nabc", 0, 400, 400),
        new("length of minus zero", Head + "Content-Length: -0\r\n\r\n", 0, 400, 400),
        new("length empty", Head + "Content-Length:\r\n\r\n", 400, 400, 400),
        new("length with a space inside", Head + "Content-Length: 1 2\r\n\r\nabc", 400, 400, 400),
        new("length twice, equal", Head + "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc", 400, 400, 400),
        new("length twice, different", Head + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", 400, 400, 400),
        new("length as list", Head + "Content-Length: 3, 3\r\n\r\nabc", 400, 400, 400),
        new("bad length and chunked",
            Head + "Content-Length: x\r\nTransfer-Encoding: chunked\r\n\r\n" + Chunks, 400, 400, 400),
        new("length and a coding that is not chunked",
            Head + "Content-Length: 3\r\nTransfer-Encoding: gzip\r\n\r\nabc", 400, 400, 400),
        new("chunked on HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n" + Chunks, 0, 400, 400),
        new("chunked twice", Head + "Transfer-Encoding: chunked, chunked\r\n\r\n" + Chunks, 0, 400, 400),
        new("empty element before chunked", Head + "Transfer-Encoding: , chunked\r\n\r\n" + Chunks, 0, 400, 400),
        new("chunked is not last", Head + "Transfer-Encoding: chunked, gzip\r\n\r\n" + Chunks, 400, 400, 400),
        new("line feed after a chunk size",
            Head + "Transfer-Encoding: chunked\r\n\r\n5\nhello\r\n0\r\n\r\n", 400, 400, 400),
        new("line feed after chunk data",
            Head + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\n0\r\n\r\n", 400, 400, 400),
        new("line feed in a chunk extension",
            Head + "Transfer-Encoding: chunked\r\n\r\n5;a\nhello\r\n0\r\n\r\n", 400, 400, 400),
        new("chunk extension without a name",
            Head + "Transfer-Encoding: chunked\r\n\r\n5;\r\nhello\r\n0\r\n\r\n", 0, 400, 400),
        new("line feed in the trailers",
            Head + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nA: b\n\r\n", 0, 400, 400),
        new("line feed for trailers",
            Head + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\n", StrictnessCase.Hangs, 400, 400),
        new("chunk size overflows",
            Head + "Transfer-Encoding: chunked\r\n\r\n10000000000000000\r\nhello\r\n0\r\n\r\n", 500, 400, 400),
    ];

    /// <summary>Refused in both: two readers could disagree about a line or a field.</summary>
    private static IEnumerable<StrictnessCase> Heads() =>
    [
        new("bare carriage return in a value", "GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n", 400, 400, 400),
        new("carriage return before a line end", "GET / HTTP/1.1\r\nHost: a\r\nX: a\r\r\n\r\n", 400, 400, 400),
        new("carriage return ends the head", "GET / HTTP/1.1\r\nHost: a\r\n\rX\r\n\r\n", 400, 400, 400),
        new("NUL in a value", "GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n", 400, 400, 400),
        new("control in a value", "GET / HTTP/1.1\r\nHost: a\r\nX: a\u0001b\r\n\r\n", 0, 400, 400),
        new("DEL in a value", "GET / HTTP/1.1\r\nHost: a\r\nX: a\u007Fb\r\n\r\n", 0, 400, 400),
        new("space before a colon", "GET / HTTP/1.1\r\nHost: a\r\nX : a\r\n\r\n", 400, 400, 400),
        new("brackets in a name", "GET / HTTP/1.1\r\nHost: a\r\nX[]: a\r\n\r\n", 0, 400, 400),
        new("folded line", "GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n", 400, 400, 400),
        new("folded line after a line feed", "GET / HTTP/1.1\nHost: a\nX: a\n b\n\n", 400, 400, 400),
        new("two spaces before the version", "GET /  HTTP/1.1\r\nHost: a\r\n\r\n", 0, 400, 400),
        new("tab before the version", "GET /\tHTTP/1.1\r\nHost: a\r\n\r\n", 0, 400, 400),
        new("HTTP/1.2", "GET / HTTP/1.2\r\nHost: a\r\n\r\n", 505, 505, 505),
        new("two hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400, 400, 400),
        new("no host", "GET / HTTP/1.1\r\n\r\n", 400, 400, 400),
        new("port too large", "GET / HTTP/1.1\r\nHost: a:65536\r\n\r\n", 0, 400, 400),
        new("brackets around a name", "GET / HTTP/1.1\r\nHost: [a.b]\r\n\r\n", 0, 400, 400),
        new("empty lines without end", new string('\n', 8192), StrictnessCase.Hangs, 400, 414),
    ];

    /// <summary>Refused in both: two readers could disagree what is asked for.</summary>
    private static IEnumerable<StrictnessCase> Targets() =>
    [
        new("control in the target", "GET /\u0001 HTTP/1.1\r\nHost: a\r\n\r\n", 0, 400, 400),
        new("control beside a fragment", "GET /\u0001# HTTP/1.1\r\nHost: a\r\n\r\n", 0, 400, 400),
        new("carriage return in the target", "GET /\rb HTTP/1.1\r\nHost: a\r\n\r\n", 0, 400, 400),
        new("line feed in the target", "GET /\nb HTTP/1.1\r\nHost: a\r\n\r\n", 400, 400, 400),
        new("space in the target", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", 400, 400, 400),
        new("byte from 0x80 in the target", "GET /\u00E9# HTTP/1.1\r\nHost: a\r\n\r\n", 400, 400, 400),
        new("target that is a fragment", "GET #a HTTP/1.1\r\nHost: a\r\n\r\n", 400, 400, 400),
        new("absolute with a fragment", "GET http://a/#b HTTP/1.1\r\nHost: a\r\n\r\n", 0, 400, 400),
        new("absolute with a user", "GET http://u@a/ HTTP/1.1\r\nHost: a\r\n\r\n", 0, 400, 400),
        new("absolute with another host", "GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n", 400, 400, 400),
        new("absolute with an empty Host", "GET http://b/ HTTP/1.1\r\nHost:\r\n\r\n", 400, 400, 400),
        new("CONNECT with a path", "CONNECT / HTTP/1.1\r\nHost: a\r\n\r\n", 0, 400, 400),
        new("CONNECT without port", "CONNECT a HTTP/1.1\r\nHost: a\r\n\r\n", 0, 400, 400),
        new("CONNECT with another host", "CONNECT b:80 HTTP/1.1\r\nHost: a:80\r\n\r\n", 400, 400, 400),
    ];
}
