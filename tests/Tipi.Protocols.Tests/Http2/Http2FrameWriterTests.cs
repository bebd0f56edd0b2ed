using Tipi.Protocols.Http2;

namespace Tipi.Protocols.Tests.Http2;

/// <summary>What is written, as the standard draws it: type, flags, stream and payload in hexadecimal.</summary>
public sealed class Http2FrameWriterTests
{
    [Fact]
    public void Settings_are_those_that_differ()
    {
        var settings = new Http2Settings { MaxConcurrentStreams = 100, EnableConnectProtocol = true };
        Assert.Equal("00000C 04 00 00000000 000300000064 000800000001",
            Written(Http2FrameWriter.MaxSettingsSize, to => Http2FrameWriter.WriteSettings(to, settings)));
    }

    [Fact]
    public void All_settings_fit()
    {
        var settings = new Http2Settings
        {
            HeaderTableSize = 0,
            MaxConcurrentStreams = 1,
            InitialWindowSize = int.MaxValue,
            MaxFrameSize = Http2Settings.LargestMaxFrameSize,
            MaxHeaderListSize = 32_768,
            EnableConnectProtocol = true,
            NoRfc7540Priorities = true,
        };
        byte[] bytes = new byte[Http2FrameWriter.MaxSettingsSize];
        int length = Http2FrameWriter.WriteSettings(bytes, settings);
        var read = new Http2Settings();
        Assert.True(read.Apply(bytes.AsSpan(Http2FrameHeader.Size..length)).IsNone);
        Assert.Equivalent(settings, new
        {
            read.HeaderTableSize,
            read.MaxConcurrentStreams,
            read.InitialWindowSize,
            read.MaxFrameSize,
            read.MaxHeaderListSize,
            read.EnableConnectProtocol,
            read.NoRfc7540Priorities,
        });
    }

    [Fact]
    public void Settings_as_the_standard_begins_are_empty() =>
        Assert.Equal("000000 04 00 00000000",
            Written(100, to => Http2FrameWriter.WriteSettings(to, new Http2Settings())));

    [Fact]
    public void Each_frame_is_written_as_drawn()
    {
        Assert.Equal("000000 04 01 00000000",
            Written(Http2FrameWriter.SettingsAckSize, to => Http2FrameWriter.WriteSettingsAck(to)));
        Assert.Equal("000008 06 00 00000000 0102030405060708",
            Written(Http2FrameWriter.PingSize, to => Http2FrameWriter.WritePing(to, false, 0x0102030405060708)));
        Assert.Equal("000008 06 01 00000000 FFFFFFFFFFFFFFFE",
            Written(Http2FrameWriter.PingSize, to => Http2FrameWriter.WritePing(to, true, -2)));
        Assert.Equal("000004 03 00 00000005 00000008",
            Written(Http2FrameWriter.RstStreamSize,
                to => Http2FrameWriter.WriteRstStream(to, 5, Http2ErrorCode.Cancel)));
        Assert.Equal("000004 08 00 7FFFFFFF 7FFFFFFF",
            Written(Http2FrameWriter.WindowUpdateSize,
                to => Http2FrameWriter.WriteWindowUpdate(to, int.MaxValue, int.MaxValue)));
        Assert.Equal("000008 07 00 00000000 7FFFFFFF00000000",
            Written(Http2FrameWriter.GoAwaySize,
                to => Http2FrameWriter.WriteGoAway(to, int.MaxValue, Http2ErrorCode.NoError, default)));
        Assert.Equal("00000A 07 00 00000000 000000070000000B 6F6B",
            Written(Http2FrameWriter.GoAwaySize + 2,
                to => Http2FrameWriter.WriteGoAway(to, 7, Http2ErrorCode.EnhanceYourCalm, "ok"u8)));
    }

    [Fact]
    public void Headers_of_what_follows_tell_its_length_and_its_end()
    {
        Assert.Equal("004000 00 00 00000001",
            Written(9, to => Http2FrameWriter.WriteDataHeader(to, 1, 16_384, endStream: false)));
        Assert.Equal("000000 00 01 00000003",
            Written(9, to => Http2FrameWriter.WriteDataHeader(to, 3, 0, endStream: true)));
        Assert.Equal("000010 01 04 00000001",
            Written(9, to => Http2FrameWriter.WriteHeadersHeader(to, 1, 16, endHeaders: true, endStream: false)));
        Assert.Equal("000010 01 01 00000001",
            Written(9, to => Http2FrameWriter.WriteHeadersHeader(to, 1, 16, endHeaders: false, endStream: true)));
        Assert.Equal("000010 09 04 00000001",
            Written(9, to => Http2FrameWriter.WriteContinuationHeader(to, 1, 16, endHeaders: true)));
        Assert.Equal("FFFFFF 09 00 00000001",
            Written(9, to => Http2FrameWriter.WriteContinuationHeader(to, 1, 0xFFFFFF, endHeaders: false)));
    }

    [Fact]
    public void A_destination_that_is_too_small_is_our_misuse() =>
        Assert.ThrowsAny<ArgumentException>(() => Http2FrameWriter.WritePing(new byte[16], false, 1));

    private delegate int Writer(Span<byte> destination);

    // The size is exact: one byte fewer would throw, and nothing beyond is touched.
    private static string Written(int size, Writer write)
    {
        byte[] bytes = new byte[size];
        int length = write(bytes);
        string hex = Convert.ToHexString(bytes.AsSpan(0, length));
        string payload = hex[18..];
        string header = $"{hex[..6]} {hex[6..8]} {hex[8..10]} {hex[10..18]}";
        if (payload.Length == 0) return header;
        int piece = hex[6..8] == "04" ? 12 : 16;
        return header + string.Concat(payload.Chunk(piece).Select(part => " " + new string(part)));
    }
}
