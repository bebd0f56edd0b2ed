using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Tipi.Protocols.Http2;

namespace Tipi.Protocols.Tests.Http2;

public sealed class Http2PrefaceTests
{
    [Fact]
    public void Is_the_text_of_the_standard() =>
        Assert.Equal("505249202A20485454502F322E300D0A0D0A534D0D0A0D0A", Convert.ToHexString(Http2Preface.Bytes));

    [Fact]
    public void Is_recognised_at_every_cut()
    {
        byte[] bytes = [.. Http2Preface.Bytes, 0, 0, 0, 4];
        for (int length = 0; length <= bytes.Length; length++)
        {
            PrefaceMatch wanted = length < 24 ? PrefaceMatch.NeedMore : PrefaceMatch.Is;
            Assert.Equal(wanted, Http2Preface.Match(bytes.AsSpan(0, length)));
            for (int cut = 0; cut <= length; cut++)
                Assert.Equal(wanted, Http2Preface.Match(Cut(bytes.AsSpan(0, length), cut)));
        }
    }

    [Fact]
    public void Any_other_byte_is_noticed_at_once()
    {
        for (int at = 0; at < 24; at++)
        {
            byte[] bytes = [.. Http2Preface.Bytes[..(at + 1)]];
            bytes[at] ^= 0x20;
            Assert.Equal(PrefaceMatch.IsNot, Http2Preface.Match(bytes));
            Assert.Equal(PrefaceMatch.IsNot, Http2Preface.Match(Cut(bytes, at)));
        }
    }

    [Fact]
    public void Requests_are_not_it()
    {
        Assert.Equal(PrefaceMatch.IsNot, Http2Preface.Match("GET / HTTP/1.1\r\n"u8));
        Assert.Equal(PrefaceMatch.IsNot, Http2Preface.Match("PRI / HTTP/2.0\r\n\r\nSM\r\n\r\n"u8));
        Assert.Equal(PrefaceMatch.IsNot, Http2Preface.Match("PROPFIND"u8));
        Assert.Equal(PrefaceMatch.NeedMore, Http2Preface.Match("P"u8));
    }

    [Fact]
    public void An_upgrade_brings_settings()
    {
        var settings = new Http2Settings();
        Assert.True(Http2Preface.TryReadUpgradeSettings("AAMAAABkAAQAAP__"u8, settings)); // as RFC 7540 §3.2 has it
        Assert.Equal((100, 65_535), (settings.MaxConcurrentStreams, settings.InitialWindowSize));
    }

    [Fact]
    public void An_upgrade_without_settings_has_none() =>
        Assert.True(Http2Preface.TryReadUpgradeSettings(""u8, new Http2Settings()));

    [Theory]
    [InlineData("AAMAAABk=")]
    [InlineData("AAMAAAB")] // five bytes
    [InlineData("AAMAAABkA")] // no whole byte left
    [InlineData("AAMAAABk AAQAAP__")]
    [InlineData("AAQAAP//AAMAAABk")] // base64, not base64url
    [InlineData("AAIAAAAC")] // ENABLE_PUSH = 2
    [InlineData("AAT_____")] // a window beyond 2^31 - 1
    [InlineData("AAMAAABkAAMAAABk\r\n")]
    public void Bad_settings_are_told(string value) =>
        Assert.False(Http2Preface.TryReadUpgradeSettings(Encoding.ASCII.GetBytes(value), new Http2Settings()));

    [Fact]
    public void Too_many_settings_are_refused()
    {
        byte[] payload = new byte[32 * 6];
        byte[] text = Encoding.ASCII.GetBytes(Base64Url.EncodeToString(payload));
        Assert.True(Http2Preface.TryReadUpgradeSettings(text, new Http2Settings()));
        text = Encoding.ASCII.GetBytes(Base64Url.EncodeToString([.. payload, .. new byte[6]]));
        Assert.False(Http2Preface.TryReadUpgradeSettings(text, new Http2Settings()));
    }

    [Fact]
    public void Any_text_gets_an_answer() => Fuzz.Run(random =>
    {
        byte[] text = new byte[random.Next(300)];
        random.NextBytes(text);
        if (random.Next(2) == 0)
            text = Encoding.ASCII.GetBytes(Base64Url.EncodeToString(text.AsSpan(0, text.Length / 2)));
        Http2Preface.TryReadUpgradeSettings(text, new Http2Settings());
    });

    private static ReadOnlySequence<byte> Cut(ReadOnlySpan<byte> bytes, int at)
    {
        var first = new Piece(bytes[..at].ToArray(), 0);
        var last = first.Append(bytes[at..].ToArray());
        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        internal Piece(byte[] bytes, long index)
        {
            Memory = bytes;
            RunningIndex = index;
        }

        internal Piece Append(byte[] bytes)
        {
            var next = new Piece(bytes, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost", true)]
    [InlineData("GET / HTTP/1.0\n", true)]
    [InlineData("PRI * HTTP/1.1\r\n", true)]
    [InlineData("G", null)]
    [InlineData("GET / HTTP/1.1", null)]
    [InlineData("GET / HTTP/1.1\r", null)]
    [InlineData("GET / HTTP/2.0\r\n", false)]
    [InlineData("INVALID CONNECTION PREFACE\r\n\r\n", false)]
    [InlineData("get / HTTP/1.1\r\n", false)]
    [InlineData("A\r\n", false)]
    [InlineData("\u0016\u0003\u0001", false)]
    [InlineData("", false)]
    [InlineData("GET /a-line-that-is-longer-than-it-may-be HTTP/1.1\r\n", false)]
    [InlineData("GET /a-line-that-is-longer-than-it-may-be", false)]
    public void A_line_of_http1_is_told_apart(string text, bool? isHttp1)
    {
        byte[] bytes = System.Text.Encoding.Latin1.GetBytes(text);
        Assert.Equal(isHttp1, Http2Preface.IsHttp1(new(bytes), longest: 30));
        if (bytes.Length < 2) return;
        Assert.Equal(isHttp1, Http2Preface.IsHttp1(Cut(bytes, 1), longest: 30));
    }
}
