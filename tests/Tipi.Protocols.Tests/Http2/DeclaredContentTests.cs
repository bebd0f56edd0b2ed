using Tipi.Protocols.Http2;

namespace Tipi.Protocols.Tests.Http2;

public sealed class DeclaredContentTests
{
    [Fact]
    public void As_much_as_announced_is_right()
    {
        var content = new DeclaredContent(10);
        Assert.True(content.Accept(4, endStream: false).IsNone);
        Assert.True(content.Accept(0, endStream: false).IsNone);
        Assert.True(content.Accept(6, endStream: true).IsNone);
        Assert.True(content.End().IsNone);
    }

    [Fact]
    public void More_or_fewer_are_malformed()
    {
        var content = new DeclaredContent(10);
        Assert.True(content.Accept(9, endStream: false).IsNone);
        Assert.Equal(Http2ErrorScope.Stream, content.Accept(2, endStream: false).Scope);
        Assert.Equal(Http2ErrorCode.ProtocolError, content.End().Code);
        Assert.Equal(Http2ErrorScope.Stream, new DeclaredContent(1).Accept(0, endStream: true).Scope);
        Assert.Equal(Http2ErrorScope.Stream, new DeclaredContent(0).Accept(1, endStream: true).Scope);
    }

    [Fact]
    public void Any_amount_is_right_when_none_is_announced()
    {
        var content = new DeclaredContent(null);
        for (int i = 0; i < 5; i++) Assert.True(content.Accept(int.MaxValue, endStream: false).IsNone);
        Assert.True(content.Accept(0, endStream: true).IsNone);
        Assert.True(new DeclaredContent(null).End().IsNone);
    }
}
