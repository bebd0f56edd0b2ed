namespace Tipi.Protocols.Http;

/// <summary>A uri-host with an optional port (RFC 3986 §3.2.2, §3.2.3), without user information.</summary>
/// <param name="IsValid">It is one, its host is not empty and its port is at most 65535.</param>
/// <param name="HostLength">Bytes of the host, brackets included.</param>
/// <param name="HasPort">There is a colon and at least one digit.</param>
/// <param name="Port">The port, when there is one.</param>
internal readonly record struct AuthorityShape(bool IsValid, int HostLength, bool HasPort, int Port)
{
    internal static AuthorityShape Of(ReadOnlySpan<byte> text)
    {
        int length = text.IndexOfAnyExcept(ByteScan.RegName);
        if (length < 0) return new AuthorityShape(text.Length != 0, text.Length, false, 0);
        if (text[length] == '[')
            length = length == 0 ? IpLiteral.LengthInBrackets(text) : 0;
        else if (text[length] == '%')
            length = RegNameLength(text);
        return length == 0 ? default : WithPort(text, length);
    }

    private static AuthorityShape WithPort(ReadOnlySpan<byte> text, int hostLength)
    {
        if (hostLength == text.Length) return new AuthorityShape(true, hostLength, false, 0);
        if (text[hostLength] != ':') return default;
        int port = 0;
        ReadOnlySpan<byte> digits = text[(hostLength + 1)..];
        foreach (byte digit in digits)
        {
            if (!char.IsAsciiDigit((char)digit)) return default;
            port = port * 10 + (digit - '0');
            if (port > ushort.MaxValue) return default;
        }

        return new AuthorityShape(true, hostLength, digits.Length != 0, port);
    }

    /// <summary>The length of a reg-name with percent escapes, or 0 when an escape is malformed.</summary>
    private static int RegNameLength(ReadOnlySpan<byte> text)
    {
        int i = 0;
        while (i < text.Length)
        {
            if (text[i] == '%')
            {
                if (text.Length - i < 3 || !IsHex(text[i + 1]) || !IsHex(text[i + 2])) return 0;
                i += 3;
            }
            else if (ByteScan.RegName.Contains(text[i]))
            {
                i++;
            }
            else
            {
                break;
            }
        }

        return i;
    }

    private static bool IsHex(byte value) => char.IsAsciiHexDigit((char)value);
}
