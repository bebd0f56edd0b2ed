using System.Buffers.Binary;
using System.Net.Security;
using System.Text;
using Tipi.Protocols.Tls;

namespace Tipi.Protocols.Tests.Tls;

/// <summary>What is read of a client's first message, from real clients and from made ones.</summary>
public sealed class ClientHelloParserTests
{
    public static TheoryData<string, string> Captured => new()
    {
        { nameof(CapturedHellos.OpenSsl), "site.example [h2,http/1.1] 304,303,302,301 1" },
        { nameof(CapturedHellos.OpenSslTls12), "- [] 303 1" },
        { nameof(CapturedHellos.Curl), "site.example [h2,http/1.1] 304,303,302,301 1" },
        { nameof(CapturedHellos.Node), "site.example [h2] 304,303 1" },
        { nameof(CapturedHellos.Chromium), "site.example [h2,http/1.1] GREASE,304,303 1" },
    };

    [Theory]
    [MemberData(nameof(Captured))]
    public void Messages_of_real_clients_are_understood(string client, string expected)
    {
        byte[] bytes = Find(client);

        Assert.Equal(expected, Read(bytes));
        for (int length = 0; length < bytes.Length; length++) Assert.Equal("NeedMore", Read(bytes[..length]));
        Assert.Equal(expected, Read([.. bytes, 23, 3, 3, 0, 1, 0]));
    }

    [Theory]
    [MemberData(nameof(Captured))]
    public void A_message_in_many_records_is_the_same(string client, string expected)
    {
        byte[] bytes = Find(client);
        int part = Math.Max(1, (bytes.Length - 5) / 15);
        foreach (int size in (int[])[1, part, part + 1, bytes.Length / 2, bytes.Length - 6])
        {
            byte[] records = Cut(bytes, size);
            int count = (bytes.Length - 5 + size - 1) / size;
            Assert.Equal(expected[..^1] + count, Read(records));
            for (int length = 0; length < records.Length; length++) Assert.Equal("NeedMore", Read(records[..length]));
        }
    }

