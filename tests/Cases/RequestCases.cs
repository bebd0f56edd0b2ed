namespace Tipi.Tests.Cases;

/// <summary>
/// Good, bad and smuggling requests with the wanted answer. The parser's tests run them at every cut, the server's
/// tests over sockets on every transport.
/// </summary>
public static class RequestCases
{
    private const string Host = "Host: a\r\n";
    private const string Chunked = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";

    /// <summary>All cases.</summary>
    public static IReadOnlyList<RequestCase> All { get; } =
    [
        .. GoodLines(), .. GoodFields(), .. GoodBodies(),
        .. BadLines(), .. BadTargets(), .. BadFields(), .. BadHosts(), .. BadFraming(), .. BadChunks(), .. TooLarge(),
    ];

    /// <summary>The names of all cases.</summary>
    public static IEnumerable<string> Names => All.Select(one => one.Name);

    /// <summary>The case with a name.</summary>
    public static RequestCase Find(string name) => All.Single(one => one.Name == name);

    private static RequestCase Good(string name, string text) => new(name, text, 0);

    private static RequestCase Line(string name, string line, int status = 400) =>
        new("line: " + name, line + "\r\n" + Host + "\r\n", status);

    private static RequestCase Field(string name, string fields, int status = 400) =>
        new("field: " + name, "POST / HTTP/1.1\r\n" + Host + fields + "\r\n\r\n", status);

    private static RequestCase BadHost(string name, string value) =>
        new("host: " + name, "GET / HTTP/1.1\r\nHost:" + value + "\r\n\r\n", 400);

    private static RequestCase Chunk(string name, string body, int status = 400) =>
        new("chunk: " + name, Chunked + body, status, InBody: status != 0);

