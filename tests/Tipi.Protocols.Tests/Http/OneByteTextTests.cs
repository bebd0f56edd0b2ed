using System.Text;
using Tipi.Protocols.Http;

namespace Tipi.Protocols.Tests.Http;

public sealed class OneByteTextTests
{
    [Theory]
    [InlineData("")]
    [InlineData("text/plain; charset=utf-8")]
    [InlineData("a text of ASCII that is longer than the vectors of any processor, which have 64 bytes: \u00e9 \u00ff")]
    [InlineData("\u00e9t\u00e9 at the begin")]
    [InlineData("\u20ac and \u0100 have no byte")]
    public void It_writes_a_byte_for_each_character_as_ISO_8859_1_does(string text)
    {
        byte[] bytes = new byte[text.Length + 1];
        OneByteText.Write(text, bytes);
        Assert.Equal(Encoding.Latin1.GetBytes(text), bytes[..text.Length]);
        Assert.Equal(0, bytes[^1]);
    }
}
