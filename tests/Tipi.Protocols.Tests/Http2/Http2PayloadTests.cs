using Tipi.Protocols.Http;
using Tipi.Protocols.Http2;

namespace Tipi.Protocols.Tests.Http2;

public sealed class Http2PayloadTests
{
    [Fact]
    public void Data_is_all_its_payload() => Assert.Equal("0..3", Data(Http2FrameFlags.None, 3, [9, 9, 9]));

    [Fact]
    public void Data_ends_before_its_padding()
    {
        Assert.Equal("1..3", Data(Http2FrameFlags.Padded, 1, [2, 7, 7, 0, 0]));
        Assert.Equal("1..1", Data(Http2FrameFlags.Padded, 1, [0]));
        Assert.Equal("1..1", Data(Http2FrameFlags.Padded, 1, [3, 0, 0, 0]));
    }

    [Fact]
    public void Padding_longer_than_the_frame_ends_the_connection()
    {
        Assert.Equal("Connection ProtocolError", Data(Http2FrameFlags.Padded, 1, [1]));
        Assert.Equal("Connection ProtocolError", Data(Http2FrameFlags.Padded, 1, [4, 0, 0, 0]));
        Assert.Equal("Connection ProtocolError", Headers(Http2FrameFlags.Padded, [3, 0, 0]));
        Assert.Equal("Connection ProtocolError",
            Headers(Http2FrameFlags.Padded | Http2FrameFlags.Priority, [1, 0, 0, 0, 3, 16]));
    }

    [Fact]
    public void Headers_carry_a_fragment_between_priority_and_padding()
    {
        const Http2FrameFlags Both = Http2FrameFlags.Padded | Http2FrameFlags.Priority;
        Assert.Equal("0..2 -1", Headers(Http2FrameFlags.None, [1, 2]));
        Assert.Equal("0..0 -1", Headers(Http2FrameFlags.None, []));
        Assert.Equal("1..3 -1", Headers(Http2FrameFlags.Padded, [1, 7, 7, 0]));
        Assert.Equal("5..6 3", Headers(Http2FrameFlags.Priority, [0x80, 0, 0, 3, 255, 9]));
        Assert.Equal("6..7 1793", Headers(Both, [2, 0, 0, 7, 1, 255, 9, 0, 0]));
        Assert.Equal("6..6 0", Headers(Both, [0, 0, 0, 0, 0, 0]));
    }

    [Fact]
    public void A_stream_does_not_depend_on_itself()
    {
        Assert.Equal("Stream ProtocolError", Headers(Http2FrameFlags.Priority, [0x80, 0, 0, 1, 255, 9]));
        var header = new Http2FrameHeader(5, Http2FrameType.Priority, Http2FrameFlags.None, 7);
        Http2Error error = Http2Payload.ReadPriority(header, [0, 0, 0, 7, 1], out _);
        Assert.Equal((Http2ErrorCode.ProtocolError, Http2ErrorScope.Stream), (error.Code, error.Scope));
        Assert.True(Http2Payload.ReadPriority(header, [0x80, 0, 0, 9, 1], out int dependsOn).IsNone);
        Assert.Equal(9, dependsOn);
    }

    [Fact]
    public void Resets_and_farewells_tell_a_code()
    {
        Assert.True(Http2Payload.ReadRstStream([0, 0, 0, 8], out Http2ErrorCode code).IsNone);
        Assert.Equal(Http2ErrorCode.Cancel, code);
        Assert.True(Http2Payload.ReadRstStream([0xFF, 0, 0, 1], out code).IsNone);
        Assert.Equal(0xFF000001u, (uint)code);
        Assert.True(Http2Payload.ReadGoAway([0x80, 0, 0, 5, 0, 0, 0, 11, 65], out int last, out code).IsNone);
        Assert.Equal((5, Http2ErrorCode.EnhanceYourCalm), (last, code));
    }

