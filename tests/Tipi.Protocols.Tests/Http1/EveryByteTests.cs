using Tipi.Protocols.Http1;

namespace Tipi.Protocols.Tests.Http1;

/// <summary>Each byte in each place of a head, against the grammar of the standard.</summary>
public sealed class EveryByteTests
{
    private const string Letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private const string Token = Letters + "!#$%&'*+-.^_`|~";

    [Fact]
    public void In_a_method_only_token_characters() =>
        Check("G", "T / HTTP/1.1\r\nHost: a\r\n\r\n", next => Token.Contains((char)next));

    [Fact]
    public void In_a_field_name_only_token_characters() =>
        Check("GET / HTTP/1.1\r\nHost: a\r\nX", "Y: b\r\n\r\n", next => (Token + ":").Contains((char)next));

    [Fact]
    public void In_a_field_value_no_control_but_tab() =>
        Check("GET / HTTP/1.1\r\nHost: a\r\nX: b", "c\r\n\r\n", next => next is 9 or >= 32 and not 127);

    [Fact]
    public void In_a_path_nothing_that_is_not_visible_and_neither_fragment_nor_backslash() =>
        Check("GET /a", "b HTTP/1.1\r\nHost: a\r\n\r\n",
            next => next is > 32 and < 127 and not ((byte)'#' or (byte)'\\'));

    /// <summary>As the URL standard leaves it, so that what a browser sends arrives.</summary>
    [Theory]
    [InlineData("GET /?a")]
    [InlineData("GET /a?path=C:")]
    [InlineData("GET http://a/b?c")]
    [InlineData("GET /0123456789012345678901234567?9")]
    [InlineData("GET /012345678901234567890123456789?")]
    [InlineData("GET /0123456789012345678901234567890?")]
    [InlineData("GET /a?0123456789012345678901234567890123456789012345678901234567890123456789")]
    public void In_a_query_all_that_is_visible_but_a_fragment(string start) =>
        Check(start, "b HTTP/1.1\r\nHost: a\r\n\r\n", next => next is > 32 and < 127 and not (byte)'#');

    [Theory]
    [InlineData("GET /\\?a")]
    [InlineData("GET /01234567890123456789012345678\\?a")]
    [InlineData("GET /012345678901234567890123456789012345678901234567890123456789\\?a")]
    public void Before_a_query_a_backslash_stays_invalid(string start) =>
        Check(start, "b HTTP/1.1\r\nHost: a\r\n\r\n", _ => false);

    [Fact]
    public void In_a_host_only_what_names_and_ports_are_made_of() =>
        Check("GET / HTTP/1.1\r\nHost: a", "1\r\n\r\n",
            next => (Letters + "-._~!$&'()*+,;=:").Contains((char)next));

    [Fact]
    public void In_a_length_only_digits() =>
        Check("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0", "0\r\n\r\n",
            next => next is >= (byte)'0' and <= (byte)'9');

    private static void Check(string before, string after, Func<byte, bool> isValid)
    {
        for (int value = 0; value <= byte.MaxValue; value++)
        {
            byte[] data = System.Text.Encoding.Latin1.GetBytes(before + (char)value + after);
            var status = Http1RequestParser.TryParse(data, Http1Limits.Default, new RequestHead(), out _);
            Assert.True(isValid((byte)value) == (status == ParseStatus.Complete), $"0x{value:X2}: {status}");
        }
    }
}
