namespace Tipi.Protocols.Http;

/// <summary>IP addresses as text (RFC 3986 §3.2.2). Zones and future versions of IP are not accepted.</summary>
internal static class IpLiteral
{
    private const int Groups = 8;

    /// <summary>The length of the literal in brackets that the text begins with, with them; 0 when none.</summary>
    internal static int LengthInBrackets(ReadOnlySpan<byte> text)
    {
        int close = text.IndexOf((byte)']');
        return close > 0 && IsIpv6(text[1..close]) ? close + 1 : 0;
    }

    /// <summary>Eight groups of up to four digits, with at most one gap; the last two may be an IPv4 address.</summary>
    internal static bool IsIpv6(ReadOnlySpan<byte> text)
    {
        int gap = text.IndexOf("::"u8);
        if (gap < 0) return CountGroups(text, mayEndInIpv4: true) == Groups;
        ReadOnlySpan<byte> left = text[..gap];
        ReadOnlySpan<byte> right = text[(gap + 2)..];
        int before = left.IsEmpty ? 0 : CountGroups(left, mayEndInIpv4: false);
        int after = right.IsEmpty ? 0 : CountGroups(right, mayEndInIpv4: true);
        return before >= 0 && after >= 0 && before + after < Groups;
    }

    /// <summary>Four decimal numbers up to 255, without zeros in front.</summary>
    internal static bool IsIpv4(ReadOnlySpan<byte> text)
    {
        for (int part = 0; part < 4; part++)
        {
            int length = part == 3 ? text.Length : text.IndexOf((byte)'.');
            if (length is < 1 or > 3 || !IsOctet(text[..length])) return false;
            text = part == 3 ? default : text[(length + 1)..];
        }

        return true;
    }

    /// <summary>How many 16-bit groups stand between single colons; -1 when one is malformed.</summary>
    private static int CountGroups(ReadOnlySpan<byte> text, bool mayEndInIpv4)
    {
        int groups = 0;
        while (true)
        {
            int colon = text.IndexOf((byte)':');
            if (colon < 0)
            {
                if (mayEndInIpv4 && IsIpv4(text)) return groups + 2;
                return IsGroup(text) ? groups + 1 : -1;
            }

            if (!IsGroup(text[..colon])) return -1;
            groups++;
            text = text[(colon + 1)..];
        }
    }

    private static bool IsGroup(ReadOnlySpan<byte> text)
    {
        if (text.Length is 0 or > 4) return false;
        foreach (byte digit in text)
            if (!char.IsAsciiHexDigit((char)digit)) return false;
        return true;
    }

    private static bool IsOctet(ReadOnlySpan<byte> text)
    {
        int value = 0;
        foreach (byte digit in text)
        {
            if (!char.IsAsciiDigit((char)digit)) return false;
            value = value * 10 + (digit - '0');
        }

        return value <= 255 && (text.Length == 1 || text[0] != '0');
    }
}
