using Tipi.Protocols.Hpack;

namespace Tipi.Protocols.Tests.Hpack;

public sealed class HpackEncoderTests
{
    private const string Date = "Tue, 01 Jan 2030 00:00:00 GMT";

    [Fact]
    public void A_repeated_answer_is_a_byte_a_field()
    {
        var encoder = new HpackEncoder(4096);
        byte[] first = Answer(encoder, "1234");
        byte[] second = Answer(encoder, "1234");
        Assert.Equal(FieldList.Bytes("88 c0 0f0d 04 31323334 bf be"), second);
        string text = $":status: 200\ncontent-type: text/plain\ncontent-length: 1234\ndate: {Date}\nserver: Tipi";
        var decoder = new HpackDecoder(4096);
        Assert.Equal(text, FieldList.Decode(decoder, first));
        Assert.Equal(text, FieldList.Decode(decoder, second));
    }

    [Fact]
    public void A_repeated_answer_allocates_nothing()
    {
        var encoder = new HpackEncoder(4096);
        byte[] buffer = new byte[200];
        for (int i = 0; i < 100; i++) Answer(encoder, "1234", buffer);
        Assert.Equal(0, Allocation.Least(() =>
        {
            for (int i = 0; i < 100; i++) Answer(encoder, "1234", buffer);
        }));
    }

    [Theory]
    [InlineData(200, "88", "88")]
    [InlineData(204, "89", "89")]
    [InlineData(206, "8a", "8a")]
    [InlineData(304, "8b", "8b")]
    [InlineData(400, "8c", "8c")]
    [InlineData(404, "8d", "8d")]
    [InlineData(500, "8e", "8e")]
    [InlineData(201, "48 03 323031", "be")]
    [InlineData(999, "48 03 393939", "be")]
    public void A_status_is_one_byte_at_least_the_second_time(int status, string first, string second)
    {
        var encoder = new HpackEncoder(4096);
        Assert.Equal(FieldList.Bytes(first).Length, Status(encoder, status).Length, 1.0);
        Assert.Equal(FieldList.Bytes(second), Status(encoder, status));
    }

