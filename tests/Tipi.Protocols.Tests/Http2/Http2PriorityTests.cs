using System.Text;
using Tipi.Protocols.Http2;

namespace Tipi.Protocols.Tests.Http2;

public sealed class Http2PriorityTests
{
    [Theory]
    [InlineData("", 3, false)]
    [InlineData("u=0", 0, false)]
    [InlineData("u=7", 7, false)]
    [InlineData("u=5, i", 5, true)]
    [InlineData("i", 3, true)]
    [InlineData("i=?1", 3, true)]
    [InlineData("i=?0", 3, false)]
    [InlineData("i, u=1", 1, true)]
    [InlineData("u=1,i;x=1", 1, true)]
    [InlineData("u=2, unknown=\"x\", i", 2, true)]
    [InlineData("u=1, u=6", 6, false)] // the last counts
    [InlineData("u=8", 3, false)] // out of range: as if absent
    [InlineData("u=-1", 3, false)]
    [InlineData("u=1, u=9", 3, false)]
    [InlineData("u=1.0", 3, false)]
    [InlineData("u=\"1\"", 3, false)]
    [InlineData("u", 3, false)] // a boolean
    [InlineData("i=1", 3, false)]
    [InlineData("u=2, i=x", 2, false)]
    public void Is_read(string text, byte urgency, bool isIncremental)
    {
        Assert.True(Http2Priority.TryParse(Encoding.ASCII.GetBytes(text), out Http2Priority priority));
        Assert.Equal(new Http2Priority(urgency, isIncremental, true), priority);
    }

    [Theory]
    [InlineData("u=1,")]
    [InlineData("u=1 i")]
    [InlineData("U=1")]
    [InlineData("u=1, i=")]
    [InlineData("u=1, x=\"")]
    public void What_is_no_dictionary_is_the_default(string text)
    {
        Assert.False(Http2Priority.TryParse(Encoding.ASCII.GetBytes(text), out Http2Priority priority));
        Assert.Equal(Http2Priority.Default, priority);
        Assert.False(priority.IsSignaled);
    }

    [Fact]
    public void Lines_join()
    {
        Http2Priority priority = Http2Priority.Default;
        Assert.True(Http2Priority.TryMerge("u=1"u8, ref priority));
        Assert.True(Http2Priority.TryMerge("i"u8, ref priority));
        Assert.Equal(new Http2Priority(1, true, true), priority);
        Assert.False(Http2Priority.TryMerge("u=,"u8, ref priority));
        Assert.Equal(Http2Priority.Default, priority);
    }
}
