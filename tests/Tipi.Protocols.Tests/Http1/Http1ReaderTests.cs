using System.Text;
using Tipi.Protocols.Http;
using Tipi.Protocols.Http1;

namespace Tipi.Protocols.Tests.Http1;

public sealed class Http1ReaderTests
{
    private const string TwoRequests =
        "POST /caf%C3%A9/../x?q HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nX: 1\r\nx: 2\r\n\r\n"
        + "3\r\nabc\r\n2\r\nde\r\n0\r\nX-Sum: 5\r\n\r\n"
        + "GET / HTTP/1.0\r\n\r\n";

    public static TheoryData<int> PortionSizes => [1, 2, 3, 7, 64, 4096];

    [Theory]
    [MemberData(nameof(PortionSizes))]
    public void Pipelined_requests_are_read_one_after_the_other(int portion)
    {
        var reader = new Http1Reader(Source(TwoRequests, portion));
        Assert.True(reader.IsComplete);
        Http1Request first = reader.ReadRequestHead()!;
        Assert.Equal(("POST", "/caf%C3%A9/../x?q", "/x", "?q"), (first.Method, first.Target, first.Path, first.Query));
        Assert.Equal(new Version(1, 1), first.Version);
        Assert.Equal("1, 2", first.Fields["X"]);
        Assert.Null(first.Fields["Y"]);
        Assert.Equal(4, first.Fields.Count);
        Assert.False(reader.IsComplete);
        Assert.Equal("abcde", Encoding.ASCII.GetString(reader.ReadBody()));
        Assert.True(reader.IsComplete);
        Assert.Equal("5", reader.Trailers["x-sum"]);

        Http1Request second = reader.ReadRequestHead()!;
        Assert.Equal(("GET", false), (second.Method, second.KeepAlive));
        Assert.True(reader.IsComplete);
        Assert.Empty(reader.ReadBody());
        Assert.Null(reader.ReadRequestHead());
        Assert.Null(reader.ReadRequestHead());
    }

    [Theory]
    [MemberData(nameof(PortionSizes))]
    public async Task The_asynchronous_methods_read_the_same(int portion)
    {
        Func<Memory<byte>, int> source = Source(TwoRequests, portion);
        var reader = new Http1Reader(async (memory, cancellationToken) =>
        {
            await Task.Yield();
            cancellationToken.ThrowIfCancellationRequested();
            return source(memory);
        });
        Assert.Equal("/x", (await reader.ReadRequestHeadAsync())!.Path);
        Assert.Equal("abcde", Encoding.ASCII.GetString(await reader.ReadBodyAsync()));
        Assert.Equal("GET", (await reader.ReadRequestHeadAsync())!.Method);
        Assert.Null(await reader.ReadRequestHeadAsync());
        Assert.Throws<InvalidOperationException>(
            () => new Http1Reader((_, _) => ValueTask.FromResult(0)).ReadRequestHead());
    }

    [Theory]
    [MemberData(nameof(PortionSizes))]
    public void A_body_that_nobody_reads_is_skipped(int portion)
    {
        var reader = new Http1Reader(Source(TwoRequests, portion));
        Assert.Equal("POST", reader.ReadRequestHead()!.Method);
        Assert.Equal("GET", reader.ReadRequestHead()!.Method);
        Assert.Null(reader.ReadRequestHead());
    }

    [Fact]
    public void Runs_of_a_body_are_what_has_arrived()
    {
        var reader = new Http1Reader(new MemoryStream(Encoding.ASCII.GetBytes(
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhelloGET")));
        Assert.NotNull(reader.ReadRequestHead());
        Assert.Equal("hello"u8, reader.ReadBodyChunk().Span);
        Assert.True(reader.IsComplete);
        Assert.True(reader.ReadBodyChunk().IsEmpty);
        Assert.Equal("GET"u8, reader.Unread.Span);
    }

    [Fact]
    public void Responses_are_read_up_to_the_end_of_the_source()
    {
        var reader = new Http1Reader(Source(
            "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"
            + "HTTP/1.1 200 Fine\r\nServer: s\r\n\r\nuntil the end", 5));
        Assert.True(reader.ReadResponseHead(KnownMethod.Head)!.IsInterim);
        Assert.Equal(200, reader.ReadResponseHead(KnownMethod.Head)!.StatusCode);
        Http1Response last = reader.ReadResponseHead()!;
        Assert.Equal(("Fine", "s", false), (last.ReasonPhrase, last.Fields["server"], last.KeepAlive));
        Assert.Equal("until the end", Encoding.ASCII.GetString(reader.ReadBody()));
        Assert.True(reader.IsComplete);
        Assert.Null(reader.ReadResponseHead());
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: a", 400)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhell", 400)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n", 400)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", 400)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 30000001\r\n\r\n", 413)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n01234567890\r\n0\r\n\r\n",
        413, 10)]
    [InlineData("GET /%00 HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET * HTTP/1.1\r\nHost: a\r\n\r\n", 405)]
    public void A_broken_protocol_ends_the_reader(string text, int statusCode, long maxBodySize = 30_000_000)
    {
        var reader = new Http1Reader(Source(text, 3), new Http1ReaderOptions { MaxBodySize = maxBodySize });
        Http1ProtocolException exception = Assert.Throws<Http1ProtocolException>(() =>
        {
            reader.ReadRequestHead();
            reader.ReadBody();
        });
        Assert.Equal(statusCode, exception.Error.StatusCode);
        Assert.Throws<InvalidOperationException>(() => reader.ReadRequestHead());
    }

    [Fact]
    public void Large_heads_and_bodies_pass_a_small_buffer()
    {
        string field = new('f', 20_000);
        string body = new('b', 100_000);
        var reader = new Http1Reader(Source(
            $"POST / HTTP/1.1\r\nHost: a\r\nX: {field}\r\nContent-Length: {body.Length}\r\n\r\n{body}", 999));
        Assert.Equal(field, reader.ReadRequestHead()!.Fields["X"]);
        Assert.Equal(body, Encoding.ASCII.GetString(reader.ReadBody()));
    }

    private static Func<Memory<byte>, int> Source(string text, int portion)
    {
        var stream = new MemoryStream(Encoding.Latin1.GetBytes(text));
        return memory => stream.Read(memory.Span[..Math.Min(portion, memory.Length)]);
    }
}
