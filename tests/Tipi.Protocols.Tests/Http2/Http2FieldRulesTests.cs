using System.Text;
using Tipi.Protocols.Http;
using Tipi.Protocols.Http2;

namespace Tipi.Protocols.Tests.Http2;

public sealed class Http2FieldRulesTests
{
    private const string Name = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz";

    [Fact]
    public void A_name_is_made_of_lower_case_token_characters()
    {
        for (int value = 0; value <= byte.MaxValue; value++)
            Assert.Equal(Name.Contains((char)value), Check([(byte)'x', (byte)value], "v"u8).IsNone);
    }

    [Fact]
    public void A_value_has_no_control_but_tab()
    {
        for (int value = 0; value <= byte.MaxValue; value++)
        {
            bool isText = value is 9 or >= 32 and not 127;
            bool isVisible = isText && value is not (9 or 32);
            Assert.Equal(isText, Check("x"u8, [(byte)'a', (byte)value, (byte)'b']).IsNone);
            Assert.Equal(isVisible, Check("x"u8, [(byte)value, (byte)'b']).IsNone);
            Assert.Equal(isVisible, Check("x"u8, [(byte)'a', (byte)value]).IsNone);
        }
    }

    [Fact]
    public void Any_place_of_a_long_value_is_looked_at()
    {
        for (int at = 1; at < 99; at++)
        {
            byte[] value = Enumerable.Repeat((byte)'v', 100).ToArray();
            Assert.True(Check("x"u8, value).IsNone);
            value[at] = (byte)'\n';
            Assert.False(Check("x"u8, value).IsNone);
        }
    }

    [Theory]
    [InlineData("grpc-status", "0", true)]
    [InlineData("x", "", true)]
    [InlineData(":path", "/", false)]
    [InlineData(":x", "y", false)]
    [InlineData("content-length", "0", false)]
    [InlineData("host", "a", false)]
    [InlineData("transfer-encoding", "chunked", false)]
    [InlineData("connection", "close", false)]
    [InlineData("X", "y", false)]
    [InlineData("x", "a\rb", false)]
    [InlineData("", "a", false)]
    public void Trailers_are_fields_that_may_come_late(string name, string value, bool isAccepted)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(name);
        Http2Error error = Http2FieldRules.CheckTrailer(FieldNames.Find(bytes), bytes, Encoding.ASCII.GetBytes(value));
        Assert.Equal(isAccepted ? Http2ErrorScope.None : Http2ErrorScope.Stream, error.Scope);
    }

    private static Http2Error Check(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) =>
        Http2FieldRules.Check(FieldNames.Find(name), name, value);
}
