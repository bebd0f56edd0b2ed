using Tipi.Compare.Siege.Http2;

namespace Tipi.Compare.Tests.Siege.Http2;

public sealed class FieldBlockTests
{
    [Fact]
    public void A_request_is_indexes_and_literals() =>
        Assert.Equal(
            [0x82, 0x86, 0x04, 3, (byte)'/', (byte)'a', (byte)'b', 0x01, 1, (byte)'a'],
            FieldBlock.Request("/ab").Written.ToArray());

    // RFC 7541 §5.1; a length has a prefix of 7 bits.
    [Theory]
    [InlineData(126, new byte[] { 126 })]
    [InlineData(127, new byte[] { 127, 0 })]
    [InlineData(1337, new byte[] { 127, 0xba, 0x09 })]
    public void A_length_takes_as_many_bytes_as_it_needs(int length, byte[] expected)
    {
        var block = new FieldBlock().Field("", new string('x', length), indexes: true).Written;
        Assert.Equal([0x40, 0, .. expected], block[..(2 + expected.Length)].ToArray());
        Assert.Equal(2 + expected.Length + length, block.Length);
    }
}
