using Tipi.Protocols.Http;

namespace Tipi.Protocols.Tests.Http;

public sealed class FieldValidationTests
{
    private const string Separators = "\"(),/:;<=>?@[\\]{} ";

    [Fact]
    public void Tokens_are_visible_ascii_without_separators()
    {
        for (char c = '\0'; c < 0x200; c++)
        {
            bool expected = c is > ' ' and < '\u007F' && !Separators.Contains(c);
            Assert.Equal(expected, FieldValidation.IsToken(c.ToString()));
            Assert.Equal(expected, FieldValidation.IsToken("a-very-long-token-" + c + "-that-fills-vectors"));
        }

        Assert.False(FieldValidation.IsToken(""));
    }

    [Fact]
    public void Values_hold_no_control_characters()
    {
        for (char c = '\0'; c < 0x200; c++)
        {
            bool ascii = c is '\t' or (>= ' ' and < '\u007F');
            Assert.Equal(ascii ? -1 : 1, FieldValidation.IndexOfInvalidValueChar("a" + c + "b"));
            bool latin1 = ascii || c is >= '\u0080' and <= '\u00FF';
            Assert.Equal(latin1 ? -1 : 1, FieldValidation.IndexOfInvalidValueChar("a" + c + "b", allowLatin1: true));
        }

        Assert.Equal(-1, FieldValidation.IndexOfInvalidValueChar(""));
        Assert.Equal(1, FieldValidation.IndexOfInvalidValueChar("\u00E9\u0100\r", allowLatin1: true));
        Assert.Equal(1, FieldValidation.IndexOfInvalidValueChar("\u00E9\r\u0100", allowLatin1: true));
    }
}
