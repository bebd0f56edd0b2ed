using System.Text;
using Tipi.Protocols.Http;
using Tipi.Protocols.Http1;

namespace Tipi.Protocols.Tests.Http1;

public sealed class Http1ResponseParserTests
{
    [Fact]
    public void Head_tells_every_part_of_a_response()
    {
        byte[] data = Encoding.Latin1.GetBytes("HTTP/1.1 404 Not here\r\nContent-Length: 3\r\nX: y\r\n\r\nabc");
        ResponseHead head = Parse(data, KnownMethod.Get, out ParseStatus status, out _);
        Assert.Equal(ParseStatus.Complete, status);
        Assert.Equal(404, head.StatusCode);
        Assert.Equal("Not here"u8, head.ReasonRange.Of(data));
        Assert.Equal(1, head.MinorVersion);
        Assert.Equal(2, head.Fields.Count);
        Assert.Equal("y"u8, head.Fields[1].Value(data));
        Assert.Equal(BodyFraming.OfLength(3), head.Body);
        Assert.Equal(3, head.ContentLength);
        Assert.True(head.KeepAlive);
        Assert.False(head.IsInterim);
        Assert.Equal(data.Length - 3, head.Length);
    }

    [Theory]
    [InlineData("HTTP/1.1 200\r\n\r\n", 200)]
    [InlineData("HTTP/1.1 200 \r\n\r\n", 200)]
    [InlineData("HTTP/1.0 999 caf\u00E9\tx\r\n\r\n", 999)]
    public void Accepted_status_lines(string text, int statusCode)
    {
        ResponseHead head = Parse(Encoding.Latin1.GetBytes(text), KnownMethod.Get, out ParseStatus status, out _);
        Assert.Equal((ParseStatus.Complete, statusCode), (status, head.StatusCode));
    }

    [Theory]
    [InlineData("HTTP/1.1 20 OK", ProtocolErrorCode.InvalidStatusLine)]
    [InlineData("HTTP/1.1 2000 OK", ProtocolErrorCode.InvalidStatusLine)]
    [InlineData("HTTP/1.1 099 OK", ProtocolErrorCode.InvalidStatusLine)]
    [InlineData("HTTP/1.1 +20 OK", ProtocolErrorCode.InvalidStatusLine)]
    [InlineData("HTTP/1.1  200 OK", ProtocolErrorCode.InvalidStatusLine)]
    [InlineData("HTTP/1.1\t200 OK", ProtocolErrorCode.InvalidStatusLine)]
    [InlineData("HTTP/1.1 200\tOK", ProtocolErrorCode.InvalidStatusLine)]
    [InlineData("HTTP/1.1", ProtocolErrorCode.InvalidStatusLine)]
    [InlineData("HTTP/1.2 200 OK", ProtocolErrorCode.UnsupportedVersion)]
    [InlineData("HTTP/2.0 200 OK", ProtocolErrorCode.UnsupportedVersion)]
    [InlineData("http/1.1 200 OK", ProtocolErrorCode.InvalidVersion)]
    [InlineData("ICY 200 OK and more", ProtocolErrorCode.InvalidVersion)]
    [InlineData("", ProtocolErrorCode.InvalidStatusLine)]
    [InlineData("HTTP/1.1 200 O\0K", ProtocolErrorCode.ControlCharacter)]
    [InlineData("HTTP/1.1 200 O\rK", ProtocolErrorCode.BareLineEnd)]
    [InlineData("HTTP/1.1 200 OK\nX: y", ProtocolErrorCode.BareLineEnd)]
    [InlineData("HTTP/1.1 200 OK\r\nX y", ProtocolErrorCode.MissingColon)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1", ProtocolErrorCode.MultipleContentLengths)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked",
        ProtocolErrorCode.LengthAndTransferEncoding)]
    [InlineData("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked", ProtocolErrorCode.TransferEncodingOnHttp10)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked", ProtocolErrorCode.UnsupportedTransferCoding)]
    public void Refused_responses(string head, ProtocolErrorCode expected)
    {
        byte[] data = Encoding.Latin1.GetBytes(head + "\r\n\r\n");
        Parse(data, KnownMethod.Get, out ParseStatus status, out ProtocolError error);
        Assert.Equal((ParseStatus.Invalid, expected), (status, error.Code));
        Assert.Equal(expected, ByteByByte(data).Code);
    }

    [Theory]
    [InlineData(KnownMethod.Get, "200", "", BodyKind.UntilClose, false)]
    [InlineData(KnownMethod.Get, "200", "Content-Length: 0\r\n", BodyKind.None, true)]
    [InlineData(KnownMethod.Get, "200", "Content-Length: 7\r\n", BodyKind.Length, true)]
    [InlineData(KnownMethod.Get, "200", "Content-Length: 7\r\nConnection: close\r\n", BodyKind.Length, false)]
    [InlineData(KnownMethod.Get, "200", "Transfer-Encoding: chunked\r\n", BodyKind.Chunked, true)]
    [InlineData(KnownMethod.Head, "200", "Content-Length: 7\r\n", BodyKind.None, true)]
    [InlineData(KnownMethod.Head, "200", "Transfer-Encoding: chunked\r\n", BodyKind.None, true)]
    [InlineData(KnownMethod.Get, "204", "Content-Length: 7\r\n", BodyKind.None, true)]
    [InlineData(KnownMethod.Get, "304", "Content-Length: 7\r\n", BodyKind.None, true)]
    [InlineData(KnownMethod.Get, "100", "", BodyKind.None, true)]
    [InlineData(KnownMethod.Get, "101", "", BodyKind.None, true)]
    [InlineData(KnownMethod.Connect, "200", "Content-Length: 7\r\n", BodyKind.None, true)]
    [InlineData(KnownMethod.Connect, "407", "Content-Length: 7\r\n", BodyKind.Length, true)]
    public void Framing_depends_on_the_request_and_the_status(
        KnownMethod method, string status, string fields, BodyKind kind, bool keepAlive)
    {
        byte[] data = Encoding.Latin1.GetBytes($"HTTP/1.1 {status} x\r\n{fields}\r\n");
        ResponseHead head = Parse(data, method, out ParseStatus parsed, out _);
        Assert.Equal(ParseStatus.Complete, parsed);
        Assert.Equal((kind, keepAlive), (head.Body.Kind, head.KeepAlive));
        Assert.Equal(status == "100", head.IsInterim);
    }

    [Fact]
    public void A_long_status_line_is_refused_before_its_end()
    {
        byte[] data = Encoding.Latin1.GetBytes("HTTP/1.1 200 " + new string('a', 9000));
        Parse(data, KnownMethod.Get, out _, out ProtocolError error);
        Assert.Equal(ProtocolErrorCode.StatusLineTooLong, error.Code);
    }

    private static ResponseHead Parse(
        byte[] data, KnownMethod method, out ParseStatus status, out ProtocolError error)
    {
        var head = new ResponseHead();
        status = Http1ResponseParser.TryParse(data, Http1Limits.Default, method, head, out error);
        return head;
    }

    private static ProtocolError ByteByByte(byte[] data)
    {
        var head = new ResponseHead();
        for (int length = 0; length <= data.Length; length++)
        {
            ParseStatus status = Http1ResponseParser.TryParse(
                data.AsSpan(0, length), Http1Limits.Default, KnownMethod.Get, head, out ProtocolError error);
            if (status != ParseStatus.NeedMore) return error;
        }

        return default;
    }
}
