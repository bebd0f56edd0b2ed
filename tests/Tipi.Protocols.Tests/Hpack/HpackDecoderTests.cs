using System.Text;
using Tipi.Protocols.Hpack;
using Tipi.Protocols.Http;

namespace Tipi.Protocols.Tests.Hpack;

public sealed class HpackDecoderTests
{
    private const string Own = "40 01 61 01 62"; // inserts a: b, which counts 34

    public static TheoryData<string, string> Refused => new()
    {
        { "41", nameof(HpackError.Truncated) },
        { "40 03 61 61", nameof(HpackError.Truncated) },
        { "40 01 61", nameof(HpackError.Truncated) },
        { "0f", nameof(HpackError.Truncated) },
        { "82 ff", nameof(HpackError.Truncated) },
        { "3f", nameof(HpackError.Truncated) },
        { "00 01 61 7f 80 ff ff ff 07", nameof(HpackError.Truncated) },
        { "ff ff ff ff ff 07", nameof(HpackError.IntegerTooLarge) },
        { "0f 80 80 80 80 80 00", nameof(HpackError.IntegerTooLarge) },
        { "00 7f ff ff ff ff ff 07", nameof(HpackError.IntegerTooLarge) },
        { "80", nameof(HpackError.IndexZero) },
        { "be", nameof(HpackError.IndexTooLarge) },
        { "7e 01 61", nameof(HpackError.IndexTooLarge) },
        { Own + "bf", nameof(HpackError.IndexTooLarge) },
        { Own + "0f 30 01 61", nameof(HpackError.IndexTooLarge) },
        { "ff 80 ff ff ff 07", nameof(HpackError.IndexTooLarge) },
        { "3f e2 1f", nameof(HpackError.SizeUpdateTooLarge) },
        { "82 20", nameof(HpackError.SizeUpdateTooLate) },
        { "00 01 61 84 ff ff ff ff", nameof(HpackError.HuffmanEos) },
        { "00 01 61 85 07 ff ff ff fc", nameof(HpackError.HuffmanEos) },
        { "00 01 61 81 00", nameof(HpackError.HuffmanPadding) },
        { "00 01 61 82 07 fe", nameof(HpackError.HuffmanPadding) },
        { "00 82 ff ff 01 61", nameof(HpackError.HuffmanPaddingTooLong) },
        { "00 01 61 82 07 ff", nameof(HpackError.HuffmanPaddingTooLong) },
        { "00 01 61 81 ff", nameof(HpackError.HuffmanPaddingTooLong) },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void A_wrong_block_is_an_error(string block, string error)
    {
        Assert.Equal(error, FieldList.Decode(new HpackDecoder(4096), FieldList.Bytes(block)));
        Assert.False(new NaiveDecoder().Decode(FieldList.Bytes(block)).IsValid);
    }

    [Fact]
    public void Every_error_has_a_case()
    {
        IEnumerable<string> cases = Refused.Select(row => row.Data.Item2).Append(nameof(HpackError.SizeUpdateMissing));
        Assert.Equal(Enum.GetNames<HpackError>().Skip(1).Order(), cases.Distinct().Order());
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("20", "")]
    [InlineData("20 3f e1 1f 82", ":method: GET")]
    [InlineData("00 01 61 00", "a: ")]
    [InlineData("00 00 01 61", ": a")]
    [InlineData("00 01 61 80", "a: ")]
    [InlineData("00 01 61 81 07", "a: 0")]
    [InlineData("0f 80 80 80 80 00 01 61", "accept-charset: a")]
    public void What_is_allowed_is_read(string block, string fields) =>
        Assert.Equal(fields, FieldList.Decode(new HpackDecoder(4096), FieldList.Bytes(block)));

    [Fact]
    public void A_size_update_evicts_what_is_above_and_room_comes_back()
    {
        var decoder = new HpackDecoder(4096);
        Assert.Equal("a: b\na: b\na: b", FieldList.Decode(decoder, FieldList.Bytes(Own + "be" + "7e 01 62")));
        Assert.Equal("a: b\na: b", FieldList.Decode(decoder, FieldList.Bytes("3f 25 be 7e 01 62"))); // 68: two rows
        Assert.Equal("a: b", FieldList.Decode(decoder, FieldList.Bytes("3f 24 be"))); // 67: one is left
        Assert.Equal("IndexTooLarge", FieldList.Decode(decoder, FieldList.Bytes("3f e1 1f bf")));
    }

    [Fact]
    public void A_field_larger_than_the_table_empties_it_and_is_a_field_all_the_same()
    {
        var decoder = new HpackDecoder(4096);
        Assert.Equal("a: b\na: bb", FieldList.Decode(decoder, FieldList.Bytes("3f 03" + Own + "40 01 61 02 62 62")));
        Assert.Equal("IndexTooLarge", FieldList.Decode(decoder, FieldList.Bytes("be")));
    }

    [Fact]
    public void The_field_that_lends_its_name_may_be_evicted_by_the_one_that_takes_it()
    {
        var decoder = new HpackDecoder(4096);
        Assert.Equal("a: b\na: c\na: c", FieldList.Decode(decoder, FieldList.Bytes("3f 03" + Own + "7e 01 63 be")));
    }

    [Fact]
    public void After_a_refusal_the_table_stays_in_step()
    {
        var decoder = new HpackDecoder(4096);
        Assert.Equal("a: b", FieldList.Decode(decoder, FieldList.Bytes(Own + "82 7e 01 63 84 00 01 62 00"), max: 1));
        Assert.Equal("a: c\na: b", FieldList.Decode(decoder, FieldList.Bytes("be bf")));
        Assert.Equal("IndexTooLarge", FieldList.Decode(decoder, FieldList.Bytes("be c0"), max: 1));
    }

    [Fact]
    public void A_smaller_limit_holds_from_the_acknowledgement_on()
    {
        var decoder = new HpackDecoder(100);
        Assert.Equal("a: b", FieldList.Decode(decoder, FieldList.Bytes("3f e1 1f" + Own)));
        decoder.OnSettingsAcknowledged();
        Assert.Equal("SizeUpdateTooLarge", FieldList.Decode(decoder, FieldList.Bytes("3f 46 be"))); // 101
        Assert.Equal("SizeUpdateMissing", FieldList.Decode(decoder, FieldList.Bytes("be")));
        Assert.Equal("a: b", FieldList.Decode(decoder, FieldList.Bytes("3f 45 be"))); // 100
        Assert.Equal("a: b", FieldList.Decode(decoder, FieldList.Bytes("be")));
    }

    [Fact]
    public void A_larger_limit_is_the_peers_to_use()
    {
        var decoder = new HpackDecoder(5000);
        byte[] rows = Enumerable.Repeat(FieldList.Bytes("40 01 61 01 62"), 140).SelectMany(row => row).ToArray();
        Assert.Contains("a: b", FieldList.Decode(decoder, [.. FieldList.Bytes("3f e9 26"), .. rows]));
        Assert.Equal("a: b", FieldList.Decode(decoder, FieldList.Bytes("ff 4a"))); // 201: 140 rows are in the table
        Assert.Equal("SizeUpdateTooLarge", FieldList.Decode(decoder, FieldList.Bytes("3f ea 26")));
    }

    [Fact]
    public void Names_and_entries_are_the_same_objects_each_time()
    {
        var decoder = new HpackDecoder(4096);
        string block = "82 " + Own + "7e 01 63 40 83 9ce84f 01 64 5f 01 65 0f 10 01 66 00 01 61 01 67";
        List<Seen> first = See(decoder, block);
        Assert.Equal(["a", "a"], first[1..3].Select(seen => seen.Name));
        Assert.Equal(["Host", "Content-Type", "Content-Type"], first[3..6].Select(seen => seen.Name));
        Assert.Equal([KnownField.Host, KnownField.ContentType], first[3..5].Select(seen => seen.Known));
        Assert.Equal(new Seen(null, KnownField.Unknown, null), first[6]);
        Assert.Null(first[5].Entry);

        List<Seen> second = See(decoder, "82 c1 c0 bf be");
        for (int i = 0; i < second.Count; i++)
        {
            Assert.NotNull(first[i].Entry);
            Assert.Same(first[i].Entry, second[i].Entry);
            Assert.Same(first[i].Name, second[i].Name);
        }

        Assert.Same(first[1].Name, first[2].Name);
        Assert.Same(FieldNames.GetName(KnownField.Host), first[3].Name);
    }

    [Fact]
    public void A_known_name_with_capitals_is_unknown()
    {
        List<Seen> seen = See(new HpackDecoder(4096), "00 04 486f7374 01 61 40 04 486f7374 01 61 be");
        Assert.Equal([null, "Host", "Host"], seen.Select(field => field.Name));
        Assert.All(seen, field => Assert.Equal(KnownField.Unknown, field.Known));
    }

    [Fact]
    public void What_is_indexed_known_or_not_inserted_allocates_nothing()
    {
        byte[] first = FieldList.Bytes("82 86 41 8c f1e3c2e5f23a6ba0ab90f4ff 7a 03 616263 40 01 61 01 62");
        byte[] again = FieldList.Bytes(
            "82 86 be bf c0 04 8c f1e3c2e5f23a6ba0ab90f4ff 00 04 686f7374 01 61 10 86 a0e41d139d09 82 1c64");
        var decoder = new HpackDecoder(4096);
        var counter = new Counter();
        Assert.Equal(HpackError.None, decoder.Decode(first, ref counter));
        for (int i = 0; i < 100; i++) Assert.Equal(HpackError.None, decoder.Decode(again, ref counter));
        int before = counter.Count;
        int runs = 0;
        Assert.Equal(0, Allocation.Least(() =>
        {
            runs++;
            for (int i = 0; i < 100; i++) decoder.Decode(again, ref counter);
        }));
        Assert.Equal(5 + 100 * 8, before);
        Assert.Equal(before + runs * 100 * 8, counter.Count);
    }

    private static List<Seen> See(HpackDecoder decoder, string block)
    {
        var sink = new SeenList([]);
        Assert.Equal(HpackError.None, decoder.Decode(FieldList.Bytes(block), ref sink));
        return sink.Fields;
    }

    private sealed record Seen(string? Name, KnownField Known, HpackEntry? Entry);

    private readonly record struct SeenList(List<Seen> Fields) : IHpackSink
    {
        public bool OnField(in HpackField field)
        {
            Fields.Add(new Seen(field.Name, field.Known, field.Entry));
            if (field.Name is not null)
                Assert.Equal(field.Name, Encoding.ASCII.GetString(field.NameBytes), ignoreCase: true);
            if (field.Entry is not null) Assert.True(field.Value.SequenceEqual(field.Entry.Value));
            return true;
        }
    }

    private struct Counter : IHpackSink
    {
        internal int Count { get; private set; }

        public bool OnField(in HpackField field)
        {
            Count++;
            return true;
        }
    }
}
