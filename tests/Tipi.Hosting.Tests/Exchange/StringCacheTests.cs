using System.Text;
using Tipi.Hosting.Exchange;

namespace Tipi.Hosting.Tests.Exchange;

public sealed class StringCacheTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("ab")]
    [InlineData("abcd")]
    [InlineData("gzip, deflate, br")]
    public void The_same_bytes_give_the_same_string(string text)
    {
        var cache = new StringCache(isEnabled: true);
        byte[] bytes = Encoding.ASCII.GetBytes(text);
        string first = cache.Get(bytes);
        Assert.Equal(text, first);
        Assert.Same(first, cache.Get(bytes));
        Assert.NotSame(first, new StringCache(isEnabled: false).Get(bytes));
    }

    [Fact]
    public void Whatever_collides_every_answer_is_right()
    {
        var cache = new StringCache(isEnabled: true);
        var random = new Random(42);
        byte[] bytes = new byte[200];
        for (int i = 0; i < 20_000; i++)
        {
            Span<byte> some = bytes.AsSpan(0, random.Next(12));
            for (int at = 0; at < some.Length; at++) some[at] = (byte)"abAB"[random.Next(4)];
            Assert.Equal(Encoding.ASCII.GetString(some), cache.Get(some));
        }
    }

    [Fact]
    public void Bytes_beyond_ascii_are_utf8_or_else_nothing()
    {
        var cache = new StringCache(isEnabled: true);
        for (int i = 0; i < 2; i++)
        {
            Assert.True(cache.TryGet([0xC3, 0xA9], out string text));
            Assert.Equal("é", text);
            Assert.False(cache.TryGet([0xE9], out _));
            Assert.False(cache.TryGet([0xC3, 0x28], out _));
        }
    }

    [Fact]
    public void Long_strings_are_not_kept()
    {
        var cache = new StringCache(isEnabled: true);
        byte[] bytes = Encoding.ASCII.GetBytes(new string('x', 97));
        Assert.NotSame(cache.Get(bytes), cache.Get(bytes));
    }
}
