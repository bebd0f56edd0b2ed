using System.Text;
using Tipi.Protocols.Hpack;

namespace Tipi.Protocols.Tests.Hpack;

/// <summary>Encoder against decoder with random tables, and nearly right blocks against a second decoder.</summary>
public sealed class HpackFuzzTests
{
    private static readonly string[] s_names =
        ["Content-Type", "Content-Length", "Date", "Server", "Set-Cookie", "X-Own", "x-own", "Vary", "ETag",
        "X-API-Key", "Grpc-Status", "x-a-name-of-more-than-sixty-four-letters-which-is-not-shortened-on-the-stack",
        ":status", "a"];

    [Fact]
    public void What_is_encoded_is_decoded_again_whatever_the_tables() => Fuzz.Run(random =>
    {
        int ours = Size(random);
        int peers = Math.Max(ours, 4096); // the decoder takes any size up to this
        var encoder = new HpackEncoder(ours);
        var decoder = new HpackDecoder(peers);
        List<string> values = Enumerable.Range(0, 6).Select(_ => Value(random)).ToList();
        for (int blocks = random.Next(1, 40); blocks > 0; blocks--)
        {
            for (int changes = random.Next(6) - 3; changes > 0; changes--)
                encoder.LimitTableSize(Math.Min(Size(random), peers));
            values[random.Next(values.Count)] = Value(random);
            List<string> sent = [];
            var bytes = new MemoryStream();
            Write(bytes, random, (Span<byte> to, out int written) => encoder.TryBeginBlock(to, out written));
            for (int fields = random.Next(12); fields > 0; fields--)
                sent.Add(WriteField(bytes, random, encoder, values[random.Next(values.Count)]));
            Assert.Equal(string.Join('\n', sent), FieldList.Decode(decoder, bytes.ToArray()));
        }
    });

    [Fact]
    public void Nearly_right_blocks_mean_the_same_to_a_second_decoder() => Fuzz.Run(random =>
    {
        var decoder = new HpackDecoder(4096);
        var naive = new NaiveDecoder();
        var encoder = new HpackEncoder(4096);
        for (bool isValid = true; isValid && random.Next(20) > 0;)
        {
            byte[] block = random.Next(3) == 0 ? Block(random, encoder) : HpackMutator.Next(random);
            (List<string> expected, isValid) = naive.Decode(block);
            var list = new FieldList(int.MaxValue);
            HpackError error = decoder.Decode(block, ref list);
            bool isSame = expected.SequenceEqual(list.Fields) && isValid == (error == HpackError.None);
            Assert.True(isSame, Say(block, error));
        }
    });

    [Fact]
    public void A_block_cut_anywhere_is_an_error_or_a_shorter_list() => Fuzz.Run(random =>
    {
        byte[] block = random.Next(2) == 0 ? Block(random, new HpackEncoder(4096)) : HpackMutator.Next(random);
        var whole = new FieldList(int.MaxValue);
        new HpackDecoder(4096).Decode(block, ref whole);
        for (int length = 0; length < block.Length; length++)
        {
            var part = new FieldList(int.MaxValue);
            HpackError error = new HpackDecoder(4096).Decode(block.AsSpan(0, length), ref part);
            bool isBeginning = part.Fields.SequenceEqual(whole.Fields.Take(part.Fields.Count));
            Assert.True(isBeginning, Say(block[..length], error));
        }
    });

    private static string Say(byte[] block, HpackError error) => $"{error} {Convert.ToHexString(block)}";

    private static byte[] Block(Random random, HpackEncoder encoder)
    {
        var bytes = new MemoryStream();
        Write(bytes, random, (Span<byte> to, out int written) => encoder.TryBeginBlock(to, out written));
        for (int fields = random.Next(6); fields > 0; fields--) WriteField(bytes, random, encoder, Value(random));
        return bytes.ToArray();
    }

    private static string WriteField(MemoryStream bytes, Random random, HpackEncoder encoder, string value)
    {
        string name = s_names[random.Next(s_names.Length - 3 * random.Next(2))];
        string never = name is "Set-Cookie" or "X-API-Key" ? " (never indexed)" : "";
        switch (random.Next(5))
        {
            case 0:
                int status = random.Next(3) == 0 ? random.Next(100, 1000) : 200;
                Write(bytes, random, (Span<byte> to, out int size) => encoder.TryEncodeStatus(status, to, out size));
                return $":status: {status}";
            case 1:
                byte[] encoded = Encoding.Latin1.GetBytes(value);
                Write(bytes, random, (Span<byte> to, out int size) => encoder.TryEncode(name, encoded, to, out size));
                break;
            case 2:
                string copy = new(value.AsSpan()); // equal, but not the same object
                Write(bytes, random, (Span<byte> to, out int size) => encoder.TryEncode(name, copy, to, out size));
                break;
            default:
                Write(bytes, random, (Span<byte> to, out int size) => encoder.TryEncode(name, value, to, out size));
                break;
        }

        return $"{name.ToLowerInvariant()}: {value}{never}";
    }

    private delegate bool TryWrite(Span<byte> destination, out int written);

    /// <summary>Writes with too little space first, which must change nothing.</summary>
    private static void Write(MemoryStream bytes, Random random, TryWrite write)
    {
        byte[] buffer = new byte[700];
        int written = 0;
        for (int space = random.Next(40); !write(buffer.AsSpan(0, space), out written); space += random.Next(1, 20))
            Assert.Equal(0, written);
        bytes.Write(buffer, 0, written);
    }

    private static int Size(Random random) => random.Next(4) switch
    {
        0 => 0,
        1 => random.Next(200),
        2 => random.Next(20000),
        _ => 4096,
    };

    private static string Value(Random random)
    {
        string letters = random.Next(4) == 0 ? "\0\t ~\u007f\u00e9\u00ff{}<>\\" : "abcdef0123456789 /:;-";
        return new string(random.GetItems<char>(letters, random.Next(6) == 0 ? random.Next(600) : random.Next(30)));
    }
}