    [Fact]
    public void An_update_adds_something()
    {
        Assert.Equal("1", Update(1, [0, 0, 0, 1]));
        Assert.Equal("2147483647", Update(0, [0xFF, 0xFF, 0xFF, 0xFF]));
        Assert.Equal("Stream ProtocolError", Update(1, [0x80, 0, 0, 0]));
        Assert.Equal("Connection ProtocolError", Update(0, [0, 0, 0, 0]));
    }

    [Fact]
    public void A_ping_is_eight_bytes()
    {
        Assert.True(Http2Payload.ReadPing([1, 2, 3, 4, 5, 6, 7, 8], out long opaque).IsNone);
        Assert.Equal(0x0102030405060708, opaque);
    }

    [Fact]
    public void A_priority_update_names_a_request()
    {
        byte[] payload = [0x80, 0, 1, 3, .. "u=1"u8];
        Assert.True(Http2Payload.ReadPriorityUpdate(payload, out int stream, out ByteRange field).IsNone);
        Assert.Equal(259, stream);
        Assert.Equal("u=1"u8, field.Of(payload));
        foreach (byte id in (byte[])[0, 2])
        {
            Http2Error error = Http2Payload.ReadPriorityUpdate([0, 0, 0, id], out _, out _);
            Assert.Equal((Http2ErrorCode.ProtocolError, Http2ErrorScope.Connection), (error.Code, error.Scope));
        }
    }

    // Every length, every first byte, all flags: whatever the rules let through is read without leaving the payload.
    [Fact]
    public void What_the_rules_accept_is_read_at_any_length()
    {
        byte[] buffer = new byte[40];
        for (int flags = 0; flags <= byte.MaxValue; flags++)
        {
            for (int length = 0; length <= buffer.Length; length++)
            {
                foreach (int first in (int[])[0, 1, length - 6, length - 1, length, 255])
                {
                    buffer[0] = (byte)first;
                    Check(new Http2FrameHeader(length, Http2FrameType.Data, (Http2FrameFlags)flags, 1), buffer);
                    Check(new Http2FrameHeader(length, Http2FrameType.Headers, (Http2FrameFlags)flags, 1), buffer);
                }
            }
        }
    }

    private static void Check(Http2FrameHeader header, byte[] buffer)
    {
        if (!Http2FrameRules.Check(header, 16_384).IsNone) return;
        ReadOnlySpan<byte> payload = buffer.AsSpan(0, header.Length);
        Http2Error error = header.Type == Http2FrameType.Data
            ? Http2Payload.ReadData(header, payload, out ByteRange range)
            : Http2Payload.ReadHeaders(header, payload, out range, out _);
        if (!error.IsNone) return;
        int padding = header.Has(Http2FrameFlags.Padded) ? payload[0] : 0;
        Assert.Equal(header.Length - padding, range.End);
    }

    private static string Data(Http2FrameFlags flags, int stream, byte[] payload)
    {
        var header = new Http2FrameHeader(payload.Length, Http2FrameType.Data, flags, stream);
        Http2Error error = Http2Payload.ReadData(header, payload, out ByteRange content);
        return error.IsNone ? $"{content.Start}..{content.End}" : $"{error.Scope} {error.Code}";
    }

    private static string Headers(Http2FrameFlags flags, byte[] payload)
    {
        var header = new Http2FrameHeader(payload.Length, Http2FrameType.Headers, flags, 1);
        Http2Error error = Http2Payload.ReadHeaders(header, payload, out ByteRange fragment, out int dependsOn);
        return error.IsNone ? $"{fragment.Start}..{fragment.End} {dependsOn}" : $"{error.Scope} {error.Code}";
    }

    private static string Update(int stream, byte[] payload)
    {
        var header = new Http2FrameHeader(4, Http2FrameType.WindowUpdate, Http2FrameFlags.None, stream);
        Http2Error error = Http2Payload.ReadWindowUpdate(header, payload, out int increment);
        return error.IsNone ? increment.ToString() : $"{error.Scope} {error.Code}";
    }
}
