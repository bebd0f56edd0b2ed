using Tipi.Compare.Load;

namespace Tipi.Compare.Tests.Load;

public class AnswerTextTests
{
    private const string Declared = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
    private const string Chunked =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n";

    [Theory]
    [InlineData(Declared)]
    [InlineData(Chunked)]
    public void TryRead_gives_the_decoded_body_when_whole(string text)
    {
        var answer = AnswerText.TryRead(text);

        Assert.NotNull(answer);
        Assert.Equal("hello", answer.Body);
        Assert.StartsWith("HTTP/1.1 200 OK", answer.Head, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Declared)]
    [InlineData(Chunked)]
    public void TryRead_gives_nothing_at_every_cut(string text)
    {
        for (var cut = 0; cut < text.Length; cut++)
            Assert.Null(AnswerText.TryRead(text[..cut]));
    }
}
