using System.Buffers;

namespace Tipi.Protocols.Http;

/// <summary>Whether text may be sent as a field's name or value. Check it when it is set: the writers do not.</summary>
public static class FieldValidation
{
    private static readonly SearchValues<char> s_token = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private static readonly SearchValues<char> s_forbidden = SearchValues.Create(
        "\0\u0001\u0002\u0003\u0004\u0005\u0006\u0007\u0008\u000A\u000B\u000C\u000D\u000E\u000F\u0010\u0011\u0012"
        + "\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001A\u001B\u001C\u001D\u001E\u001F\u007F");

    private static readonly SearchValues<char> s_visibleAscii = SearchValues.Create(
        "\t !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~");

    /// <summary>A token (RFC 9110 §5.6.2): what a field name must be.</summary>
    public static bool IsToken(ReadOnlySpan<char> text) => text.Length != 0 && text.IndexOfAnyExcept(s_token) < 0;

    /// <summary>
    /// The first character that a field value must not contain, or -1: controls other than HTAB (RFC 9110 §5.5), and
    /// anything beyond ASCII. With <paramref name="allowLatin1"/>, U+0080 to U+00FF are permitted and written as one
    /// byte each.
    /// </summary>
    public static int IndexOfInvalidValueChar(ReadOnlySpan<char> value, bool allowLatin1 = false)
    {
        int index = value.IndexOfAnyExcept(s_visibleAscii);
        return index < 0 || !allowLatin1 ? index : IndexOfInvalidLatin1(value);
    }

    private static int IndexOfInvalidLatin1(ReadOnlySpan<char> value)
    {
        int control = value.IndexOfAny(s_forbidden);
        int wide = value.IndexOfAnyExceptInRange('\0', '\u00FF');
        return control < 0 || wide < 0 ? Math.Max(control, wide) : Math.Min(control, wide);
    }
}
