using Tipi.Protocols.Hpack;

namespace Tipi.Protocols.Tests.Hpack;

public sealed class HpackIntegerTests
{
    [Theory]
    [InlineData(10, 5, "0a")] // RFC 7541 C.1
    [InlineData(1337, 5, "1f9a0a")]
    [InlineData(42, 8, "2a")]
    [InlineData(0, 4, "00")]
    [InlineData(14, 4, "0e")]
    [InlineData(15, 4, "0f00")]
    [InlineData(142, 4, "0f7f")]
    [InlineData(143, 4, "0f8001")]
    [InlineData(int.MaxValue, 7, "7f80ffffff07")]
    [InlineData(int.MaxValue, 4, "0ff0ffffff07")]
    public void Integers_are_written_as_short_as_can_be_and_read(int value, int prefixBits, string expected)
    {
        byte[] bytes = FieldList.Bytes(expected);
        byte[] buffer = new byte[8];
        Assert.Equal(bytes.Length, HpackInteger.GetSize(value, prefixBits));
        Assert.Equal(bytes, buffer[..HpackInteger.Write(buffer, 0, prefixBits, value)]);
        int position = 0;
        Assert.Equal(HpackError.None, HpackInteger.Read(bytes, ref position, prefixBits, out int read));
        Assert.Equal((value, bytes.Length), (read, position));
        for (int length = 0; length < bytes.Length; length++)
        {
            position = 0;
            Assert.Equal(
                HpackError.Truncated, HpackInteger.Read(bytes.AsSpan(0, length), ref position, prefixBits, out _));
        }
    }

    [Theory]
    [InlineData("7f81ffffff07")] // 2^31
    [InlineData("7fffffffff0f")]
    [InlineData("7fffffffff7f")]
    [InlineData("7f808080808000")] // 127, in a byte too many
    public void Larger_integers_are_refused(string bytes)
    {
        int position = 0;
        HpackError error = HpackInteger.Read(FieldList.Bytes(bytes), ref position, 7, out _);
        Assert.Equal(HpackError.IntegerTooLarge, error);
    }

    [Fact]
    public void Any_integer_is_read_again() => Fuzz.Run(random =>
    {
        int value = random.Next() >> random.Next(31);
        int prefixBits = random.Next(4, 8);
        byte[] buffer = new byte[8];
        int size = HpackInteger.Write(buffer, 0, prefixBits, value);
        Assert.Equal(size, HpackInteger.GetSize(value, prefixBits));
        int position = 0;
        Assert.Equal(HpackError.None, HpackInteger.Read(buffer, ref position, prefixBits, out int read));
        Assert.Equal((value, size), (read, position));
    });
}
