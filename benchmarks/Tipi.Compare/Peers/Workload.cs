using System.Globalization;
using System.Text;

namespace Tipi.Compare.Peers;

/// <summary>One request and its one right answer, the same for every server.</summary>
internal sealed record Workload(string Application, string Path, string Body, string ContentType)
{
    private const string PlainText = "text/plain; charset=utf-8";
    private const string ADate = "Date: Thu, 01 Jan 1970 00:00:00 GMT\r\n";
    private const string Html = "text/html; charset=utf-8";
    private const string Hello = "Hello, World!";

    private const string FortunesText =
        "<!DOCTYPE html><html><head><title>Fortunes</title></head><body><table><tr><th>id</th><th>message</th></tr>" +
        "<tr><td>11</td><td>&lt;script&gt;alert(&quot;This must not run.&quot;);&lt;/script&gt;</td></tr>" +
        "<tr><td>1</td><td>A cache is a promise to be wrong in time.</td></tr>" +
        "<tr><td>5</td><td>A queue is a loan from the future.</td></tr>" +
        "<tr><td>9</td><td>A test that cannot fail has already failed.</td></tr>" +
        "<tr><td>0</td><td>Added when the page is asked for.</td></tr>" +
        "<tr><td>3</td><td>It worked before you looked at it.</td></tr>" +
        "<tr><td>10</td><td>Names outlive the things they were given to.</td></tr>" +
        "<tr><td>6</td><td>Nobody reads the log until it is too long.</td></tr>" +
        "<tr><td>4</td><td>The shortest wait is the one that nobody notices.</td></tr>" +
        "<tr><td>8</td><td>There are no small changes on a Friday.</td></tr>" +
        "<tr><td>7</td><td>Two clocks never agree; one clock never errs.</td></tr>" +
        "<tr><td>2</td><td>Whoever measures once has an opinion.</td></tr>" +
        "<tr><td>12</td><td>&#x56F2;&#x7089;&#x88CF;&#x306E;&#x3042;&#x308B;&#x5BB6;&#x306F;&#x6E29;&#x304B;" +
        "&#x3044;</td></tr></table></body></html>";

    private static readonly string RazorText =
        "<!DOCTYPE html>\n<html>\n<head><title>Names</title></head>\n<body>\n<ul>\n" +
        string.Concat(Enumerable.Range(1, 20).Select(number => $"    <li>Name {number} &amp; others</li>\n")) +
        "</ul>\n</body>\n</html>\n";

    public static readonly Workload Plaintext = new("plaintext", "/", Hello, PlainText);
    public static readonly Workload Yield = new("yield", "/", Hello, PlainText);
    public static readonly Workload Sleep = new("sleep", "/", Hello, PlainText) { SlowPath = "/?slow" };
    public static readonly Workload SleepEndpoint =
        new("sleep-endpoint", "/", Hello, PlainText) { SlowPath = "/sleep" };
    public static readonly Workload Commit = new("commit", "/", Hello, PlainText) { SlowPath = "/commit" };
    public static readonly Workload FullPlaintext = new("full", "/plaintext", Hello, PlainText) { IsChunked = true };
    public static readonly Workload FullYield = new("full-yield", "/", Hello, PlainText) { IsChunked = true };
    public static readonly Workload FullJson =
        new("full", "/json", "{\"message\":\"Hello, World!\"}", "application/json; charset=utf-8") { IsChunked = true };

    /// <summary>A page from a database's rows, see <c>Machine/Fortunes.sql</c>.</summary>
    public static readonly Workload Fortunes =
        new("fortunes", "/fortunes", FortunesText, Html) { Companion = Companion.Database };

    public static readonly Workload Sqlite = new("sqlite", "/", Hello, PlainText) { SlowPath = "/note" };

    public static readonly Workload Upstream =
        new("upstream", "/", Hello, PlainText) { IsChunked = true, Companion = Companion.Upstream };

    public static readonly Workload Razor = new("razor", "/", RazorText, Html) { IsChunked = true };

    /// <summary>Server-sent events, without an end.</summary>
    public static readonly Workload Events = new("events", "/events", "", "text/event-stream") { IsEndless = true };

    /// <summary>A unary call: a message has a byte of flags, four of its length, and the field 1 as text.</summary>
    public static readonly Workload Grpc =
        new("grpc", "/greeter.Greeter/SayHello", "\0\0\0\0\x0f\n\rHello, world!", "application/grpc")
        {
            Wire = Wire.H2c,
            RequestBody = "\0\0\0\0\a\n\u0005world",
        };

    /// <summary>1 KiB up and the same back.</summary>
    public static readonly Workload Echo = Posting(new Workload("echo", "/", new string('x', 1024), PlainText));

    /// <summary>64 KiB up, a small answer.</summary>
    public static readonly Workload Upload =
        new("upload", "/", Hello, PlainText) { RequestBody = new string('x', 64 * 1024) };

    /// <summary>Messages that come back; the body is the text of one.</summary>
    public static readonly Workload WebSocket =
        new("websocket", "/", new string('x', 32), PlainText) { IsWebSocket = true };

    /// <summary>An answer of so many bytes.</summary>
    public static Workload Sized(int bytes) =>
        new("sized", string.Create(CultureInfo.InvariantCulture, $"/{bytes}"), new string('x', bytes), PlainText);

    /// <summary>The application that is attacked, by the name of its options.</summary>
    public static Workload Siege(string application) => new(application, "/", Hello, PlainText);

    /// <summary>What is spoken; HTTP/1.1 without TLS unless said otherwise.</summary>
    public Wire Wire { get; init; }

    /// <summary>What the request carries, or null when it is a GET.</summary>
    public string? RequestBody { get; init; }

    /// <summary>Whether the connection is upgraded first, and a request is a message.</summary>
    public bool IsWebSocket { get; init; }

    /// <summary>A target whose answer is the same, but late; or null.</summary>
    public string? SlowPath { get; init; }

    /// <summary>Whether the answer never ends, so that nobody can wait for the whole of it.</summary>
    public bool IsEndless { get; init; }

    /// <summary>What the application asks in its turn.</summary>
    public Companion Companion { get; init; }

    /// <summary>Whether the framework declares no length for such an answer, which then goes out as a chunk.</summary>
    public bool IsChunked { get; init; }

    public bool IsEncrypted => Wire is Wire.Https or Wire.H2;

    public bool IsHttp2 => Wire is Wire.H2c or Wire.H2;

    /// <summary>
    /// Bytes of a whole HTTP/1.1 answer: status line, the three fields that every server must send, the body.
    /// </summary>
    public int AnswerBytes => $"HTTP/1.1 200 OK\r\nContent-Type: {ContentType}\r\n{ADate}".Length + FramedBytes;

    private int FramedBytes => IsChunked
        ? $"Transfer-Encoding: chunked\r\n\r\n{Body.Length:x}\r\n".Length + Body.Length + "\r\n0\r\n\r\n".Length
        : $"Content-Length: {Body.Length}\r\n\r\n".Length + Body.Length;

    /// <summary>The request as it goes over the wire of HTTP/1.1.</summary>
    public byte[] RequestTo(int port, string path)
    {
        var method = RequestBody is null ? "GET" : "POST";
        var length = RequestBody is null
            ? ""
            : $"Content-Type: {PlainText}\r\nContent-Length: {RequestBody.Length}\r\n";
        return Encoding.ASCII.GetBytes(
            $"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{length}\r\n{RequestBody}");
    }

    private static Workload Posting(Workload echo) => echo with { RequestBody = echo.Body };
}