    private static IEnumerable<RequestCase> GoodLines() =>
    [
        Good("plain GET", "GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
        Good("query with a backslash", "GET /a?path=C:\\temp HTTP/1.1\r\nHost: a\r\n\r\n"),
        Good("GET without keep-alive", "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"),
        Good("HTTP/1.0 without Host", "GET / HTTP/1.0\r\n\r\n"),
        Good("HTTP/1.0 keep-alive", "GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n"),
        Good("one empty line first", "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"),
        Good("own method", "BREW /pot HTTP/1.1\r\nHost: a\r\n\r\n"),
        Good("method of token characters", "!#$%&'*+-.^_`|~9aZ / HTTP/1.1\r\nHost: a\r\n\r\n"),
        Good("method in lower case is another method", "get / HTTP/1.1\r\nHost: a\r\n\r\n"),
        Good("query", "GET /a?b=c&d=%20e?f HTTP/1.1\r\nHost: a\r\n\r\n"),
        Good("query that browsers send unescaped", "GET /a?b[]={\"c\"}|<d>^` HTTP/1.1\r\nHost: a\r\n\r\n"),
        Good("empty query", "GET /a? HTTP/1.1\r\nHost: a\r\n\r\n"),
        Good("two slashes", "GET //a//b HTTP/1.1\r\nHost: a\r\n\r\n"),
        Good("dot segments", "GET /a/../b/./c HTTP/1.1\r\nHost: a\r\n\r\n"),
        Good("malformed escape in the path", "GET /a%zz%4 HTTP/1.1\r\nHost: a\r\n\r\n"),
        Good("absolute target", "GET http://a/b?c HTTP/1.1\r\nHost: a\r\n\r\n"),
        Good("absolute target in upper case", "GET HTTP://A/b HTTP/1.1\r\nHost: a\r\n\r\n"),
        Good("absolute target without path", "GET http://a HTTP/1.1\r\nHost: a\r\n\r\n"),
        Good("absolute target with query only", "GET http://a?b HTTP/1.1\r\nHost: a\r\n\r\n"),
        Good("absolute target with default port", "GET http://a:80/ HTTP/1.1\r\nHost: a\r\n\r\n"),
        Good("absolute target with IPv6", "GET http://[::1]:8080/ HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n"),
        Good("OPTIONS *", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"),
        Good("CONNECT", "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n"),
    ];

    private static IEnumerable<RequestCase> GoodFields() =>
    [
        Good("white space around values", "GET / HTTP/1.1\r\nHost:\t a \t\r\nX:\t \t\r\n\r\n"),
        Good("no white space", "GET / HTTP/1.1\r\nHost:a\r\nX:\r\nY:b\r\n\r\n"),
        Good("names in any case", "GET / HTTP/1.1\r\nHOST: a\r\ncOnTeNt-LeNgTh: 0\r\n\r\n"),
        Good("tab inside a value", "GET / HTTP/1.1\r\nHost: a\r\nX: b\tc\r\n\r\n"),
        Good("UTF-8 in a value", "GET / HTTP/1.1\r\nHost: a\r\nX: \u00C3\u00A9\u00E2\u0082\u00AC\r\n\r\n"),
        Good("colons in a value", "GET / HTTP/1.1\r\nHost: a\r\nX::: b:c\r\n\r\n"),
        Good("name of token characters", "GET / HTTP/1.1\r\nHost: a\r\n!#$%&'*+-.^_`|~9aZ: b\r\n\r\n"),
        Good("one-letter names", "GET / HTTP/1.1\r\nHost: a\r\nA: 1\r\nB: 2\r\n\r\n"),
        Good("the same field twice", "GET / HTTP/1.1\r\nHost: a\r\nAccept: b\r\nAccept: c\r\n\r\n"),
        Good("Host with port", "GET / HTTP/1.1\r\nHost: a.example:8080\r\n\r\n"),
        Good("Host with empty port", "GET / HTTP/1.1\r\nHost: a:\r\n\r\n"),
        Good("Host IPv4", "GET / HTTP/1.1\r\nHost: 127.0.0.1:80\r\n\r\n"),
        Good("Host IPv6", "GET / HTTP/1.1\r\nHost: [2001:db8::1]\r\n\r\n"),
        Good("Host IPv6 with a gap of one group", "GET / HTTP/1.1\r\nHost: [1:2:3::5:6:7:8]\r\n\r\n"),
        Good("Host IPv6 in full", "GET / HTTP/1.1\r\nHost: [1:2:3:4:5:6:7:8]\r\n\r\n"),
        Good("Host IPv6 with IPv4 inside", "GET / HTTP/1.1\r\nHost: [::ffff:192.0.2.1]:65535\r\n\r\n"),
        Good("Host with underscore and escape", "GET / HTTP/1.1\r\nHost: my_host%2Dx\r\n\r\n"),
        Good("Expect on HTTP/1.0 is ignored", "POST / HTTP/1.0\r\nContent-Length: 0\r\nExpect: 100-continue\r\n\r\n"),
        Good("Connection with unknown options", "GET / HTTP/1.1\r\nHost: a\r\nConnection: x, ,keep-alive , TE\r\n\r\n"),
        Good("upgrade that nobody offers", "GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: x/1\r\n\r\n"),
        Good("a hundred fields", "GET / HTTP/1.1\r\nHost: a\r\n" + Repeat("X-Y: z\r\n", 99) + "\r\n"),
        Good("name as long as the widest known", "GET / HTTP/1.1\r\nHost: a\r\n" + new string('n', 32) + ": b\r\n\r\n"),
        Good("long value", "GET / HTTP/1.1\r\nHost: a\r\nX: " + new string('v', 20000) + "\r\n\r\n"),
    ];

    private static IEnumerable<RequestCase> GoodBodies() =>
    [
        Good("length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"),
        Good("length with leading zeros", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 005\r\n\r\nhello"),
        Good("length 0", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"),
        Good("GET with a body", "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi"),
        Good("body that looks like a request", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nGET / HTT"),
        Chunk("two", "5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n", 0),
        Chunk("none", "0\r\n\r\n", 0),
        Chunk("many zeros as size", "000\r\n\r\n", 0),
        Chunk("size in upper case with zeros", "0000A\r\n0123456789\r\n0\r\n\r\n", 0),
        Chunk("extensions", "1;a;b=c;d=\"e;\\\" f\"\r\nx\r\n0;end\r\n\r\n", 0),
        Chunk("extensions with white space", "1 ; a = b\t; c\r\nx\r\n0\r\n\r\n", 0),
        Chunk("trailers", "1\r\nx\r\n0\r\nX-Sum: 1\r\nX-Other:\r\n\r\n", 0),
        Good("coding in any case", Chunked.Replace("chunked", " ChUnKeD ", StringComparison.Ordinal) + "0\r\n\r\n"),
    ];

    private static IEnumerable<RequestCase> BadLines() =>
    [
        new("line: two empty lines first", "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        new("line: line feed first", "\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        new("line: ends in line feed", "GET / HTTP/1.1\nHost: a\r\n\r\n", 400),
        new("line: ends in carriage return", "GET / HTTP/1.1\rHost: a\r\n\r\n", 400),
        new("line: white space before the first field", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400),
        new("line: TLS handshake", "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00FC\u0003\u0003", 400),
        new("line: HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
        Line("no version", "GET /"),
        Line("no target", "GET HTTP/1.1"),
        Line("only a method", "GET"),
        Line("only a space", " "),
        Line("empty method", " / HTTP/1.1"),
        Line("method is not a token", "G(T / HTTP/1.1"),
        Line("method with a byte from 0x80", "G\u00C9T / HTTP/1.1"),
        Line("two spaces before the target", "GET  / HTTP/1.1"),
        Line("two spaces before the version", "GET /  HTTP/1.1"),
        Line("tab instead of space", "GET\t/ HTTP/1.1"),
        Line("tab before the version", "GET /\tHTTP/1.1"),
        Line("space at the end", "GET / HTTP/1.1 "),
        Line("space at the start", " GET / HTTP/1.1"),
        Line("version in lower case", "GET / http/1.1"),
        Line("version without minor", "GET / HTTP/1"),
        Line("version with two-digit minor", "GET / HTTP/1.10"),
        Line("version with a comma", "GET / HTTP/1,1"),
        Line("version with a plus sign", "GET / HTTP/+1.1"),
        Line("other protocol", "GET / SPDY/1.1"),
        Line("HTTP/1.2", "GET / HTTP/1.2", 505),
        Line("HTTP/0.9", "GET / HTTP/0.9", 505),
        Line("HTTP/2.0", "GET / HTTP/2.0", 505),
        Line("HTTP/3.0", "GET / HTTP/3.0", 505),
        Line("NUL in the method", "G\0T / HTTP/1.1"),
        Line("NUL at the end", "GET / HTTP/1.1\0"),
        new("line: letter instead of line feed", "GET / HTTP/1.1\rXHost: a\r\n\r\n", 400),
        new("line: NUL before a line feed", "GET / HTTP/1.1\0\nHost: a\r\n\r\n", 400),
    ];

    private static IEnumerable<RequestCase> BadTargets() =>
    [
        Line("fragment", "GET /a#b HTTP/1.1"),
        Line("backslash", "GET /a\\b HTTP/1.1"),
        Line("space in the target", "GET /a b HTTP/1.1"),
        Line("NUL in the target", "GET /\0 HTTP/1.1"),
        Line("control in the target", "GET /\u0001 HTTP/1.1"),
        Line("DEL in the target", "GET /\u007F HTTP/1.1"),
        Line("carriage return in the target", "GET /\rb HTTP/1.1"),
        Line("byte from 0x80 in the target", "GET /\u00E9 HTTP/1.1"),
        Line("far away byte from 0x80", "GET /" + new string('a', 70) + "\u00E9" + new string('a', 70) + " HTTP/1.1"),
        Line("fragment in the query", "GET /?a#b HTTP/1.1"),
        Line("asterisk with GET", "GET * HTTP/1.1", 405),
        Line("asterisk with more", "OPTIONS */ HTTP/1.1"),
        Line("authority with GET", "GET a:80 HTTP/1.1", 405),
        Line("authority without port", "CONNECT a HTTP/1.1"),
        Line("authority with empty port", "CONNECT a: HTTP/1.1"),
        Line("authority with large port", "CONNECT a:65536 HTTP/1.1"),
        Line("authority with bad escape", "CONNECT a%4:80 HTTP/1.1"),
        Line("CONNECT with a path", "CONNECT / HTTP/1.1"),
        Line("CONNECT with an absolute target", "CONNECT http://a/ HTTP/1.1"),
        Line("path without slash", "GET a/b HTTP/1.1"),
        Line("question mark first", "GET ?a HTTP/1.1"),
        Line("unknown scheme", "GET ftp://a/ HTTP/1.1"),
        Line("absolute without host", "GET http:/// HTTP/1.1"),
        Line("absolute with user", "GET http://u@a/ HTTP/1.1"),
        Line("absolute with bad escape", "GET http://a%g0/ HTTP/1.1"),
        Line("absolute with bad port", "GET http://a:b/ HTTP/1.1"),
        Line("absolute with another host", "GET http://b/ HTTP/1.1"),
        Line("absolute with another port", "GET http://a:81/ HTTP/1.1"),
        Line("authority with another host", "CONNECT b:80 HTTP/1.1"),
    ];

    private static IEnumerable<RequestCase> BadFields() =>
    [
        Field("folded", "X: a\r\n b"),
        Field("folded with a tab", "X: a\r\n\tb"),
        Field("without colon", "X"),
        Field("empty name", ": a"),
        Field("space before the colon", "X : a"),
        Field("tab before the colon", "X\t: a"),
        Field("space before the colon of a known name", "Content-Length : 0"),
        Field("space in the name", "X Y: a"),
        Field("slash in the name", "X/Y: a"),
        Field("brackets in the name", "X[Y]: a"),
        Field("byte from 0x80 in the name", "X\u00E9: a"),
        Field("NUL in the name", "X\0: a"),
        Field("carriage return in a known name", "Content\rLength: 5"),
        Field("NUL in the value", "X: a\0b"),
        Field("control in the value", "X: a\u0001b"),
        Field("vertical tab in the value", "X: a\u000Bb"),
        Field("escape in the value", "X: a\u001Bb"),
        Field("DEL in the value", "X: a\u007Fb"),
        Field("bare carriage return in the value", "X: a\rb"),
        Field("bare carriage return at the end of the value", "X: a\r"),
        Field("bare line feed", "X: a\nY: b"),
        Field("line feed before the end", "X: a\n"),
        Field("NUL before a line feed", "X: a\0\nY: b"),
        Field("tab and line feed", "X: a\t\nY: b"),
        Field("letter instead of line feed", "X: a\rXY: b"),
        Field("letter instead of carriage return", "X: aX\nY: b"),
        Field("far away NUL", "X: " + new string('a', 100) + "\0" + new string('a', 100)),
        new("field: line feed ends the head", "GET / HTTP/1.1\r\nHost: a\r\n\n", 400),
        new("field: carriage return ends the head", "GET / HTTP/1.1\r\nHost: a\r\n\rx", 400),
        Field("other expectation", "Expect: 200-ok", 417),
        Field("empty expectation", "Expect:", 417),
        Field("list of expectations", "Expect: 100-continue, x", 417),
    ];

    private static IEnumerable<RequestCase> BadHosts() =>
    [
        new("host: missing", "GET / HTTP/1.1\r\nX: a\r\n\r\n", 400),
        new("host: missing without fields", "GET / HTTP/1.1\r\n\r\n", 400),
        new("host: twice", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        new("host: twice the same", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400),
        new("host: twice on HTTP/1.0", "GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n", 400),
        BadHost("empty", ""),
        BadHost("white space", " \t"),
        BadHost("only a port", " :80"),
        BadHost("port is not a number", " a:b"),
        BadHost("port too large", " a:65536"),
        BadHost("port very large", " a:99999999999999999999"),
        BadHost("signed port", " a:+80"),
        BadHost("two ports", " a:80:80"),
        BadHost("list", " a, b"),
        BadHost("path", " a/b"),
        BadHost("user", " u@a"),
        BadHost("scheme", " http://a"),
        BadHost("space inside", " a b"),
        BadHost("backslash", " a\\b"),
        BadHost("quotes", " \"a\""),
        BadHost("byte from 0x80", " \u00E9"),
        BadHost("bad escape", " a%2"),
        BadHost("bad escape digits", " a%g1"),
        BadHost("open bracket", " [::1"),
        BadHost("close bracket", " ::1]"),
        BadHost("IPv6 without brackets", " ::1"),
        BadHost("empty brackets", " []"),
        BadHost("brackets around a name", " [a.b]"),
        BadHost("IPv6 too short", " [1:2:3]"),
        BadHost("IPv6 too long", " [1:2:3:4:5:6:7:8:9]"),
        BadHost("IPv6 with a gap of nothing", " [1:2:3:4::5:6:7:8]"),
        BadHost("IPv6 with two gaps", " [1::2::3]"),
        BadHost("IPv6 with three colons", " [1:::2]"),
        BadHost("IPv6 group too long", " [::12345]"),
        BadHost("IPv6 with zone", " [fe80::1%25eth0]"),
        BadHost("IPv6 with bad IPv4", " [::1.2.3.256]"),
        BadHost("text after brackets", " [::1]a"),
    ];

    private static IEnumerable<RequestCase> BadFraming() =>
    [
        Field("length with plus", "Content-Length: +5"),
        Field("length with minus", "Content-Length: -0"),
        Field("length empty", "Content-Length:"),
        Field("length with space inside", "Content-Length: 1 2"),
        Field("length hexadecimal", "Content-Length: 0x5"),
        Field("length with space after a sign", "Content-Length: - 0"),
        Field("length in quotes", "Content-Length: \"5\""),
        Field("length with vertical tab", "Content-Length: \u000B5"),
        Field("length with exponent", "Content-Length: 5e0"),
        Field("length and empty length", "Content-Length: 5\r\nContent-Length:"),
        Field("length with underscore", "Content-Length: 1_0"),
        Field("length with fraction", "Content-Length: 5.0"),
        Field("length above 2^63", "Content-Length: 9223372036854775808"),
        Field("length far above 2^64", "Content-Length: 99999999999999999999999999"),
        Field("length as list of equals", "Content-Length: 5, 5"),
        Field("length as list", "Content-Length: 5, 6"),
        Field("length twice, different", "Content-Length: 5\r\nContent-Length: 6"),
        Field("length twice, equal", "Content-Length: 5\r\nContent-Length: 5"),
        Field("length and chunked", "Content-Length: 5\r\nTransfer-Encoding: chunked"),
        Field("chunked and length", "Transfer-Encoding: chunked\r\nContent-Length: 5"),
        Field("chunked and length 0", "Transfer-Encoding: chunked\r\nContent-Length: 0"),
        Field("chunked twice in a list", "Transfer-Encoding: chunked, chunked"),
        Field("chunked twice in two lines", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked"),
        Field("chunked is not last", "Transfer-Encoding: chunked, gzip"),
        Field("chunked is not last in two lines", "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity"),
        Field("no chunked at all", "Transfer-Encoding: gzip"),
        Field("identity", "Transfer-Encoding: identity"),
        Field("empty coding", "Transfer-Encoding:"),
        Field("empty element before chunked", "Transfer-Encoding: , chunked"),
        Field("empty element after chunked", "Transfer-Encoding: chunked,"),
        Field("coding with prefix", "Transfer-Encoding: xchunked"),
        Field("coding in quotes", "Transfer-Encoding: \"chunked\""),
        Field("coding with parameter", "Transfer-Encoding: chunked;a=b"),
        Field("coding with vertical tab", "Transfer-Encoding: \u000Bchunked"),
        Field("coding with vertical tab behind", "Transfer-Encoding: chunked\u000B"),
        Field("coding with NUL behind", "Transfer-Encoding: chunked\0"),
        Field("coding in single quotes", "Transfer-Encoding: 'chunked'"),
        Field("coding with a letter that looks like k", "Transfer-Encoding: chun\u00E2\u0084\u00AAed"),
        Field("coding cut short", "Transfer-Encoding: chunke"),
        Field("coding and a space inside", "Transfer-Encoding: chun ked"),
        Field("coding with a tab in the field name", "Transfer-Encoding\t: chunked"),
        Field("coding with a byte from 0x80 in the field name", "Transfer\u00ADEncoding: chunked"),
        Field("coding in the wrong field name", "Transfer-Encoding : chunked"),
        Field("coding folded", "Transfer-Encoding:\r\n chunked"),
        Field("coding under chunked", "Transfer-Encoding: gzip, chunked", 501),
        Field("coding under chunked in two lines", "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked", 501),
        new("field: chunked on HTTP/1.0",
            "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    ];

    private static IEnumerable<RequestCase> BadChunks() =>
    [
        Chunk("empty size", "\r\n"),
        Chunk("size with plus", "+5\r\nhello\r\n"),
        Chunk("size with minus", "-5\r\nhello\r\n"),
        Chunk("size with 0x", "0x5\r\nhello\r\n"),
        Chunk("size with underscore", "1_0\r\nhello\r\n"),
        Chunk("size with space first", " 5\r\nhello\r\n"),
        Chunk("size with space last", "5 \r\nhello\r\n"),
        Chunk("size with tab last", "5\t\r\nhello\r\n"),
        Chunk("size is not hexadecimal", "g\r\n"),
        Chunk("size overflows", "10000000000000000\r\n"),
        Chunk("size above 2^63", "8000000000000000\r\n"),
        Chunk("size overflows to a small number", "100000000000000005\r\nhello\r\n"),
        Chunk("line feed after the size", "5\nhello\r\n0\r\n\r\n"),
        Chunk("carriage return after the size", "5\rhello\r\n0\r\n\r\n"),
        Chunk("letter instead of line feed after the size", "5\rXhello\r\n0\r\n\r\n"),
        Chunk("letter instead of carriage return after the size", "5X\nhello\r\n0\r\n\r\n"),
        Chunk("letter instead of line feed after an extension", "5;a\rXhello\r\n0\r\n\r\n"),
        Chunk("extension without a name", "5;\r\nhello\r\n"),
        Chunk("extension with an empty name", "5;;a\r\nhello\r\n"),
        Chunk("extension with value only", "5;=a\r\nhello\r\n"),
        Chunk("extension without value", "5;a=\r\nhello\r\n"),
        Chunk("extension name is not a token", "5;a@b\r\nhello\r\n"),
        Chunk("extension value is not a token", "5;a=b@c\r\nhello\r\n"),
        Chunk("extension with open quotes", "5;a=\"b\r\nhello\r\n"),
        Chunk("extension with text after quotes", "5;a=\"b\"c\r\nhello\r\n"),
        Chunk("extension with control", "5;a=\u0001\r\nhello\r\n"),
        Chunk("extension with NUL in quotes", "5;a=\"\0\"\r\nhello\r\n"),
        Chunk("extension with line feed", "5;a\nhello\r\n0\r\n\r\n"),
        Chunk("extension with white space last", "5;a \r\nhello\r\n"),
        Chunk("no line end after the data", "5\r\nhello0\r\n\r\n"),
        Chunk("line feed after the data", "5\r\nhello\n0\r\n\r\n"),
        Chunk("carriage return after the data", "5\r\nhello\r0\r\n\r\n"),
        Chunk("letter instead of line feed after the data", "5\r\nhello\rX0\r\n\r\n"),
        Chunk("letter instead of carriage return after the data", "5\r\nhelloX\n0\r\n\r\n"),
        Chunk("letter instead of line feed in the trailers", "0\r\nA: b\rX\r\n"),
        Chunk("letter instead of line feed after the last chunk", "0\r\n\rX"),
        Chunk("data longer than the size", "5\r\nhello!\r\n0\r\n\r\n"),
        Chunk("line feed in the trailers", "0\r\nA: b\n\r\n"),
        Chunk("line feed ends the trailers", "0\r\nA: b\r\n\n"),
        Chunk("line feed instead of trailers", "0\r\n\n"),
        Chunk("folded trailer", "0\r\nA: b\r\n c\r\n\r\n"),
        Chunk("trailer without colon", "0\r\nA\r\n\r\n"),
        Chunk("trailer name is not a token", "0\r\nA B: c\r\n\r\n"),
        Chunk("trailer with NUL", "0\r\nA: \0\r\n\r\n"),
        Chunk("trailers too large", "0\r\nA: " + new string('b', 8192) + "\r\n\r\n", 431),
        Chunk("too many trailers", "0\r\n" + Repeat("A: b\r\n", 33) + "\r\n", 431),
        Chunk("line too long", "5;a=" + new string('b', 5000) + "\r\nhello\r\n"),
        Chunk("extensions outweigh the data", Repeat("1;a=" + new string('b', 1000) + "\r\nx\r\n", 40)),
    ];

    private static IEnumerable<RequestCase> TooLarge() =>
    [
        new("size: request line with its end", "GET /" + new string('a', 8192) + " HTTP/1.1\r\n" + Host + "\r\n", 414),
        new("size: request line without end", "GET /" + new string('a', 9000), 414),
        Good("size: longest request line", "GET /" + new string('a', 8192 - 16) + " HTTP/1.1\r\n" + Host + "\r\n"),
        new("size: request line one too long",
            "GET /" + new string('a', 8192 - 15) + " HTTP/1.1\r\n" + Host + "\r\n", 414),
        Good("size: largest fields", Fields(32768)),
        new("size: fields one too large", Fields(32769), 431),
        new("size: field without end", "GET / HTTP/1.1\r\nHost: a\r\nX: " + new string('a', 40000), 431),
        new("size: too many fields", "GET / HTTP/1.1\r\nHost: a\r\n" + Repeat("X: y\r\n", 100) + "\r\n", 431),
        new("size: too many fields without end", "GET / HTTP/1.1\r\nHost: a\r\n" + Repeat("X: y\r\n", 100), 431),
    ];

    private static string Fields(int size) =>
        "GET / HTTP/1.1\r\n" + Host + "X: " + new string('a', size - Host.Length - 7) + "\r\n\r\n";

    private static string Repeat(string text, int times) => string.Concat(Enumerable.Repeat(text, times));
}
