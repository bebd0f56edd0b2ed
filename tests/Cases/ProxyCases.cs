using static Tipi.Tests.Cases.ProxyBytes;

namespace Tipi.Tests.Cases;

/// <summary>Headers of the PROXY protocol, good, bad and none, with the wanted reading.</summary>
public static class ProxyCases
{
    private const string Client = "192.0.2.1:5000";
    private const string Site = "198.51.100.2:443";
    private const string Client6 = "[2001:db8::1]:5000";
    private const string Site6 = "[2001:db8::2]:443";

    /// <summary>All cases.</summary>
    public static IReadOnlyList<ProxyCase> All { get; } =
        [.. GoodLines(), .. BadLines(), .. GoodBlocks(), .. BadBlocks(), .. BadTlvs(), .. Others()];

    /// <summary>The names of all cases.</summary>
    public static IEnumerable<string> Names => All.Select(one => one.Name);

    /// <summary>The case with a name.</summary>
    public static ProxyCase Find(string name) => All.Single(one => one.Name == name);

    private static ProxyCase Good(string name, byte[] bytes, string wanted) => new(name, bytes, wanted, true);

    private static ProxyCase Bad(string name, byte[] bytes, string error) => new(name, bytes, error, false);

    private static ProxyCase BadLine(string name, string text, string error = "InvalidLine") =>
        Bad("line: " + name, Line(text), error);

    private static IEnumerable<ProxyCase> GoodLines() =>
    [
        Good("IPv4 line", Line("PROXY TCP4 192.0.2.1 198.51.100.2 5000 443"), $"Proxy {Client} {Site}"),
        Good("IPv6 line", Line("PROXY TCP6 2001:db8::1 2001:DB8:0:0::2 5000 443"), $"Proxy {Client6} {Site6}"),
        Good("longest IPv4 line", Line("PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535"),
            "Proxy 255.255.255.255:65535 255.255.255.255:65535"),
        Good("longest IPv6 line", Line("PROXY TCP6 " + Repeat("ffff:", 7) + "ffff " + Repeat("ffff:", 7)
            + "ffff 65535 65535"), $"Proxy [{Repeat("ffff:", 7)}ffff]:65535 [{Repeat("ffff:", 7)}ffff]:65535"),
        Good("smallest numbers", Line("PROXY TCP4 0.0.0.0 0.0.0.0 0 0"), "Proxy 0.0.0.0:0 0.0.0.0:0"),
        Good("IPv6 line of nothing", Line("PROXY TCP6 :: ::1 0 1"), "Proxy [::]:0 [::1]:1"),
        Good("IPv4 inside IPv6", Line("PROXY TCP6 ::ffff:192.0.2.1 ::1 1 2"), "Proxy [::ffff:192.0.2.1]:1 [::1]:2"),
        Good("unknown line", Line("PROXY UNKNOWN"), "Proxy - -"),
        Good("unknown line with text", Line("PROXY UNKNOWN any \0 \n \r text"), "Proxy - -"),
        Good("unknown line with a space", Line("PROXY UNKNOWN "), "Proxy - -"),
        Good("longest unknown line", Line("PROXY UNKNOWN " + Repeat("x", 107 - 16)), "Proxy - -"),
    ];

