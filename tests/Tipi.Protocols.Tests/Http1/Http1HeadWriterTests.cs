using System.Text;
using Tipi.Protocols.Http;
using Tipi.Protocols.Http1;

namespace Tipi.Protocols.Tests.Http1;

public sealed class Http1HeadWriterTests
{
    private const string Expected =
        "HTTP/1.1 200 OK\r\nServer: Tipi\r\nX-Caf\u00E9: \u00E9\r\nDate: now\r\n"
        + "Content-Length: 9223372036854775807\r\n\r\n";

    [Fact]
    public void A_response_head_is_written_line_by_line()
    {
        byte[] buffer = new byte[200];
        Assert.Equal(Expected, Write(buffer, out int refused));
        Assert.Equal(0, refused);
    }

    [Fact]
    public void A_line_without_room_is_not_begun()
    {
        for (int size = 0; size < Expected.Length; size++)
        {
            byte[] buffer = Enumerable.Repeat((byte)'#', size + 20).ToArray();
            var writer = new Http1HeadWriter(buffer.AsSpan(0, size));
            string text = Write(ref writer, buffer, out int refused);
            Assert.NotEqual(0, refused);
            Assert.All(buffer[size..], b => Assert.Equal((byte)'#', b));
            Assert.All(buffer[text.Length..], b => Assert.Equal((byte)'#', b));
        }
    }

    [Theory]
    [InlineData(200, null, "HTTP/1.1 200 OK\r\n")]
    [InlineData(404, null, "HTTP/1.1 404 Not Found\r\n")]
    [InlineData(299, null, "HTTP/1.1 299 \r\n")]
    [InlineData(999, null, "HTTP/1.1 999 \r\n")]
    [InlineData(100, null, "HTTP/1.1 100 Continue\r\n")]
    [InlineData(200, "Fine", "HTTP/1.1 200 Fine\r\n")]
    [InlineData(200, "", "HTTP/1.1 200 \r\n")]
    public void Status_lines(int statusCode, string? reason, string expected)
    {
        byte[] buffer = new byte[100];
        var writer = new Http1HeadWriter(buffer);
        Assert.True(writer.TryWriteStatusLine(statusCode, reason));
        Assert.Equal(expected, Encoding.Latin1.GetString(buffer, 0, writer.Written));
        Assert.False(new Http1HeadWriter(buffer.AsSpan(0, expected.Length - 1)).TryWriteStatusLine(statusCode, reason));
        Assert.True(new Http1HeadWriter(buffer.AsSpan(0, expected.Length)).TryWriteStatusLine(statusCode, reason));
    }

    [Theory]
    [InlineData(99)]
    [InlineData(1000)]
    [InlineData(-1)]
    public void A_status_has_three_digits(int statusCode) =>
        Assert.Throws<ArgumentOutOfRangeException>(
            () => new Http1HeadWriter(new byte[100]).TryWriteStatusLine(statusCode));

    [Fact]
    public void A_request_head_is_parsed_again()
    {
        byte[] buffer = new byte[100];
        var writer = new Http1HeadWriter(buffer);
        Assert.True(writer.TryWriteRequestLine("GET", "/a?b"));
        Assert.True(writer.TryWriteField("Host", "c"));
        Assert.True(writer.TryEnd());
        var head = new RequestHead();
        ParseStatus status = Http1RequestParser.TryParse(buffer, Http1Limits.Default, head, out _);
        Assert.Equal((ParseStatus.Complete, writer.Written), (status, head.Length));
        Assert.False(new Http1HeadWriter(buffer.AsSpan(0, 17)).TryWriteRequestLine("GET", "/a?b"));
    }

    [Fact]
    public void Every_usual_phrase_is_a_status_line()
    {
        byte[] buffer = new byte[100];
        for (int status = 100; status < 600; status++)
        {
            var writer = new Http1HeadWriter(buffer);
            Assert.True(writer.TryWriteStatusLine(status));
            Assert.Equal($"HTTP/1.1 {status} {ReasonPhrases.Find(status)}\r\n",
                Encoding.Latin1.GetString(buffer, 0, writer.Written));
        }
    }

    private static string Write(byte[] buffer, out int refused)
    {
        var writer = new Http1HeadWriter(buffer);
        return Write(ref writer, buffer, out refused);
    }

    private static string Write(ref Http1HeadWriter writer, byte[] buffer, out int refused)
    {
        refused = 0;
        if (!writer.TryWriteStatusLine(200)) refused++;
        if (!writer.TryWriteField("Server", "Tipi")) refused++;
        if (!writer.TryWriteField("X-Caf\u00E9", "\u00E9")) refused++;
        if (!writer.TryWriteLine("Date: now\r\n"u8)) refused++;
        if (!writer.TryWriteContentLength(long.MaxValue)) refused++;
        if (!writer.TryEnd()) refused++;
        return Encoding.Latin1.GetString(buffer, 0, writer.Written);
    }
}
