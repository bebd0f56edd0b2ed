using Tipi.Compare.Siege.Http2;

namespace Tipi.Compare.Tests.Siege.Http2;

public sealed class FrameWriterTests
{
    [Fact]
    public void A_frame_is_its_head_and_what_it_carries()
    {
        Expect([0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 1], new FrameWriter().Settings((4, 1)));
        Expect([0, 0, 4, 3, 0, 0, 0, 0, 7, 0, 0, 0, 8], new FrameWriter().Reset(7));
        Expect([0, 0, 1, 0, 1, 0, 0, 0, 1, 9], new FrameWriter().Data(1, [9], endStream: true));
        Expect([0, 0, 5, 2, 0, 0, 0, 0, 3, 0, 0, 0, 3, 0], new FrameWriter().Priority(3, dependsOn: 3));
    }

    [Fact]
    public void A_long_section_goes_on_in_continuations()
    {
        byte[] start = [0, 0, 2, 1, 1, 0, 0, 0, 1, 5, 6, 0, 0, 1, 9];
        Expect([.. start, 4, 0, 0, 0, 1, 7], new FrameWriter().LongHeaders(1, [5, 6, 7], frameBytes: 2));
        Expect(
            [.. start, 0, 0, 0, 0, 1, 7], new FrameWriter().LongHeaders(1, [5, 6, 7], frameBytes: 2, isWhole: false));
    }

    private static void Expect(byte[] bytes, FrameWriter frames) => Assert.Equal(bytes, frames.Written.ToArray());
}
