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
    public static readonly Workload FullPlaintext = new("full", "/plaintext", Hello, PlainText) { IsChunked = true };
    public static readonly Workload FullJson =
        new("full", "/json", "{\"message\":\"Hello, World!\"}", "application/json; charset=utf-8") { IsChunked = true };

    /// <summary>1 KiB up and the same back.</summary>
    public static readonly Workload Echo = new("echo", "/", new string('x', 1024), PlainText) { SendsBody = true };

    /// <summary>The application that is attacked, by the name of its options.</summary>
    public static Workload Siege(string application) => new(application, "/", Hello, PlainText);

    /// <summary>Whether the request carries <see cref="Body"/> too.</summary>
    public bool SendsBody { get; init; }

    /// <summary>A target whose answer is the same, but late; or null.</summary>
    public string? SlowPath { get; init; }

    /// <summary>Whether the framework declares no length for such an answer, which then goes out as a chunk.</summary>
    public bool IsChunked { get; init; }

    /// <summary>Bytes of a whole answer: status line, the three fields that every server must send, the body.</summary>
    public int AnswerBytes =>
        ($"HTTP/1.1 200 OK\r\nContent-Type: {ContentType}\r\n" + ADate + FramedBody).Length;

    private string FramedBody => IsChunked
        ? $"Transfer-Encoding: chunked\r\n\r\n{Body.Length:x}\r\n{Body}\r\n0\r\n\r\n"
        : $"Content-Length: {Length}\r\n\r\n{Body}";

    private string Length => Body.Length.ToString(CultureInfo.InvariantCulture);

    /// <summary>The request as it goes over the wire.</summary>
    public byte[] RequestTo(int port, string path)
    {
        var method = SendsBody ? "POST" : "GET";
        var length = SendsBody ? $"Content-Type: {PlainText}\r\nContent-Length: {Length}\r\n" : "";
        return Encoding.ASCII.GetBytes(
            $"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{length}\r\n{(SendsBody ? Body : "")}");
    }
}
