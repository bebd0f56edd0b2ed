using System.Text;
using Tipi.Protocols.Hpack;

namespace Tipi.Protocols.Tests.Hpack;

public sealed class HuffmanTests
{
    [Fact]
    public void The_code_is_the_frameworks()
    {
        for (int symbol = 0; symbol <= HuffmanCode.Eos; symbol++)
        {
            string code = HuffmanCode.Codes[symbol].ToString("b32", null)[^HuffmanCode.Lengths[symbol]..];
            Assert.Equal(NaiveDecoder.FrameworkCode(symbol), code);
        }
    }

    [Fact]
    public void Every_pair_of_bytes_is_decoded_again()
    {
        for (int first = 0; first < 256; first++)
            for (int second = 0; second < 256; second++)
                CheckBothWays([(byte)first, (byte)second]);
    }

    [Fact]
    public void Any_text_is_decoded_again() => Fuzz.Run(random =>
    {
        byte[] text = new byte[random.Next(100)];
        random.NextBytes(text);
        int highest = random.Next(2) == 0 ? 128 : 256;
        for (int i = 0; i < text.Length; i++) text[i] = (byte)(text[i] % highest);
        CheckBothWays(text);
    });

    [Fact]
    public void Any_bytes_are_decoded_or_refused_as_bit_by_bit() => Fuzz.Run(random =>
    {
        byte[] encoded = new byte[random.Next(40)];
        random.NextBytes(encoded);
        if (random.Next(2) == 0) encoded.AsSpan(random.Next(encoded.Length + 1)).Fill(0xFF);
        byte[] text = new byte[HuffmanDecoder.GetMaxSize(encoded.Length)];
        HpackError error = HuffmanDecoder.Decode(encoded, text, out int written);
        byte[] block = [0, 1, (byte)'a', (byte)(0x80 | encoded.Length), .. encoded];
        (List<string> fields, bool isValid) = new NaiveDecoder().Decode(block);
        Assert.Equal(isValid, error == HpackError.None);
        if (isValid) Assert.Equal(fields[0], "a: " + Encoding.Latin1.GetString(text, 0, written));
    });

    private static void CheckBothWays(byte[] text)
    {
        byte[] encoded = new byte[HuffmanEncoder.GetSize<byte>(text)];
        HuffmanEncoder.Encode<byte>(text, encoded);
        byte[] fromCharacters = new byte[encoded.Length];
        HuffmanEncoder.Encode<char>(Encoding.Latin1.GetString(text), fromCharacters);
        Assert.Equal(encoded, fromCharacters);
        byte[] decoded = new byte[HuffmanDecoder.GetMaxSize(encoded.Length)];
        Assert.Equal(HpackError.None, HuffmanDecoder.Decode(encoded, decoded, out int written));
        Assert.Equal(text, decoded[..written]);
    }
}
