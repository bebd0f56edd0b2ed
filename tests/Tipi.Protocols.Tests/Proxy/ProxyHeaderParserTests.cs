using System.Text;
using Tipi.Protocols.Proxy;
using Tipi.Tests.Cases;

namespace Tipi.Protocols.Tests.Proxy;

public sealed class ProxyHeaderParserTests
{
    private static readonly byte[][] s_tails =
    [
        "GET / HTTP/1.1\r\nHost: b\r\n\r\n"u8.ToArray(), "\0"u8.ToArray(), "\r\n"u8.ToArray(),
        Enumerable.Repeat((byte)0xFF, 300).ToArray(), ProxyBytes.Line("PROXY UNKNOWN"),
    ];

    public static TheoryData<string> Names => new(ProxyCases.Names);

    [Fact]
    public void Names_are_unique() => Assert.Distinct(ProxyCases.Names);

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_case_is_read_as_wanted_also_with_a_tail(string name)
    {
        ProxyCase one = ProxyCases.Find(name);
        Assert.Equal(one.Wanted, Read(one.Bytes));
        foreach (byte[] tail in s_tails) Assert.Equal(one.Wanted, Read([.. one.Bytes, .. tail]));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_prefix_never_contradicts_the_whole(string name)
    {
        ProxyCase one = ProxyCases.Find(name);
        for (int length = 0; length < one.Bytes.Length; length++)
        {
            string part = Read(one.Bytes[..length]);
            Assert.True(part == "NeedMore" || part == one.Wanted, $"{length} bytes: {part}");
            if (one.IsAccepted) Assert.Equal("NeedMore", part);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void An_error_has_a_sentence_and_a_header_its_length(string name)
    {
        ProxyCase one = ProxyCases.Find(name);
        ProxyStatus status = Parse(one.Bytes, out ProxyHeader header, out ProxyError error);
        Assert.Equal(one.IsAccepted, status == ProxyStatus.Complete);
        Assert.Equal(status == ProxyStatus.Invalid, error.Code != ProxyErrorCode.None);
        Assert.Equal(one.IsAccepted ? one.Bytes.Length : 0, header.Length);
        Assert.EndsWith(".", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Versions_are_told()
    {
        Parse(ProxyCases.Find("unknown line").Bytes, out ProxyHeader line, out _);
        Parse(ProxyCases.Find("local block").Bytes, out ProxyHeader block, out _);
        Assert.Equal((1, 2), (line.Version, block.Version));
    }

    [Fact]
    public void The_limit_of_extensions_is_the_callers()
    {
        byte[] bytes = ProxyBytes.Relay("192.0.2.1:1", "192.0.2.2:2", ProxyBytes.Tlv(4, 1, 2, 3));
        Assert.Equal(ProxyStatus.Complete, ProxyHeaderParser.TryParse(bytes, 6, out _, out _));
        Assert.Equal(ProxyStatus.Invalid, ProxyHeaderParser.TryParse(bytes, 5, out _, out ProxyError error));
        Assert.Equal(ProxyErrorCode.TooLong, error.Code);
    }

    [Fact]
    public void Checksums_are_those_of_the_standard() =>
        Assert.Equal(0xE3069283u, ProxyBytes.Crc32C("123456789"u8.ToArray())); // the usual check value of CRC32c

    /// <summary>What the parser says, in the words of the cases.</summary>
    internal static string Read(byte[] data)
    {
        ProxyStatus status = Parse(data, out ProxyHeader header, out ProxyError error);
        if (status == ProxyStatus.Invalid) return error.Code.ToString();
        if (status != ProxyStatus.Complete) return status.ToString();
        var text = new StringBuilder();
        string source = header.Source?.ToString() ?? "-";
        string destination = header.Destination?.ToString() ?? "-";
        if (header.Family == ProxyFamily.Unix)
        {
            source = Encoding.ASCII.GetString(header.SourcePath(data));
            destination = Encoding.ASCII.GetString(header.DestinationPath(data));
        }

        text.Append($"{header.Command} {source} {destination}");
        foreach (ProxyTlv tlv in header.Tlvs(data)) text.Append($" {tlv.Type}:{Convert.ToHexString(tlv.Value)}");
        return text.ToString();
    }

    private static ProxyStatus Parse(byte[] data, out ProxyHeader header, out ProxyError error) =>
        ProxyHeaderParser.TryParse(data, ProxyHeaderParser.DefaultMaxTlvSize, out header, out error);
}
