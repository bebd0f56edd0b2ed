using System.Text;
using Tipi.Compare.Peers;

namespace Tipi.Compare.Tests.Peers;

public class WorkloadTests
{
    [Fact]
    public void AnswerBytes_counts_a_declared_length()
    {
        const string Answer =
            "HTTP/1.1 200 OK\r\nContent-Length: 13\r\nContent-Type: text/plain; charset=utf-8\r\n" +
            "Date: Thu, 01 Jan 1970 00:00:00 GMT\r\n\r\nHello, World!";

        Assert.Equal(Answer.Length, Workload.Plaintext.AnswerBytes);
    }

    [Fact]
    public void AnswerBytes_counts_a_chunk()
    {
        const string Answer =
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: text/plain; charset=utf-8\r\n" +
            "Date: Thu, 01 Jan 1970 00:00:00 GMT\r\n\r\nd\r\nHello, World!\r\n0\r\n\r\n";

        Assert.Equal(Answer.Length, Workload.FullPlaintext.AnswerBytes);
    }

    [Fact]
    public void RequestTo_sends_the_body_only_where_the_workload_has_one()
    {
        var get = Encoding.ASCII.GetString(Workload.Plaintext.RequestTo(80, "/"));
        var post = Encoding.ASCII.GetString(Workload.Echo.RequestTo(80, "/"));

        Assert.Equal("GET / HTTP/1.1\r\nHost: 127.0.0.1:80\r\n\r\n", get);
        Assert.StartsWith("POST / HTTP/1.1\r\n", post, StringComparison.Ordinal);
        Assert.EndsWith("Content-Length: 1024\r\n\r\n" + Workload.Echo.Body, post, StringComparison.Ordinal);
    }

    [Fact]
    public void Sized_answers_as_many_bytes_as_its_path_says()
    {
        var sized = Workload.Sized(65_536);

        Assert.Equal("/65536", sized.Path);
        Assert.Equal(65_536, sized.Body.Length);
    }

    [Fact]
    public void Upload_sends_much_and_gets_little()
    {
        var request = Encoding.ASCII.GetString(Workload.Upload.RequestTo(80, "/"));

        Assert.Contains("Content-Length: 65536\r\n", request, StringComparison.Ordinal);
        Assert.Equal(Workload.Plaintext.AnswerBytes, Workload.Upload.AnswerBytes);
    }

    [Theory]
    [InlineData(nameof(Wire.Http), false, false)]
    [InlineData(nameof(Wire.Https), true, false)]
    [InlineData(nameof(Wire.H2c), false, true)]
    [InlineData(nameof(Wire.H2), true, true)]
    public void The_wire_says_whether_it_is_TLS_and_whether_HTTP_2(string wire, bool encrypted, bool http2)
    {
        var workload = Workload.Plaintext with { Wire = Enum.Parse<Wire>(wire) };

        Assert.Equal(encrypted, workload.IsEncrypted);
        Assert.Equal(http2, workload.IsHttp2);
    }
}
