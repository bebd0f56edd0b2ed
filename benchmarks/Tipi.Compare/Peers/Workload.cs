using System.Globalization;
using System.Text;

namespace Tipi.Compare.Peers;

/// <summary>One request and its one right answer, the same for every server.</summary>
internal sealed record Workload(string Application, string Path, string Body, string ContentType)
{
    private const string PlainText = "text/plain; charset=utf-8";
    private const string ADate = "Date: Thu, 01 Jan 1970 00:00:00 GMT\r\n";
    private const string Hello = "Hello, World!";

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

    /// <summary>What is spoken; HTTP/1.1 in the clear unless said otherwise.</summary>
    public Wire Wire { get; init; }

    /// <summary>What the request carries, or null when it is a GET.</summary>
    public string? RequestBody { get; init; }

    /// <summary>Whether the connection is upgraded first, and a request is a message.</summary>
    public bool IsWebSocket { get; init; }

    /// <summary>A target whose answer is the same, but late; or null.</summary>
    public string? SlowPath { get; init; }

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
