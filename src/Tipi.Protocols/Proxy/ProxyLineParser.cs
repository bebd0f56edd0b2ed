using System.Net;
using Tipi.Protocols.Http;

namespace Tipi.Protocols.Proxy;

/// <summary>Version 1: one line of text (PROXY protocol §2.1).</summary>
internal static class ProxyLineParser
{
    /// <summary>The longest line that the protocol permits, with its CRLF.</summary>
    private const int MaxLength = 107;

    internal static ReadOnlySpan<byte> Prefix => "PROXY "u8;

    internal static ProxyStatus TryParse(ReadOnlySpan<byte> data, out ProxyHeader header, out ProxyErrorCode error)
    {
        header = default;
        error = ProxyErrorCode.None;
        int end = data[..Math.Min(data.Length, MaxLength)].IndexOf("\r\n"u8);
        if (end < 0)
        {
            if (data.Length < MaxLength) return ProxyStatus.NeedMore;
            error = ProxyErrorCode.LineTooLong;
            return ProxyStatus.Invalid;
        }

        var line = new ProxyHeader
        {
            Version = 1,
            Command = ProxyCommand.Proxy,
            Length = end + 2,
            TlvStart = end + 2,
        };
        error = Parse(data[Prefix.Length..end], line, out header);
        return error == ProxyErrorCode.None ? ProxyStatus.Complete : ProxyStatus.Invalid;
    }

    private static ProxyErrorCode Parse(ReadOnlySpan<byte> text, ProxyHeader line, out ProxyHeader header)
    {
        header = line;
        ReadOnlySpan<byte> protocol = TakeWord(ref text, out bool hasMore);
        // After UNKNOWN anything may stand, and means nothing.
        if (protocol.SequenceEqual("UNKNOWN"u8)) return ProxyErrorCode.None;
        bool isIpv4 = protocol.SequenceEqual("TCP4"u8);
        if (!(isIpv4 || protocol.SequenceEqual("TCP6"u8)) || !hasMore) return ProxyErrorCode.InvalidLine;
        ReadOnlySpan<byte> source = TakeWord(ref text, out hasMore);
        ReadOnlySpan<byte> destination = hasMore ? TakeWord(ref text, out hasMore) : default;
        ReadOnlySpan<byte> sourcePort = hasMore ? TakeWord(ref text, out hasMore) : default;
        if (!hasMore || text.Contains((byte)' ')) return ProxyErrorCode.InvalidLine;
        if (!TryParseAddress(source, isIpv4, out IPAddress? from)) return ProxyErrorCode.InvalidAddress;
        if (!TryParseAddress(destination, isIpv4, out IPAddress? to)) return ProxyErrorCode.InvalidAddress;
        if (!TryParsePort(sourcePort, out int fromPort)) return ProxyErrorCode.InvalidPort;
        if (!TryParsePort(text, out int toPort)) return ProxyErrorCode.InvalidPort;
        header = line with
        {
            Family = isIpv4 ? ProxyFamily.Ipv4 : ProxyFamily.Ipv6,
            Source = new IPEndPoint(from!, fromPort),
            Destination = new IPEndPoint(to!, toPort),
        };
        return ProxyErrorCode.None;
    }

    /// <summary>The text up to the next space; the rest begins behind it.</summary>
    private static ReadOnlySpan<byte> TakeWord(ref ReadOnlySpan<byte> text, out bool hasMore)
    {
        int space = text.IndexOf((byte)' ');
        hasMore = space >= 0;
        ReadOnlySpan<byte> word = hasMore ? text[..space] : text;
        text = hasMore ? text[(space + 1)..] : default;
        return word;
    }

    private static bool TryParseAddress(ReadOnlySpan<byte> text, bool isIpv4, out IPAddress? address)
    {
        address = null;
        bool isShaped = isIpv4 ? IpLiteral.IsIpv4(text) : IpLiteral.IsIpv6(text);
        return isShaped && IPAddress.TryParse(text, out address);
    }

    private static bool TryParsePort(ReadOnlySpan<byte> text, out int port)
    {
        port = 0;
        if (text.Length is 0 or > 5 || (text[0] == '0' && text.Length > 1)) return false;
        foreach (byte digit in text)
        {
            if (!char.IsAsciiDigit((char)digit)) return false;
            port = port * 10 + (digit - '0');
        }

        return port <= ushort.MaxValue;
    }
}
