using System.Buffers.Binary;
using Tipi.Protocols.Http2;

namespace Tipi.Protocols.Tests.Http2;

/// <summary>The table of <see cref="Http2Settings"/>, row by row.</summary>
public sealed class Http2SettingsTests
{
    private readonly Http2Settings _settings = new();

    [Fact]
    public void Begin_as_the_standard_says()
    {
        Assert.Equal(4_096, _settings.HeaderTableSize);
        Assert.True(_settings.EnablePush);
        Assert.Equal(int.MaxValue, _settings.MaxConcurrentStreams);
        Assert.Equal(65_535, _settings.InitialWindowSize);
        Assert.Equal(16_384, _settings.MaxFrameSize);
        Assert.Equal(int.MaxValue, _settings.MaxHeaderListSize);
        Assert.False(_settings.EnableConnectProtocol);
        Assert.False(_settings.NoRfc7540Priorities);
    }

    [Fact]
    public void All_are_taken()
    {
        Assert.True(Apply((1, 0), (2, 0), (3, 7), (4, 1), (5, 20_000), (6, 99), (8, 1), (9, 1)).IsNone);

        Assert.Equal(0, _settings.HeaderTableSize);
        Assert.False(_settings.EnablePush);
        Assert.Equal(7, _settings.MaxConcurrentStreams);
        Assert.Equal(1, _settings.InitialWindowSize);
        Assert.Equal(20_000, _settings.MaxFrameSize);
        Assert.Equal(99, _settings.MaxHeaderListSize);
        Assert.True(_settings.EnableConnectProtocol);
        Assert.True(_settings.NoRfc7540Priorities);
    }

    [Theory]
    [InlineData(2, 2u, Http2ErrorCode.ProtocolError)]
    [InlineData(2, uint.MaxValue, Http2ErrorCode.ProtocolError)]
    [InlineData(4, 0x80000000u, Http2ErrorCode.FlowControlError)]
    [InlineData(4, uint.MaxValue, Http2ErrorCode.FlowControlError)]
    [InlineData(5, 16_383u, Http2ErrorCode.ProtocolError)]
    [InlineData(5, 16_777_216u, Http2ErrorCode.ProtocolError)]
    [InlineData(8, 2u, Http2ErrorCode.ProtocolError)]
    [InlineData(9, 2u, Http2ErrorCode.ProtocolError)]
    internal void Values_out_of_range_end_the_connection(int id, uint value, Http2ErrorCode code)
    {
        Http2Error error = Apply((id, value));

        Assert.Equal((code, Http2ErrorScope.Connection), (error.Code, error.Scope));
        Assert.EndsWith(".", error.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, uint.MaxValue)]
    [InlineData(2, 1u)]
    [InlineData(3, 0u)]
    [InlineData(4, 0x7FFFFFFFu)]
    [InlineData(4, 0u)]
    [InlineData(5, 16_384u)]
    [InlineData(5, 16_777_215u)]
    [InlineData(6, uint.MaxValue)]
    [InlineData(8, 0u)]
    [InlineData(9, 0u)]
    public void Values_at_the_edge_are_taken(int id, uint value) => Assert.True(Apply((id, value)).IsNone);

    [Fact]
    public void Later_entries_win()
    {
        Apply((3, 1), (3, 2));
        Assert.Equal(2, _settings.MaxConcurrentStreams);
    }

    [Fact]
    public void The_smallest_table_between_is_remembered()
    {
        Apply((1, 0), (1, 4_096));
        Assert.Equal((4_096, 0), (_settings.HeaderTableSize, _settings.LowestHeaderTableSize));

        Apply((1, 8_192));
        Assert.Equal((8_192, 4_096), (_settings.HeaderTableSize, _settings.LowestHeaderTableSize));

        Apply((3, 5));
        Assert.Equal((8_192, 8_192), (_settings.HeaderTableSize, _settings.LowestHeaderTableSize));
    }

    [Fact]
    public void Unknown_entries_are_ignored()
    {
        Assert.True(Apply((0, 9), (7, 9), (0xF000, uint.MaxValue), (3, 4)).IsNone);
        Assert.Equal(4, _settings.MaxConcurrentStreams);
    }

    [Fact]
    public void Extended_connect_is_not_taken_back()
    {
        Assert.True(Apply((8, 1)).IsNone);
        Assert.True(Apply((8, 1)).IsNone);
        Assert.Equal(Http2ErrorCode.ProtocolError, Apply((8, 0)).Code);
    }

    [Theory]
    [InlineData(0u, 1u)]
    [InlineData(1u, 0u)]
    public void The_kind_of_priorities_is_told_once(uint first, uint then)
    {
        Assert.True(Apply((9, first)).IsNone);
        Assert.True(Apply((9, first)).IsNone);
        Assert.Equal(Http2ErrorCode.ProtocolError, Apply((9, then)).Code);
    }

    [Fact]
    public void Any_bytes_get_an_answer() => Fuzz.Run(random =>
    {
        byte[] payload = new byte[random.Next(10) * 6];
        random.NextBytes(payload);
        for (int i = 0; i < payload.Length; i += 6)
            if (random.Next(3) != 0) (payload[i], payload[i + 1]) = (0, (byte)random.Next(11));
        var settings = new Http2Settings();
        Http2Error error = settings.Apply(payload);
        Assert.Equal(error.IsNone ? Http2ErrorScope.None : Http2ErrorScope.Connection, error.Scope);
        Assert.InRange(settings.MaxFrameSize, 16_384, 16_777_215);
        Assert.InRange(settings.InitialWindowSize, 0, int.MaxValue);
        if (!error.IsNone) return;

        byte[] written = new byte[Http2Settings.MaxSize];
        int length = settings.Write(written);
        var again = new Http2Settings();
        Assert.True(again.Apply(written.AsSpan(0, length)).IsNone);
        Assert.Equal(settings.InitialWindowSize, again.InitialWindowSize);
        Assert.Equal(settings.HeaderTableSize, again.HeaderTableSize);
        Assert.Equal(settings.MaxHeaderListSize, again.MaxHeaderListSize);
    });

    private Http2Error Apply(params (int Id, uint Value)[] entries)
    {
        byte[] payload = new byte[entries.Length * 6];
        for (int i = 0; i < entries.Length; i++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(payload.AsSpan(i * 6), (ushort)entries[i].Id);
            BinaryPrimitives.WriteUInt32BigEndian(payload.AsSpan(i * 6 + 2), entries[i].Value);
        }

        return _settings.Apply(payload);
    }

    /// <summary>Those of an upgrade are no frame: the first frame may still say it, and no later one.</summary>
    [Fact]
    public void Settings_of_an_upgrade_leave_the_first_frame_free()
    {
        byte[] yes = [0, 9, 0, 0, 0, 1], no = [0, 9, 0, 0, 0, 0];
        var settings = new Http2Settings();
        Assert.True(settings.Apply([], isFrame: false).IsNone);
        Assert.True(settings.Apply(yes).IsNone);
        Assert.False(settings.Apply(no).IsNone);
    }
}
