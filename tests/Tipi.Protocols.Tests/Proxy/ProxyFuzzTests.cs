using Tipi.Tests.Cases;

namespace Tipi.Protocols.Tests.Proxy;

/// <summary>Nearly right headers: no exception, one answer for any cut, nothing read beyond the header.</summary>
public sealed class ProxyFuzzTests
{
    private static readonly byte[][] s_cases =
        ProxyCases.All.Select(one => one.Bytes).Where(bytes => bytes.Length < 600).ToArray();

    private static readonly byte[][] s_words =
    [
        "PROXY "u8.ToArray(), "TCP4"u8.ToArray(), "TCP6"u8.ToArray(), "UNKNOWN"u8.ToArray(), "\r\n"u8.ToArray(),
        "\r"u8.ToArray(), "\n"u8.ToArray(), " "u8.ToArray(), "::"u8.ToArray(), "."u8.ToArray(), "65536"u8.ToArray(),
        "255.255.255.255"u8.ToArray(), "\0"u8.ToArray(), [0x21, 0x11, 0, 12], [3, 0, 4], [4, 0, 0], [0xFF, 0xFF],
    ];

    [Fact]
    public void Headers_get_one_answer_however_they_are_cut() => Fuzz.Run(random =>
    {
        byte[] data = Next(random);
        string whole = ProxyHeaderParserTests.Read(data);
        for (int length = 0; length < data.Length; length++)
        {
            string part = ProxyHeaderParserTests.Read(data[..length]);
            Assert.True(part == "NeedMore" || part == whole, $"{length} of {Convert.ToHexString(data)}: {part}");
        }

        if (whole == "NeedMore") return;
        byte[] tail = new byte[random.Next(40)];
        random.NextBytes(tail);
        Assert.Equal(whole, ProxyHeaderParserTests.Read([.. data, .. tail]));
    });

    private static byte[] Next(Random random)
    {
        List<byte> bytes = [.. s_cases[random.Next(s_cases.Length)]];
        for (int changes = random.Next(4); changes > 0; changes--)
        {
            int at = random.Next(bytes.Count + 1);
            int count = Math.Min(random.Next(1, 8), bytes.Count - at);
            switch (random.Next(4))
            {
                case 0: bytes.InsertRange(at, s_words[random.Next(s_words.Length)]); break;
                case 1: bytes.RemoveRange(at, count); break;
                case 2: bytes.InsertRange(at, bytes.GetRange(at, count)); break;
                case 3 when at < bytes.Count: bytes[at] = (byte)random.Next(256); break;
            }
        }

        return [.. bytes];
    }
}
