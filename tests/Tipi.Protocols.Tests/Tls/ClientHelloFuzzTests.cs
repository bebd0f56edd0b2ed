using Tipi.Protocols.Tls;

namespace Tipi.Protocols.Tests.Tls;

/// <summary>Nearly right messages: no exception, one answer for any cut, nothing read beyond the message.</summary>
public sealed class ClientHelloFuzzTests
{
    private static readonly byte[][] s_cases =
        [CapturedHellos.OpenSsl, CapturedHellos.OpenSslTls12, CapturedHellos.Curl, CapturedHellos.Node];

    private static readonly byte[][] s_words =
    [
        [22, 3, 1], [22, 3, 1, 0, 1], [0, 0], [0xFF, 0xFF], [0, 16], [0, 43], [2, 3, 4], [0, 1, 97], [0x40, 0], [1],
    ];

    [Fact]
    public void Messages_get_one_answer_however_they_are_cut() => Fuzz.Run(random =>
    {
        byte[] data = Next(random);
        string whole = ClientHelloParserTests.Read(data);
        for (int length = 0; length < data.Length; length++)
        {
            string part = ClientHelloParserTests.Read(data[..length]);
            Assert.True(part == "NeedMore" || part == whole, $"{length} of {Convert.ToHexString(data)}: {part}");
        }

        if (whole == "NeedMore")
        {
            Assert.True(data.Length < ClientHelloParser.MaxLength);
            return;
        }
        byte[] tail = new byte[random.Next(40)];
        random.NextBytes(tail);
        Assert.Equal(whole, ClientHelloParserTests.Read([.. data, .. tail]));
    });

    private static byte[] Next(Random random)
    {
        List<byte> bytes = [.. s_cases[random.Next(s_cases.Length)]];
        if (random.Next(3) == 0) bytes = [.. ClientHelloParserTests.Cut([.. bytes], random.Next(20, 300))];
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
