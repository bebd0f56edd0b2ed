using Tipi.Protocols.Http;
using Tipi.Protocols.Http1;

namespace Tipi.Protocols.Tests.Http1;

public sealed class Http1RequestParserTests
{
    [Fact]
    public void Head_tells_every_part_of_a_request()
    {
        byte[] data = ("POST /a/b?c=d HTTP/1.1\r\nHost: example.org:8080\r\nX-Own:\t spaced \r\n"
            + "content-length: 5\r\nExpect: 100-continue\r\n\r\nhello")
            .Select(c => (byte)c).ToArray();
        var head = new RequestHead();
        ParseStatus status = Http1RequestParser.TryParse(data, Http1Limits.Default, head, out ProtocolError error);

        Assert.Equal(ParseStatus.Complete, status);
        Assert.Equal(ProtocolErrorCode.None, error.Code);
        Assert.Equal(KnownMethod.Post, head.Method);
        Assert.Equal("POST"u8, head.MethodRange.Of(data));
        Assert.Equal(RequestTargetForm.Origin, head.TargetForm);
        Assert.Equal("/a/b?c=d"u8, head.TargetRange.Of(data));
        Assert.Equal("/a/b"u8, head.PathRange.Of(data));
        Assert.Equal("?c=d"u8, head.QueryRange.Of(data));
        Assert.False(head.PathNeedsDecoding);
        Assert.Equal(1, head.MinorVersion);
        Assert.Equal(4, head.FieldCount);
        Assert.Equal(0, head.HostIndex);
        Assert.Equal("X-Own"u8, head[1].Name(data));
        Assert.Equal("spaced"u8, head[1].Value(data));
        Assert.Equal(KnownField.Unknown, head[1].Known);
        Assert.Equal(KnownField.ContentLength, head[2].Known);
        Assert.Equal(BodyFraming.OfLength(5), head.Body);
        Assert.Equal(5, head.ContentLength);
        Assert.True(head.KeepAlive);
        Assert.True(head.ExpectsContinue);
        Assert.False(head.HasUpgrade);
        Assert.Equal(data.Length - 5, head.Length);
    }
}
