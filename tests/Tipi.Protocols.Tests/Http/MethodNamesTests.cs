using System.Text;
using Tipi.Protocols.Http;

namespace Tipi.Protocols.Tests.Http;

public sealed class MethodNamesTests
{
    public static TheoryData<KnownMethod> Methods => new(Enum.GetValues<KnownMethod>().Skip(1));

    [Theory]
    [MemberData(nameof(Methods))]
    public void A_known_method_is_found_by_exactly_its_token(KnownMethod method)
    {
        string name = MethodNames.GetName(method);
        Assert.Equal(method.ToString().ToUpperInvariant(), name);
        Assert.Equal(method, MethodNames.Find(Encoding.ASCII.GetBytes(name)));
        Assert.Equal(KnownMethod.Custom, MethodNames.Find(Encoding.ASCII.GetBytes(name.ToLowerInvariant())));
        Assert.Equal(KnownMethod.Custom, MethodNames.Find(Encoding.ASCII.GetBytes(name + " ")));
        Assert.Equal(KnownMethod.Custom, MethodNames.Find(Encoding.ASCII.GetBytes(name + "S")));
        Assert.Equal(KnownMethod.Custom, MethodNames.Find(Encoding.ASCII.GetBytes(name[1..])));
    }

    [Fact]
    public void Other_tokens_are_custom()
    {
        Assert.Equal("", MethodNames.GetName(KnownMethod.Custom));
        Assert.Equal(KnownMethod.Custom, MethodNames.Find(""u8));
        Assert.Equal(KnownMethod.Custom, MethodNames.Find("PROPFIND"u8));
    }
}