    private static IEnumerable<ProxyCase> BadLines() =>
    [
        BadLine("nothing", "PROXY "),
        BadLine("only a protocol", "PROXY TCP4"),
        BadLine("protocol in lower case", "PROXY tcp4 192.0.2.1 198.51.100.2 5000 443"),
        BadLine("another protocol", "PROXY UDP4 192.0.2.1 198.51.100.2 5000 443"),
        BadLine("a request", "PROXY / HTTP/1.1"),
        BadLine("unknown with more letters", "PROXY UNKNOWNS"),
        BadLine("one address", "PROXY TCP4 192.0.2.1"),
        BadLine("no ports", "PROXY TCP4 192.0.2.1 198.51.100.2"),
        BadLine("one port", "PROXY TCP4 192.0.2.1 198.51.100.2 5000"),
        BadLine("a fifth word", "PROXY TCP4 192.0.2.1 198.51.100.2 5000 443 1"),
        BadLine("space at the end", "PROXY TCP4 192.0.2.1 198.51.100.2 5000 443 "),
        BadLine("two spaces", "PROXY TCP4  192.0.2.1 198.51.100.2 5000 443"),
        BadLine("two spaces before the protocol", "PROXY  TCP4 192.0.2.1 198.51.100.2 5000 443"),
        BadLine("tab", "PROXY TCP4\t192.0.2.1 198.51.100.2 5000 443"),
        BadLine("IPv6 as IPv4", "PROXY TCP4 ::1 198.51.100.2 5000 443", "InvalidAddress"),
        BadLine("IPv4 as IPv6", "PROXY TCP6 192.0.2.1 ::1 5000 443", "InvalidAddress"),
        BadLine("zeros in front", "PROXY TCP4 192.0.02.1 198.51.100.2 5000 443", "InvalidAddress"),
        BadLine("octet too large", "PROXY TCP4 192.0.2.256 198.51.100.2 5000 443", "InvalidAddress"),
        BadLine("three octets", "PROXY TCP4 192.0.2 198.51.100.2 5000 443", "InvalidAddress"),
        BadLine("hexadecimal octets", "PROXY TCP4 0x7f.0.0.1 198.51.100.2 5000 443", "InvalidAddress"),
        BadLine("name", "PROXY TCP4 localhost 198.51.100.2 5000 443", "InvalidAddress"),
        BadLine("bad destination", "PROXY TCP4 192.0.2.1 198.51.100 5000 443", "InvalidAddress"),
        BadLine("IPv6 with a zone", "PROXY TCP6 fe80::1%1 ::1 5000 443", "InvalidAddress"),
        BadLine("IPv6 in brackets", "PROXY TCP6 [::1] ::1 5000 443", "InvalidAddress"),
        BadLine("IPv6 with two gaps", "PROXY TCP6 1::2::3 ::1 5000 443", "InvalidAddress"),
        BadLine("IPv6 too long", "PROXY TCP6 1:2:3:4:5:6:7:8:9 ::1 5000 443", "InvalidAddress"),
        BadLine("IPv6 with a prefix", "PROXY TCP6 ::1/64 ::1 5000 443", "InvalidAddress"),
        BadLine("port with zeros", "PROXY TCP4 192.0.2.1 198.51.100.2 05000 443", "InvalidPort"),
        BadLine("port too large", "PROXY TCP4 192.0.2.1 198.51.100.2 5000 65536", "InvalidPort"),
        BadLine("port very large", "PROXY TCP4 192.0.2.1 198.51.100.2 5000 99999999999", "InvalidPort"),
        BadLine("signed port", "PROXY TCP4 192.0.2.1 198.51.100.2 +500 443", "InvalidPort"),
        BadLine("bare carriage return", "PROXY TCP4 192.0.2.1 198.51.100.2 5000 443\r", "InvalidPort"),
        BadLine("bare line feed", "PROXY TCP4 192.0.2.1 198.51.100.2 5000 443\nGET / HTTP/1.1", "InvalidLine"),
        BadLine("NUL", "PROXY TCP4 192.0.2.1\0 198.51.100.2 5000 443", "InvalidAddress"),
        BadLine("too long by one", "PROXY UNKNOWN " + Repeat("x", 107 - 15), "LineTooLong"),
        BadLine("far too long", "PROXY TCP4 " + Repeat("1", 5000), "LineTooLong"),
    ];

    private static IEnumerable<ProxyCase> GoodBlocks() =>
    [
        Good("IPv4 block", Relay(Client, Site), $"Proxy {Client} {Site}"),
        Good("IPv6 block", Relay(Client6, Site6), $"Proxy {Client6} {Site6}"),
        Good("UDP block", Block(0x21, 0x12, Addresses(Client, Site)), $"Proxy {Client} {Site}"),
        Good("Unix block", Block(0x21, UnixStream, Paths("/run/a", "/run/b")), "Proxy /run/a /run/b"),
        Good("Unix block with full paths", Block(0x21, UnixStream, Paths(Repeat("a", 108), Repeat("b", 108))),
            $"Proxy {Repeat("a", 108)} {Repeat("b", 108)}"),
        Good("Unix block without paths", Block(0x21, 0x32, Paths("", "")), "Proxy  "),
        Good("local block", Block(0x20, 0, []), "Local - -"),
        Good("local block with addresses", Block(0x20, Tcp4, Addresses(Client, Site)), "Local - -"),
        Good("local block with anything", Block(0x20, 0xFF, [1, 2, 3]), "Local - -"),
        Good("unspecified block", Block(0x21, 0, []), "Proxy - -"),
        Good("unspecified block with anything", Block(0x21, 0x01, [1, 2, 3]), "Proxy - -"),
        Good("unspecified transport", Block(0x21, 0x10, Addresses(Client, Site)), "Proxy - -"),
        Good("extensions", Relay(Client, Site, Tlv(1, 0x68, 0x32), Tlv(4), Tlv(0xEA, 1, 2, 3)),
            $"Proxy {Client} {Site} 1:6832 4: 234:010203"),
        Good("largest extension", Relay(Client, Site, Tlv(4, new byte[4093])),
            $"Proxy {Client} {Site} 4:{Repeat("00", 4093)}"),
        Good("checksum", WithChecksum(Relay(Client, Site)),
            $"Proxy {Client} {Site} 3:{Convert.ToHexString(WithChecksum(Relay(Client, Site))[^4..])}"),
        Good("checksum among others", WithChecksum(Relay(Client6, Site6, Tlv(1, 5, 6)), Tlv(4, 1)),
            $"Proxy {Client6} {Site6} 1:0506 3:"
            + $"{Convert.ToHexString(WithChecksum(Relay(Client6, Site6, Tlv(1, 5, 6)), Tlv(4, 1))[^8..^4])} 4:01"),
    ];

