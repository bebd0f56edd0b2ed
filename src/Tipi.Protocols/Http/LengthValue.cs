namespace Tipi.Protocols.Http;

/// <summary>The value of a Content-Length (RFC 9110 §8.6): digits only, at most <see cref="long.MaxValue"/>.</summary>
internal static class LengthValue
{
    internal static bool TryParse(ReadOnlySpan<byte> value, out long length)
    {
        length = 0;
        if (value.IsEmpty) return false;
        foreach (byte digit in value)
        {
            uint number = (uint)(digit - '0');
            if (number > 9 || length > (long.MaxValue - number) / 10) return false;
            length = length * 10 + number;
        }

        return true;
    }
}