    [Fact]
    public async Task The_framework_s_message_is_understood()
    {
        using var sent = new MemoryStream();
        await using (var tls = new SslStream(new OneWay(sent)))
        {
            await Assert.ThrowsAnyAsync<IOException>(() => tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = "a-b.example",
                    ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
                },
                TestContext.Current.CancellationToken));
        }

        Assert.StartsWith("a-b.example [h2,http/1.1] 304", Read(sent.ToArray()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1", "Absent")]
    [InlineData("PRI * HTTP/2.0", "Absent")]
    [InlineData("\u0080.\u0001\u0003\u0001", "Absent")] // SSL 2
    [InlineData("\u0016\u0002\u0000\u0000\u0005", "Absent")]
    [InlineData("\u0016\u0003\u0001\u0000\u0000", "Invalid")] // an empty record
    [InlineData("\u0016\u0003\u0001\u0040\u0001", "Invalid")] // 16,385 bytes
    [InlineData("\u0016\u0003\u0001\u0000\u0005\u0002", "Unexpected")] // a message of the server
    [InlineData("\u0016\u0003\u0001\u0000\u0005\u0001\u0001\u0010\u0000", "Invalid")] // 68 KiB and its header
    [InlineData("\u0016\u0003\u0001\u0000\u0006\u0001\u0000\u0000\u0001\u0003\u0003", "Invalid")] // more behind it
    [InlineData("\u0016\u0003\u0001\u0000\u0001\u0001\u0017", "Invalid")] // another record inside the message
    [InlineData("", "NeedMore")]
    [InlineData("\u0016", "NeedMore")]
    [InlineData("\u0016\u0003", "NeedMore")]
    public void Other_bytes_are_told_at_once(string begin, string expected) =>
        Assert.Equal(expected, Read(Encoding.Latin1.GetBytes(begin)));

    [Fact]
    public void Records_of_a_byte_are_read_as_far_as_all_their_bytes_go()
    {
        const int Most = ClientHelloParser.MaxLength / 6;
        byte[] records = Cut(Padded(13_000), 1);

        Assert.Equal("NeedMore", Read(records[..(Most * 6)]));
        Assert.Equal("Invalid", Read(records[..(Most * 6 + 6)]));
        Assert.Equal($"site.example [h2,http/1.1] 304,303,302,301 {Most}", Read(Cut(Padded(Most), 1)));
    }

    /// <summary>What was read of whole records is not read again.</summary>
    [Fact]
    public void Reading_goes_on_where_it_stood()
    {
        byte[] records = Cut(Padded(3_000), 1);
        ClientHelloProgress progress = default;
        for (int length = 0; length < records.Length; length++)
        {
            var status = ClientHelloParser.TryParse(records.AsSpan(0, length), ref progress, out _);
            Assert.Equal((ClientHelloStatus.NeedMore, length / 6), (status, progress.Records));
        }

        var last = ClientHelloParser.TryParse(records, ref progress, out ClientHello? hello);
        Assert.Equal(ClientHelloStatus.Complete, last);
        Assert.Equal((3_000, records.Length), (hello!.Records, hello.Length));
    }

    [Fact]
    public void The_longest_message_is_read_and_a_longer_one_is_not()
    {
        // All the extensions that there can be.
        byte[] longest = Cut(Padded(65_500), 16_384);
        const int Size = ClientHelloParser.MaxMessageSize - 4;
        byte[] start = [22, 3, 1, 64, 0, 1, Size >> 16, (Size >> 8) & 0xFF, Size & 0xFF];
        byte[] tooLong = [22, 3, 1, 64, 0, 1, Size + 1 >> 16, (Size + 1 >> 8) & 0xFF, Size + 1 & 0xFF];

        Assert.Equal("site.example [h2,http/1.1] 304,303,302,301 4", Read(longest));
        Assert.Equal("NeedMore", Read(start));
        Assert.Equal("Invalid", Read(tooLong));
    }

    [Theory]
    [InlineData("000000", "Invalid")] // the list has no length
    [InlineData("0002000000", "Invalid")] // cut off
    [InlineData("0000" + "0003" + "0001" + "00", "Invalid")] // a name without a length
    [InlineData("0000" + "0005" + "0003" + "00" + "0000", "Invalid")] // an empty name
    [InlineData("0000" + "0006" + "0004" + "00" + "0001" + "61", "a [] 303 1")]
    [InlineData("0000" + "0006" + "0004" + "01" + "0001" + "61", "- [] 303 1")] // no host's name
    [InlineData("0000" + "000A" + "0008" + "00" + "0001" + "61" + "00" + "0001" + "62", "Invalid")] // two names
    [InlineData("0000" + "0006" + "0004" + "00" + "0001" + "00", "- [] 303 1")] // NUL is in no host's name
    [InlineData("0000" + "0006" + "0004" + "00" + "0001" + "2F", "- [] 303 1")] // nor is a slash
    [InlineData("0000000600040000016100000006000400000162", "Invalid")] // the extension twice
    [InlineData("0010" + "0002" + "0000", "Invalid")] // no protocols
    [InlineData("0010" + "0003" + "0001" + "00", "Invalid")] // an empty one
    [InlineData("0010" + "0005" + "0003" + "02" + "6832", "- [h2] 303 1")]
    [InlineData("002B" + "0001" + "00", "Invalid")] // no versions
    [InlineData("002B" + "0004" + "03" + "030403", "Invalid")] // one and a half
    [InlineData("002B" + "0003" + "02" + "0304", "- [] 304 1")]
    [InlineData("FFFF" + "0000", "- [] 303 1")] // what nobody knows
    public void Extensions_are_read_strictly(string extensions, string expected) =>
        Assert.Equal(expected, Read(Make(Convert.FromHexString(extensions))));

    [Fact]
    public void A_message_that_is_full_of_protocols_costs_little()
    {
        byte[] names = Enumerable.Repeat<byte[]>([1, (byte)'x'], 4000).SelectMany(one => one).ToArray();
        byte[] content = [(byte)(names.Length >> 8), (byte)names.Length, .. names];
        byte[] message = Make([0, 16, (byte)(content.Length >> 8), (byte)content.Length, .. content]);

        Assert.Equal(ClientHelloStatus.Complete, ClientHelloParser.TryParse(message, out ClientHello? hello));
        Assert.Equal(32, hello!.ApplicationProtocols.Count);
    }

    /// <summary>What the parser says of bytes, as text.</summary>
    internal static string Read(byte[] bytes)
    {
        ClientHelloStatus status = ClientHelloParser.TryParse(bytes, out ClientHello? hello);
        Assert.Equal(status == ClientHelloStatus.Complete, hello is not null);
        if (hello is null) return status.ToString();
        Assert.InRange(hello.Length, 1, bytes.Length);
        string protocols = string.Join(',', hello.ApplicationProtocols.Select(Encoding.Latin1.GetString));
        string versions = string.Join(',', hello.Versions.Select(version =>
            (version & 0x0F0F) == 0x0A0A ? "GREASE" : version.ToString("x", null)));
        return $"{hello.ServerName ?? "-"} [{protocols}] {versions} {hello.Records}";
    }

    /// <summary>The same message in records of so many bytes.</summary>
    internal static byte[] Cut(byte[] record, int size) =>
        record.Skip(5).Chunk(size)
            .SelectMany(part => (byte[])[22, 3, 1, (byte)(part.Length >> 8), (byte)part.Length, .. part])
            .ToArray();

    private static byte[] Find(string client) => client switch
    {
        nameof(CapturedHellos.OpenSsl) => CapturedHellos.OpenSsl,
        nameof(CapturedHellos.OpenSslTls12) => CapturedHellos.OpenSslTls12,
        nameof(CapturedHellos.Curl) => CapturedHellos.Curl,
        nameof(CapturedHellos.Node) => CapturedHellos.Node,
        _ => CapturedHellos.Chromium,
    };

    /// <summary>A message with these extensions only.</summary>
    private static byte[] Make(byte[] extensions)
    {
        byte[] body =
        [
            3, 3, .. new byte[32], 0, 0, 2, 0x13, 1, 1, 0,
            (byte)(extensions.Length >> 8), (byte)extensions.Length, .. extensions,
        ];
        byte[] message = [1, 0, (byte)(body.Length >> 8), (byte)body.Length, .. body];
        return [22, 3, 1, (byte)(message.Length >> 8), (byte)message.Length, .. message];
    }

    /// <summary>OpenSSL's message with an extension of zeros more, in one record.</summary>
    private static byte[] Padded(int messageSize)
    {
        byte[] message = [.. CapturedHellos.OpenSsl.Skip(5)];
        int zeros = messageSize - message.Length - 4;
        byte[] padded = [.. message, 0, 21, (byte)(zeros >> 8), (byte)zeros, .. new byte[zeros]];
        padded[2] = (byte)((messageSize - 4) >> 8);
        padded[3] = (byte)(messageSize - 4);
        int at = 4 + 2 + 32 + 1 + 32;
        at += 2 + BinaryPrimitives.ReadUInt16BigEndian(padded.AsSpan(at));
        at += 1 + padded[at];
        BinaryPrimitives.WriteUInt16BigEndian(padded.AsSpan(at), (ushort)(messageSize - at - 2));
        return [22, 3, 1, (byte)(messageSize >> 8), (byte)messageSize, .. padded];
    }

    /// <summary>Keeps what is written; has nothing to read.</summary>
    private sealed class OneWay(MemoryStream sent) : MemoryStream
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken) =>
            sent.WriteAsync(buffer, cancellationToken);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken) => new(0);
    }
}