    private static IEnumerable<ProxyCase> BadBlocks() =>
    [
        Bad("block: version 1", Block(0x11, Tcp4, Addresses(Client, Site)), "UnknownVersion"),
        Bad("block: version 3", Block(0x31, Tcp4, Addresses(Client, Site)), "UnknownVersion"),
        Bad("block: command 2", Block(0x22, Tcp4, Addresses(Client, Site)), "UnknownCommand"),
        Bad("block: command 15", Block(0x2F, Tcp4, Addresses(Client, Site)), "UnknownCommand"),
        Bad("block: family 4", Block(0x21, 0x41, new byte[216]), "UnknownFamily"),
        Bad("block: transport 3", Block(0x21, 0x13, Addresses(Client, Site)), "UnknownFamily"),
        Bad("block: IPv4 without addresses", Block(0x21, Tcp4, []), "TooShort"),
        Bad("block: IPv4 too short by one", Block(0x21, Tcp4, Addresses(Client, Site)[..11]), "TooShort"),
        Bad("block: IPv6 with addresses of IPv4", Block(0x21, Tcp6, Addresses(Client, Site)), "TooShort"),
        Bad("block: Unix too short by one", Block(0x21, UnixStream, new byte[215]), "TooShort"),
        Bad("block: IPv4 too long", Block(0x21, Tcp4, [], 12 + 4097), "TooLong"),
        Bad("block: local too long", Block(0x20, 0, [], 216 + 4097), "TooLong"),
        Bad("block: longest", Block(0x21, Tcp4, [], ushort.MaxValue), "TooLong"),
    ];

    private static IEnumerable<ProxyCase> BadTlvs() =>
    [
        Bad("tlv: one byte left", Relay(Client, Site, [0]), "InvalidTlv"),
        Bad("tlv: two bytes left", Relay(Client, Site, Tlv(1, 2), [0, 0]), "InvalidTlv"),
        Bad("tlv: value is cut", Relay(Client, Site, [1, 0, 2, 0]), "InvalidTlv"),
        Bad("tlv: length far beyond", Relay(Client, Site, [1, 0xFF, 0xFF, 0]), "InvalidTlv"),
        Bad("tlv: checksum of three bytes", Relay(Client, Site, Tlv(3, 0, 0, 0)), "InvalidTlv"),
        Bad("tlv: two checksums", WithChecksum(WithChecksum(Relay(Client, Site))), "WrongChecksum"),
        Bad("tlv: wrong checksum", Relay(Client, Site, Tlv(3, 0, 0, 0, 0)), "WrongChecksum"),
        Bad("tlv: address changed", Changed(WithChecksum(Relay(Client, Site)), 16), "WrongChecksum"),
        Bad("tlv: extension changed", Changed(WithChecksum(Relay(Client, Site), Tlv(4, 1)), 38), "WrongChecksum"),
    ];

    private static IEnumerable<ProxyCase> Others() =>
    [
        Bad("other: a request", "GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray(), "Absent"),
        Bad("other: a request with an empty line first", "\r\nGET / HTTP/1.1\r\n"u8.ToArray(), "Absent"),
        Bad("other: a method that begins the same", "PROXYING / HTTP/1.1\r\n"u8.ToArray(), "Absent"),
        Bad("other: the line in lower case", Line("proxy TCP4 192.0.2.1 198.51.100.2 5000 443"), "Absent"),
        Bad("other: a space first", Line(" PROXY TCP4 192.0.2.1 198.51.100.2 5000 443"), "Absent"),
        Bad("other: TLS", [0x16, 3, 1, 2, 0], "Absent"),
        Bad("other: HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray(), "Absent"),
        Bad("other: the signature with a wrong end", Changed(Block(0x21, Tcp4, Addresses(Client, Site)), 11), "Absent"),
    ];

    private static byte[] Changed(byte[] bytes, int at)
    {
        bytes[at] ^= 1;
        return bytes;
    }

    private static string Repeat(string text, int times) => string.Concat(Enumerable.Repeat(text, times));
}
