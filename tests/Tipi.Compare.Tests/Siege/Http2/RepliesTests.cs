using Tipi.Compare.Siege.Http2;

namespace Tipi.Compare.Tests.Siege.Http2;

public sealed class RepliesTests
{
    private static readonly byte[] Calm = [0, 0, 0, 9, 0, 0, 0, 11, (byte)'b', (byte)'y', (byte)'e'];

    [Theory]
    [InlineData(new byte[] { 0x88 }, "200")]
    [InlineData(new byte[] { 0x8d, 0x0f }, "404")]
    [InlineData(new byte[] { 0x20, 0x3f, 0x81, 0x1f, 0x8e }, "500")]
    [InlineData(new byte[] { 0x48, 3, (byte)'4', (byte)'3', (byte)'1' }, "431")]
    // RFC 7541, C.6.1 and C.6.2: 302 and 307 in Huffman's code.
    [InlineData(new byte[] { 0x48, 0x82, 0x64, 0x02, 0x58 }, "302")]
    [InlineData(new byte[] { 0x48, 0x83, 0x64, 0x0e, 0xff }, "307")]
    public void A_status_is_read_in_each_of_its_forms(byte[] block, string expected) =>
        Assert.Equal(expected, Said(new FrameWriter().Headers(1, block)));

    [Fact]
    public void The_gravest_word_is_told()
    {
        var frames = new FrameWriter().Settings((3, 100)).Headers(1, [0x88]);
        Assert.Equal("200", Said(frames));
        Assert.Equal("RST_STREAM CANCEL", Said(frames.Reset(1)));
        Assert.Equal("GOAWAY ENHANCE_YOUR_CALM", Said(frames.Frame(FrameType.GoAway, 0, 0, Calm).Ping()));
    }

    [Fact]
    public void It_does_not_matter_how_the_bytes_are_cut()
    {
        var frames = new FrameWriter().Settings((3, 100)).Data(1, new byte[1000]).Frame(FrameType.GoAway, 0, 0, Calm);
        var bytes = frames.Written;
        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            var replies = new Replies();
            replies.Take(bytes.Span[..cut]);
            replies.Take(bytes.Span[cut..]);
            Assert.Equal((true, "GOAWAY ENHANCE_YOUR_CALM"), (replies.IsGreeted, replies.Said));
        }
    }

    private static string Said(FrameWriter frames)
    {
        var replies = new Replies();
        replies.Take(frames.Written.Span);
        return replies.Said;
    }
}
