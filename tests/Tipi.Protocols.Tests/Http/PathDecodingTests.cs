using System.Text;
using Tipi.Protocols.Http;

namespace Tipi.Protocols.Tests.Http;

public sealed class PathDecodingTests
{
    [Theory]
    [InlineData("/", "/")]
    [InlineData("/a/b", "/a/b")]
    [InlineData("/a%20b", "/a b")]
    [InlineData("/%41%7a", "/Az")]
    [InlineData("/caf%C3%A9", "/caf\u00E9")]
    [InlineData("/%e2%82%ac", "/\u20AC")]
    [InlineData("/%F0%9F%98%80", "/\U0001F600")]
    [InlineData("/a%2Fb%2fc", "/a%2Fb%2fc")]
    [InlineData("/a%252Fb", "/a%2Fb")]
    [InlineData("/100%", "/100%")]
    [InlineData("/%4", "/%4")]
    [InlineData("/%zz%4z%z4", "/%zz%4z%z4")]
    [InlineData("/%C3", "/%C3")]
    [InlineData("/%C3a", "/%C3a")]
    [InlineData("/%C3%41", "/%C3A")]
    [InlineData("/%C0%80", "/%C0%80")]
    [InlineData("/%C0%AF", "/%C0%AF")]
    [InlineData("/%ED%A0%80", "/%ED%A0%80")]
    [InlineData("/%F4%90%80%80", "/%F4%90%80%80")]
    [InlineData("/%FF%C3%A9", "/%FF\u00E9")]
    [InlineData("/%5C", "/\\")]
    [InlineData("/%01%7F", "/\u0001\u007F")]
    [InlineData("/a+b", "/a+b")]
    public void Escapes(string path, string expected) => Assert.Equal(expected, Decode(path));

    [Theory]
    [InlineData("/.", "/")]
    [InlineData("/..", "/")]
    [InlineData("/./", "/")]
    [InlineData("/../", "/")]
    [InlineData("/a/.", "/a/")]
    [InlineData("/a/..", "/")]
    [InlineData("/a/../", "/")]
    [InlineData("/a/../b", "/b")]
    [InlineData("/a/./b", "/a/b")]
    [InlineData("/a/b/../../c", "/c")]
    [InlineData("/a/b/../../../../c", "/c")]
    [InlineData("/a//../b", "/a/b")]
    [InlineData("//..//a", "//a")]
    [InlineData("/.a/..b/...", "/.a/..b/...")]
    [InlineData("/a./b..", "/a./b..")]
    [InlineData("/a/%2E%2e/b", "/b")]
    [InlineData("/a/%2e/b", "/a/b")]
    [InlineData("/a/..%2Fb", "/a/..%2Fb")]
    [InlineData("/a/.%00", null)]
    public void Dot_segments(string path, string? expected) => Assert.Equal(expected, Decode(path));

    [Theory]
    [InlineData("/%00")]
    [InlineData("/a%00b")]
    [InlineData("/a/../%00")]
    public void NUL_is_refused(string path) => Assert.Null(Decode(path));

    [Fact]
    public void Long_paths_pass_the_stack()
    {
        string text = string.Concat(Enumerable.Repeat("/%C3%A9", 500));
        Assert.Equal(string.Concat(Enumerable.Repeat("/\u00E9", 500)), Decode(text));
    }

    [Fact]
    public void A_short_destination_is_an_argument_error() =>
        Assert.Throws<ArgumentException>(() => PathDecoding.TryDecode("/ab"u8, new byte[2], out _));

    private static string? Decode(string path)
    {
        bool valid = PathDecoding.TryDecode(Encoding.ASCII.GetBytes(path), out string? decoded);
        Assert.Equal(valid, decoded is not null);
        return decoded;
    }
}
