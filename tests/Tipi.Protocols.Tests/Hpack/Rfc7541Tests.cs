using System.Text;
using Tipi.Protocols.Hpack;

namespace Tipi.Protocols.Tests.Hpack;

/// <summary>The examples of RFC 7541 Appendix C.</summary>
public sealed class Rfc7541Tests
{
    private const string Date1 = "Mon, 21 Oct 2013 20:13:21 GMT";
    private const string Date2 = "Mon, 21 Oct 2013 20:13:22 GMT";
    private const string Site = "https://www.example.com";
    private const string Cookie = "foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1";

    private static readonly string[] s_requests =
    [
        ":method: GET\n:scheme: http\n:path: /\n:authority: www.example.com",
        ":method: GET\n:scheme: http\n:path: /\n:authority: www.example.com\ncache-control: no-cache",
        ":method: GET\n:scheme: https\n:path: /index.html\n:authority: www.example.com\ncustom-key: custom-value",
    ];

    private static readonly string[] s_responses =
    [
        $":status: 302\ncache-control: private\ndate: {Date1}\nlocation: {Site}",
        $":status: 307\ncache-control: private\ndate: {Date1}\nlocation: {Site}",
        $":status: 200\ncache-control: private\ndate: {Date2}\nlocation: {Site}\ncontent-encoding: gzip\n"
        + $"set-cookie: {Cookie}",
    ];

    [Theory]
    [InlineData("400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572", "custom-key: custom-header")]
    [InlineData("040c 2f73 616d 706c 652f 7061 7468", ":path: /sample/path")]
    [InlineData("1008 7061 7373 776f 7264 0673 6563 7265 74", "password: secret (never indexed)")]
    [InlineData("82", ":method: GET")]
    public void C2_representations(string block, string field) =>
        Assert.Equal(field, FieldList.Decode(new HpackDecoder(4096), FieldList.Bytes(block)));

    [Fact]
    public void C3_requests_without_Huffman() => Check(s_requests,
        "8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d",
        "8286 84be 5808 6e6f 2d63 6163 6865",
        "8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65");

    [Fact]
    public void C4_requests_with_Huffman() => Check(s_requests,
        "8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff",
        "8286 84be 5886 a8eb 1064 9cbf",
        "8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf");

    [Fact]
    public void C5_responses_without_Huffman_in_a_table_of_256() => Check(s_responses,
        "3fe101" + Hex("\u0048\u0003302\u0058\u0007private\u0061\u001d" + Date1 + "\u006e\u0017" + Site),
        "4803 3330 37c1 c0bf",
        "88c1" + Hex("\u0061\u001d" + Date2) + "c0" + Hex("\u005a\u0004gzip\u0077\u0038" + Cookie));

    [Fact]
    public void C6_responses_with_Huffman_in_a_table_of_256() => Check(s_responses,
        "3fe101 4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e 919d 29ad"
        + "1718 63c7 8f0b 97c8 e9ae 82ae 43d3",
        "4883 640e ffc1 c0bf",
        "88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab 77ad 94e7 821d d7f2 e6c7 b335"
        + "dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed 4ee5 b106 3d50 07");

    private static string Hex(string text) => Convert.ToHexString(Encoding.Latin1.GetBytes(text));

    private static void Check(string[] expected, params string[] blocks)
    {
        var decoder = new HpackDecoder(4096);
        var naive = new NaiveDecoder();
        for (int i = 0; i < blocks.Length; i++)
        {
            byte[] block = FieldList.Bytes(blocks[i]);
            Assert.Equal(expected[i], FieldList.Decode(decoder, block));
            Assert.Equal(expected[i], string.Join('\n', naive.Decode(block).Fields));
        }
    }
}
