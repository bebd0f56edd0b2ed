using System.Text;
using Tipi.Protocols.Http;
using Tipi.Protocols.Http1;
using Tipi.Tests.Cases;

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

    [Theory]
    [InlineData(9, ProtocolErrorCode.FieldsTooLarge)]
    [InlineData(10, ProtocolErrorCode.FieldsTooLarge)]
    [InlineData(11, ProtocolErrorCode.TooManyFields)]
    [InlineData(12, ProtocolErrorCode.TooManyFields)]
    public void Two_limits_at_one_place_answer_the_same_for_any_cut(int maxSize, ProtocolErrorCode expected)
    {
        byte[] data = "GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\n"u8.ToArray();
        var limits = new Http1Limits { MaxHeaderCount = 1, MaxHeadersTotalSize = maxSize };
        Assert.Equal(expected, RequestFeeder.Run(data, [data.Length], limits).Code);
        Assert.Equal(expected, RequestFeeder.Run(data, Enumerable.Range(0, data.Length + 1), limits).Code);
    }

    [Theory]
    [InlineData("GET /", " HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX: ", "\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: ", "\r\n\r\n")]
    public async Task Feeding_small_portions_looks_at_no_byte_again_and_again(string before, string after)
    {
        // 8 MB in one line, in portions of 16 bytes: work that grew with the square would take minutes.
        byte[] data = new byte[8 << 20];
        data.AsSpan().Fill((byte)'a');
        Encoding.ASCII.GetBytes(before, data);
        Encoding.ASCII.GetBytes(after, data.AsSpan(data.Length - after.Length));
        var limits = new Http1Limits
        {
            MaxRequestLineSize = int.MaxValue,
            MaxHeadersTotalSize = int.MaxValue,
            MaxTrailersTotalSize = int.MaxValue,
        };
        IEnumerable<int> portions = Enumerable.Range(0, data.Length / 16 + 1).Select(i => i * 16);
        Task<Outcome> run = Task.Run(() => RequestFeeder.Run(data, portions, limits));
        Outcome outcome = await run.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(ParseStatus.Complete, outcome.Status);
    }

    [Fact]
    public void Bytes_from_0x80_are_content_of_a_value_whatever_they_mean()
    {
        byte[] data = [.. "GET / HTTP/1.1\r\nHost: a\r\nX: "u8, 0x80, 0xFF, 0xC3, 0x28, .. "\r\n\r\n"u8];
        var head = new RequestHead();
        Assert.Equal(ParseStatus.Complete, Http1RequestParser.TryParse(data, Http1Limits.Default, head, out _));
        Assert.Equal([0x80, 0xFF, 0xC3, 0x28], head[1].Value(data).ToArray());
    }

    [Fact]
    public void A_head_that_was_used_before_parses_without_allocation()
    {
        byte[] data = RequestCases.Find("a hundred fields").Bytes;
        var head = new RequestHead();
        Assert.Equal(ParseStatus.Complete, Parse(data, head));
        Assert.Equal(0, Allocation.Least(() =>
        {
            for (int i = 0; i < 1000; i++) Parse(data, head);
        }));

        static ParseStatus Parse(byte[] data, RequestHead head)
        {
            head.Reset();
            return Http1RequestParser.TryParse(data, Http1Limits.Default, head, out _);
        }
    }

    [Fact]
    public void A_second_message_in_the_same_head_starts_from_nothing()
    {
        var head = new RequestHead();
        byte[] first = ("PUT http://a/b%20?c HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nExpect: 100-continue\r\n"
            + "Connection: upgrade, close\r\nUpgrade: x\r\n\r\n").Select(c => (byte)c).ToArray();
        Http1RequestParser.TryParse(first, Http1Limits.Default, head, out _);
        Assert.True(head.HasUpgrade && head.ExpectsContinue && !head.KeepAlive && head.PathNeedsDecoding);
        head.Reset();
        byte[] second = "OPTIONS * HTTP/1.0\r\n\r\n"u8.ToArray();
        Assert.Equal(ParseStatus.Complete, Http1RequestParser.TryParse(second, Http1Limits.Default, head, out _));
        Assert.False(head.HasUpgrade || head.ExpectsContinue || head.KeepAlive || head.PathNeedsDecoding);
        Assert.Equal((KnownMethod.Options, RequestTargetForm.Asterisk), (head.Method, head.TargetForm));
        Assert.Equal((0, 0, 0, 0, -1, 0), (head.AuthorityRange.Length, head.PathRange.Length, head.QueryRange.Length,
            head.MinorVersion, head.HostIndex, head.FieldCount));
        Assert.Null(head.ContentLength);
    }

    [Theory]
    [InlineData("/", "", false)]
    [InlineData("/a", "?b", false)]
    [InlineData("/a.b/c..d", "?/..%20", false)]
    [InlineData("/a/../b", "", true)]
    [InlineData("/a/.well-known", "", true)]
    [InlineData("/a%20", "", true)]
    [InlineData("/0123456789012345678901234567890", "?a", false)]
    [InlineData("/012345678901234567890123456789/../x", "", true)]
    [InlineData("/0123456789012345678901234567890/.", "", true)]
    [InlineData("/01234567890123456789012345678901234567890123456789012345678901%", "?", true)]
    [InlineData("/0123456789012345678901234567890123456789012345678901234567890123", "?%", false)]
    public void Path_query_and_the_need_to_decode(string path, string query, bool needsDecoding)
    {
        foreach (string tail in new[] { "\r\n", "X: a value that is longer than a vector is\r\n\r\n" })
        {
            byte[] data = $"GET {path}{query} HTTP/1.0\r\n{tail}".Select(c => (byte)c).ToArray();
            var head = new RequestHead();
            Assert.Equal(ParseStatus.Complete, Http1RequestParser.TryParse(data, Http1Limits.Default, head, out _));
            Assert.Equal(path.Select(c => (byte)c), head.PathRange.Of(data).ToArray());
            Assert.Equal(query.Select(c => (byte)c), head.QueryRange.Of(data).ToArray());
            Assert.Equal(needsDecoding, head.PathNeedsDecoding);
        }
    }

    [Theory]
    [InlineData("1.1", "", true)]
    [InlineData("1.1", "Connection: close\r\n", false)]
    [InlineData("1.1", "Connection: keep-alive, Close\r\n", false)]
    [InlineData("1.1", "Connection: x\r\nConnection: y,close\r\n", false)]
    [InlineData("1.0", "", false)]
    [InlineData("1.0", "Connection: Keep-Alive\r\n", true)]
    [InlineData("1.0", "Connection: keep-alive, close\r\n", false)]
    public void Persistence(string version, string fields, bool keepAlive)
    {
        byte[] data = $"GET / HTTP/{version}\r\nHost: a\r\n{fields}\r\n".Select(c => (byte)c).ToArray();
        var head = new RequestHead();
        Assert.Equal(ParseStatus.Complete, Http1RequestParser.TryParse(data, Http1Limits.Default, head, out _));
        Assert.Equal(keepAlive, head.KeepAlive);
    }
}
