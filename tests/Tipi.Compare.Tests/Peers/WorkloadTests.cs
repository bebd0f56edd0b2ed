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
}
