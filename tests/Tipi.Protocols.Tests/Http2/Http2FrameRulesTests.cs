using Tipi.Protocols.Http2;

namespace Tipi.Protocols.Tests.Http2;

/// <summary>The table of <see cref="Http2FrameRules"/>, row by row.</summary>
public sealed class Http2FrameRulesTests
{
    private const int MaxFrameSize = 16_384;

    /// <summary>Type, flags, the stream it may have (0, 1, or -1 for both), its shortest and longest payload.</summary>
    public static TheoryData<byte, byte, int, int, int> Sizes => new()
    {
        { 0x0, 0x00, 1, 0, MaxFrameSize }, // DATA
        { 0x0, 0x08, 1, 1, MaxFrameSize },
        { 0x0, 0x01, 1, 0, MaxFrameSize },
        { 0x1, 0x05, 1, 0, MaxFrameSize }, // HEADERS
        { 0x1, 0x08, 1, 1, MaxFrameSize },
        { 0x1, 0x20, 1, 5, MaxFrameSize },
        { 0x1, 0x28, 1, 6, MaxFrameSize },
        { 0x2, 0x00, 1, 5, 5 }, // PRIORITY
        { 0x3, 0x00, 1, 4, 4 }, // RST_STREAM
        { 0x4, 0x01, 0, 0, 0 }, // SETTINGS, acknowledged
        { 0x6, 0x00, 0, 8, 8 }, // PING
        { 0x6, 0x01, 0, 8, 8 },
        { 0x7, 0x00, 0, 8, MaxFrameSize }, // GOAWAY
        { 0x8, 0x00, -1, 4, 4 }, // WINDOW_UPDATE
        { 0x9, 0x04, 1, 0, MaxFrameSize }, // CONTINUATION
        { 0x10, 0x00, 0, 4, MaxFrameSize }, // PRIORITY_UPDATE
        { 0x0A, 0xFF, -1, 0, MaxFrameSize }, // unknown
        { 0xFF, 0xFF, -1, 0, MaxFrameSize },
    };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void A_payload_is_as_long_as_its_type_permits(byte type, byte flags, int stream, int shortest, int longest)
    {
        int id = Math.Abs(stream);
        for (int length = 0; length < 20; length++)
        {
            bool isRight = length >= shortest && length <= longest;
            Http2ErrorScope wrong = type == 2 ? Http2ErrorScope.Stream : Http2ErrorScope.Connection;
            Http2Error error = Check(type, flags, id, length);
            Assert.Equal(isRight ? Http2ErrorScope.None : wrong, error.Scope);
            Assert.Equal(isRight ? Http2ErrorCode.NoError : Http2ErrorCode.FrameSizeError, error.Code);
        }

        Assert.Equal(Http2ErrorCode.FrameSizeError, Check(type, flags, id, MaxFrameSize + 1).Code);
        if (longest == MaxFrameSize) Assert.True(Check(type, flags, id, MaxFrameSize).IsNone);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void A_frame_is_where_its_type_belongs(byte type, byte flags, int stream, int shortest, int longest)
    {
        Assert.InRange(longest, shortest, MaxFrameSize);
        foreach (int id in (int[])[0, 1, 7, int.MaxValue])
        {
            Http2Error error = Check(type, flags, id, shortest);
            if (stream < 0 || (id == 0) == (stream == 0)) Assert.True(error.IsNone, $"{id}: {error}");
            else Assert.Equal((Http2ErrorCode.ProtocolError, Http2ErrorScope.Connection), (error.Code, error.Scope));
        }
    }

    [Theory]
    [InlineData(0x0, 0, true)]
    [InlineData(0x1, 0, true)]
    [InlineData(0x2, 5, false)] // ignored anyway
    [InlineData(0x3, 4, true)]
    [InlineData(0x8, 4, true)]
    [InlineData(0x9, 0, true)]
    [InlineData(0xB, 0, false)]
    public void No_stream_of_a_client_has_an_even_number(byte type, int length, bool isRefused)
    {
        Http2Error error = Check(type, 0, 2, length);
        Assert.Equal(isRefused ? Http2ErrorCode.ProtocolError : Http2ErrorCode.NoError, error.Code);
    }

    [Fact]
    public void Settings_are_entries_of_six_bytes()
    {
        for (int length = 0; length < 50; length++)
            Assert.Equal(length % 6 == 0, Check(0x4, 0, 0, length).IsNone);
        Assert.Equal(Http2ErrorCode.FrameSizeError, Check(0x4, 0, 0, 7).Code);
        Assert.Equal(Http2ErrorCode.ProtocolError, Check(0x4, 0, 1, 6).Code);
        Assert.Equal(Http2ErrorCode.ProtocolError, Check(0x4, 1, 1, 0).Code);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void A_client_never_pushes(int stream)
    {
        Http2Error error = Check(0x5, 4, stream, 10);
        Assert.Equal((Http2ErrorCode.ProtocolError, Http2ErrorScope.Connection), (error.Code, error.Scope));
    }

    [Fact]
    public void Nothing_interrupts_a_field_block()
    {
        for (int type = 0; type <= byte.MaxValue; type++)
        {
            foreach (int stream in (int[])[0, 3, 5])
            {
                var header = new Http2FrameHeader(4, (Http2FrameType)type, Http2FrameFlags.None, stream);
                bool isContinuation = type == 9;
                Assert.Equal(isContinuation && stream == 3, Http2FrameRules.CheckOrder(header, 3).IsNone);
                Assert.Equal(!isContinuation, Http2FrameRules.CheckOrder(header, 0).IsNone);
            }
        }

        var lost = new Http2FrameHeader(0, Http2FrameType.Continuation, Http2FrameFlags.EndHeaders, 5);
        Http2Error error = Http2FrameRules.CheckOrder(lost, 0);
        Assert.Equal((Http2ErrorCode.ProtocolError, Http2ErrorScope.Connection), (error.Code, error.Scope));
    }

    private static Http2Error Check(byte type, byte flags, int stream, int length)
    {
        var header = new Http2FrameHeader(length, (Http2FrameType)type, (Http2FrameFlags)flags, stream);
        Http2Error error = Http2FrameRules.Check(header, MaxFrameSize);
        Assert.Equal(error.IsNone, error.Reason is null);
        return error;
    }
}
