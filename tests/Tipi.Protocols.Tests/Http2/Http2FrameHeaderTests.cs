using Tipi.Protocols.Http2;

namespace Tipi.Protocols.Tests.Http2;

public sealed class Http2FrameHeaderTests
{
    [Fact]
    public void Is_read_as_the_standard_draws_it()
    {
        Http2FrameHeader header = Http2FrameHeader.Parse([0x01, 0x02, 0x03, 0x09, 0x04, 0x7A, 0xBC, 0xDE, 0xF1]);

        Assert.Equal(0x010203, header.Length);
        Assert.Equal(Http2FrameType.Continuation, header.Type);
        Assert.Equal(Http2FrameFlags.EndHeaders, header.Flags);
        Assert.Equal(0x7ABCDEF1, header.StreamId);
    }

    [Fact]
    public void Drops_the_reserved_bit() =>
        Assert.Equal(5, Http2FrameHeader.Parse([0, 0, 0, 0, 0, 0x80, 0, 0, 5]).StreamId);

    [Fact]
    public void Is_written_as_it_was_read() => Fuzz.Run(random =>
    {
        byte[] bytes = new byte[Http2FrameHeader.Size];
        random.NextBytes(bytes);
        bytes[5] &= 0x7F;

        byte[] again = new byte[Http2FrameHeader.Size];
        Http2FrameHeader.Parse(bytes).Write(again);

        Assert.Equal(bytes, again);
    });

    [Fact]
    public void Tells_its_flags()
    {
        var header = new Http2FrameHeader(0, Http2FrameType.Headers, Http2FrameFlags.Padded | (Http2FrameFlags)0xC2, 1);

        Assert.True(header.Has(Http2FrameFlags.Padded));
        Assert.False(header.Has(Http2FrameFlags.EndStream));
        Assert.False(header.Has(Http2FrameFlags.Priority));
    }
}
