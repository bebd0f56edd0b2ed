using System.Text;
using Tipi.Protocols.Http;

namespace Tipi.Protocols.Tests.Http;

public sealed class DictionaryReaderTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("   ", "")]
    [InlineData("a", "a=?1")]
    [InlineData("a=?0, b=?1", "a=?0 b=?1")]
    [InlineData("u=1,i", "u=1 i=?1")]
    [InlineData("  u=1 \t,\t  i  ", "u=1 i=?1")]
    [InlineData("a=-999999999999999", "a=-999999999999999")]
    [InlineData("a=007", "a=7")]
    [InlineData("a=1.5, b=123456789012.125", "a b")]
    [InlineData("a=\"x\\\"\\\\, b=2\"", "a")]
    [InlineData("a=tok/en:*, *b=*", "a *b")]
    [InlineData("a=:aGk=:, b=::", "a b")]
    [InlineData("a=@1659578233", "a")]
    [InlineData("a=(), b=(1 2), c=( \"x\";y=1  tok;z );p", "a b c")]
    [InlineData("a;b;c=1, d=2;e=?0", "a=?1 d=2")]
    [InlineData("a=1;  b=2", "a=1")]
    [InlineData("a=1, a=2", "a=1 a=2")]
    [InlineData("a_-.*9=1", "a_-.*9=1")]
    public void Is_read(string text, string wanted) => Assert.Equal(wanted, Read(text));

    [Theory]
    [InlineData("a,")]
    [InlineData(",a")]
    [InlineData("a,,b")]
    [InlineData("a b")]
    [InlineData("A")]
    [InlineData("9a")]
    [InlineData("a=")]
    [InlineData("a =1")]
    [InlineData("a= 1")]
    [InlineData("\ta")]
    [InlineData("a=-")]
    [InlineData("a=1.")]
    [InlineData("a=1.2345")]
    [InlineData("a=1234567890123.1")]
    [InlineData("a=1000000000000000")]
    [InlineData("a=99999999999999999999999999")]
    [InlineData("a=?2")]
    [InlineData("a=?")]
    [InlineData("a=\"x")]
    [InlineData("a=\"\\n\"")]
    [InlineData("a=\"\u00e9\"")]
    [InlineData("a=:a")]
    [InlineData("a=:*:")]
    [InlineData("a=@1.5")]
    [InlineData("a=(1")]
    [InlineData("a=(1,2)")]
    [InlineData("a=(1\t2)")]
    [InlineData("a=(1;)")]
    [InlineData("a;")]
    [InlineData("a;B")]
    [InlineData("a;b=")]
    [InlineData("a=1;b=(1)")]
    [InlineData("a=\u0000")]
    [InlineData("a=1\u0000")]
    public void Is_refused(string text) => Assert.EndsWith("!", Read(text), StringComparison.Ordinal);

    [Fact]
    public void Any_text_gets_an_answer() => Fuzz.Run(random =>
    {
        const string Letters = "au0159 \t,;=?()\":-.*@\\AZ/\u0000\u00ff";
        char[] text = new char[random.Next(24)];
        for (int i = 0; i < text.Length; i++) text[i] = Letters[random.Next(Letters.Length)];
        Read(new string(text));
    });

    private static string Read(string text)
    {
        var reader = new DictionaryReader(Encoding.Latin1.GetBytes(text));
        var members = new List<string>();
        while (reader.TryRead(out DictionaryMember member))
        {
            string key = Encoding.ASCII.GetString(member.Key);
            members.Add(member.Kind switch
            {
                StructuredKind.Integer => $"{key}={member.Number}",
                StructuredKind.Boolean => $"{key}=?{member.Number}",
                _ => key,
            });
        }

        Assert.False(reader.TryRead(out _));
        return string.Join(' ', members) + (reader.IsMalformed ? "!" : "");
    }
}