    [Fact]
    public void A_status_has_three_digits()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Status(new HpackEncoder(4096), 99));
        Assert.Throws<ArgumentOutOfRangeException>(() => Status(new HpackEncoder(4096), 1000));
    }

    [Theory]
    [InlineData("Set-Cookie", "a=b", "1f 28 03 613d62")]
    [InlineData("authorization", "a b", "1f 08 03 612062")]
    [InlineData("x-api-KEY", "a", "10 09 782d6170692d6b6579 01 61")]
    [InlineData("ETag", "\"1\"", "0f 13 03 223122")]
    [InlineData("Content-Length", "0", "0f 0d 01 30")]
    [InlineData("traceparent", "1", "00 0b 7472616365706172656e74 01 31")]
    public void Secrets_and_what_differs_each_time_are_never_inserted(string name, string value, string expected)
    {
        var encoder = new HpackEncoder(4096);
        for (int i = 0; i < 3; i++) Assert.Equal(FieldList.Bytes(expected), Field(encoder, name, value));
    }

    [Fact]
    public void A_name_in_any_spelling_is_one_name_in_lower_case()
    {
        var encoder = new HpackEncoder(4096);
        Assert.Equal("x-own: 1", FieldList.Decode(new HpackDecoder(4096), Field(encoder, "X-Own", "1")));
        Assert.Equal(FieldList.Bytes("be"), Field(encoder, "x-oWN", "1"));
        Assert.Equal("vary: *", FieldList.Decode(new HpackDecoder(4096), Field(encoder, "VARY", "*")));
        Assert.Equal(FieldList.Bytes("be"), Field(encoder, "vaRy", "*"));
        Assert.Throws<ArgumentException>(() => Field(encoder, "x-\u00e9", "1"));
    }

    [Fact]
    public void An_own_name_whose_values_differ_is_inserted_once()
    {
        var encoder = new HpackEncoder(4096);
        Assert.Equal(0x40, Field(encoder, "X-Took", "1 ms")[0]);
        for (int i = 2; i < 9; i++)
            Assert.Equal(FieldList.Bytes($"0f 2f 04 3{i}206d73"), Field(encoder, "X-Took", $"{i} ms"));
        Assert.Equal(FieldList.Bytes("be"), Field(encoder, "X-Took", "1 ms")); // now that it was used, so may others be
        Assert.Equal(0x7e, Field(encoder, "X-Took", "2 ms")[0]);
    }

    [Fact]
    public void A_date_is_inserted_again_once_it_serves_two_answers()
    {
        var encoder = new HpackEncoder(4096);
        Assert.Equal(0x61, Field(encoder, "Date", "Tue, 01 Jan 2030 00:00:00 GMT")[0]);
        Assert.Equal(FieldList.Bytes("0f 12"), Field(encoder, "Date", "Tue, 01 Jan 2030 00:00:01 GMT")[..2]);
        Assert.Equal(FieldList.Bytes("0f 12"), Field(encoder, "Date", "Tue, 01 Jan 2030 00:00:02 GMT")[..2]);
        Assert.Equal(0x61, Field(encoder, "Date", "Tue, 01 Jan 2030 00:00:02 GMT")[0]);
        Assert.Equal(FieldList.Bytes("be"), Field(encoder, "Date", "Tue, 01 Jan 2030 00:00:02 GMT"));
        Assert.Equal(0x61, Field(encoder, "Date", "Tue, 01 Jan 2030 00:00:03 GMT")[0]);
    }

    [Fact]
    public void A_value_larger_than_half_of_the_table_is_not_inserted()
    {
        var encoder = new HpackEncoder(4096);
        string just = new('~', 2048 - 32 - "server".Length);
        Assert.Equal(0x0f, Field(encoder, "Server", just + "~")[0]);
        Assert.Equal(0x76, Field(encoder, "Server", just)[0]);
    }

    [Fact]
    public void Without_a_table_there_is_no_compression_but_by_the_static_one()
    {
        var encoder = new HpackEncoder(0);
        Assert.Equal(FieldList.Bytes("20"), Begin(encoder));
        byte[] expected = [.. FieldList.Bytes("0f 10 18"), .. "text/html; charset=utf-8"u8];
        for (int i = 0; i < 2; i++) Assert.Equal(expected, Field(encoder, "Content-Type", "text/html; charset=utf-8"));
        Assert.Equal(FieldList.Bytes("88"), Status(encoder, 200));
        for (int i = 0; i < 2; i++) Assert.Equal(FieldList.Bytes("08 03 323031"), Status(encoder, 201));
        encoder.LimitTableSize(10000);
        Assert.Empty(Begin(encoder));
    }

    [Theory]
    [InlineData(4096, new int[0], "")]
    [InlineData(4096, new[] { 4096 }, "")]
    [InlineData(4096, new[] { 65536 }, "")]
    [InlineData(1024, new int[0], "3fe107")]
    [InlineData(65536, new int[0], "")]
    [InlineData(65536, new[] { 65536 }, "3fe1ff03")]
    [InlineData(4096, new[] { 0 }, "20")]
    [InlineData(4096, new[] { 30 }, "3e")]
    [InlineData(4096, new[] { 0, 4096 }, "20 3fe11f")]
    [InlineData(4096, new[] { 31, 30, 2048, 32 }, "3e 3f01")]
    [InlineData(1024, new[] { 0, 4096 }, "20 3fe107")]
    public void Size_updates_are_the_smallest_and_the_last(int max, int[] limits, string expected)
    {
        var encoder = new HpackEncoder(max);
        foreach (int limit in limits) encoder.LimitTableSize(limit);
        byte[] updates = FieldList.Bytes(expected);
        for (int space = 0; space < updates.Length; space++)
        {
            Assert.False(encoder.TryBeginBlock(new byte[space], out int written));
            Assert.Equal(0, written);
        }

        Assert.Equal(updates, Begin(encoder));
        Assert.Empty(Begin(encoder));
    }

    [Fact]
    public void A_smaller_table_forgets_the_oldest()
    {
        var encoder = new HpackEncoder(4096);
        Field(encoder, "X-A", "1");
        Field(encoder, "X-B", "1");
        encoder.LimitTableSize(80); // one of them, which count 36 each, and half of the table is enough for another
        Assert.Equal(FieldList.Bytes("3f 31"), Begin(encoder));
        Assert.Equal(FieldList.Bytes("be"), Field(encoder, "X-B", "1"));
        Field(encoder, "X-C", "1");
        encoder.LimitTableSize(40);
        encoder.LimitTableSize(4096);
        Assert.Equal(FieldList.Bytes("3f 09 3f e1 1f"), Begin(encoder));
        Assert.Equal(0x40, Field(encoder, "X-B", "1")[0]);
        Assert.Equal(FieldList.Bytes("bf"), Field(encoder, "X-C", "1"));
    }

    [Fact]
    public void A_wide_character_does_not_become_a_control_one()
    {
        var encoder = new HpackEncoder(4096);
        foreach (string value in new[] { "\u010d\u010a", "\u010d\u010a aaaaaaaaaaaaaaaaaaaaaa" })
        {
            string decoded = FieldList.Decode(new HpackDecoder(4096), Field(encoder, "Via", value));
            Assert.Equal("via: ".Length + value.Length, decoded.Length);
            Assert.DoesNotContain(decoded, char.IsControl);
        }
    }

    [Fact]
    public void Many_rows_need_a_second_byte_and_are_found_all_the_same()
    {
        var encoder = new HpackEncoder(4096);
        var decoder = new HpackDecoder(4096);
        for (int i = 0; i < 100; i++) FieldList.Decode(decoder, Field(encoder, $"x{i:d2}", "v"));
        for (int i = 0; i < 100; i++)
        {
            byte[] field = Field(encoder, $"x{i:d2}", "v");
            Assert.Equal(i < 35 ? 2 : 1, field.Length); // from 62 on: the index 127 is the first of two bytes
            Assert.Equal($"x{i:d2}: v", FieldList.Decode(decoder, field));
        }
    }

    private static byte[] Answer(HpackEncoder encoder, string length)
    {
        byte[] buffer = new byte[200];
        return buffer[..Answer(encoder, length, buffer)];
    }

    private static int Answer(HpackEncoder encoder, string length, Span<byte> buffer)
    {
        bool isAll = encoder.TryBeginBlock(buffer, out int all);
        isAll &= encoder.TryEncodeStatus(200, buffer[all..], out int written);
        all += written;
        isAll &= encoder.TryEncode("Content-Type", "text/plain", buffer[all..], out written);
        all += written;
        isAll &= encoder.TryEncode("Content-Length", length, buffer[all..], out written);
        all += written;
        isAll &= encoder.TryEncode("Date", Date, buffer[all..], out written);
        all += written;
        isAll &= encoder.TryEncode("Server", "Tipi", buffer[all..], out written);
        Assert.True(isAll);
        return all + written;
    }

    private static byte[] Begin(HpackEncoder encoder)
    {
        byte[] buffer = new byte[20];
        Assert.True(encoder.TryBeginBlock(buffer, out int written));
        return buffer[..written];
    }

    private static byte[] Status(HpackEncoder encoder, int status)
    {
        byte[] buffer = new byte[20];
        Assert.True(encoder.TryEncodeStatus(status, buffer, out int written));
        return buffer[..written];
    }

    private static byte[] Field(HpackEncoder encoder, string name, string value)
    {
        byte[] buffer = new byte[5000];
        Assert.True(encoder.TryEncode(name, value, buffer, out int written));
        return buffer[..written];
    }
}
