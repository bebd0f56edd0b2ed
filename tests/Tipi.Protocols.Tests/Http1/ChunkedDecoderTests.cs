using Tipi.Protocols.Http;
using Tipi.Protocols.Http1;

namespace Tipi.Protocols.Tests.Http1;

/// <summary>What the decoder says of places; what it accepts is in the table of requests.</summary>
public sealed class ChunkedDecoderTests
{
    [Fact]
    public void Runs_lie_where_the_decoder_says()
    {
        var decoder = new ChunkedDecoder(Http1Limits.Default);
        ReadOnlySpan<byte> data = "3;a=b\r\nabc\r\n2\r\nde"u8;
        Assert.Equal(ChunkedStatus.Data, decoder.Read(data, out int consumed, out int start, out int length, out _));
        Assert.Equal((10, 7, 3), (consumed, start, length));
        data = data[consumed..];
        Assert.Equal(ChunkedStatus.Data, decoder.Read(data, out consumed, out start, out length, out _));
        Assert.Equal((7, 5, 2), (consumed, start, length));
        Assert.Equal(ChunkedStatus.NeedMore, decoder.Read(data[consumed..], out consumed, out _, out _, out _));
        Assert.Equal(0, consumed);
        Assert.Null(decoder.Trailers);
    }

    [Fact]
    public void A_run_ends_where_the_data_ends()
    {
        var decoder = new ChunkedDecoder(Http1Limits.Default);
        Assert.Equal(ChunkedStatus.Data, decoder.Read("a\r\n0123"u8, out _, out _, out int length, out _));
        Assert.Equal(4, length);
        Assert.Equal(ChunkedStatus.Data, decoder.Read("456789\r\n"u8, out int consumed, out _, out length, out _));
        Assert.Equal((6, 6), (consumed, length));
    }

    [Fact]
    public void Trailers_are_consumed_as_a_whole_and_nothing_after_them()
    {
        var section = new FieldSection();
        var decoder = new ChunkedDecoder(Http1Limits.Default, section);
        Assert.Equal(ChunkedStatus.NeedMore, decoder.Read("0\r\nA: b"u8, out int consumed, out _, out _, out _));
        Assert.Equal(3, consumed);
        Assert.Equal(ChunkedStatus.NeedMore, decoder.Read("A: bc\r\n\r"u8, out consumed, out _, out _, out _));
        Assert.Equal(0, consumed);
        ReadOnlySpan<byte> data = "A: bc\r\n\r\nGET"u8;
        Assert.Equal(ChunkedStatus.End, decoder.Read(data, out consumed, out int start, out int length, out _));
        Assert.Equal((9, 0, 9), (consumed, start, length));
        Assert.Same(section, decoder.Trailers);
        Assert.Equal("bc"u8, section[0].Value(data));
        Assert.Equal(ChunkedStatus.End, decoder.Read("GET"u8, out consumed, out _, out _, out _));
        Assert.Equal(0, consumed);
    }

    [Fact]
    public void A_section_is_forgotten_for_the_next_body()
    {
        var section = new FieldSection();
        var decoder = new ChunkedDecoder(Http1Limits.Default, section);
        Assert.Equal(ChunkedStatus.End, decoder.Read("0\r\nA: b\r\n\r\n"u8, out _, out int start, out _, out _));
        Assert.Equal((3, 1), (start, section.Count));
        decoder = new ChunkedDecoder(Http1Limits.Default, section);
        Assert.Equal(0, section.Count);
        Assert.Equal(ChunkedStatus.End, decoder.Read("0\r\n\r\n"u8, out _, out _, out _, out _));
        Assert.Equal(0, section.Count);
    }

    [Fact]
    public void Small_chunks_without_extensions_are_no_overhead()
    {
        var decoder = new ChunkedDecoder(Http1Limits.Default);
        for (int i = 0; i < 100_000; i++)
        {
            Assert.Equal(ChunkedStatus.Data, decoder.Read("1\r\nx"u8, out _, out _, out _, out _));
            Assert.Equal(ChunkedStatus.NeedMore, decoder.Read("\r\n"u8, out _, out _, out _, out _));
        }
    }

    [Fact]
    public void A_signature_on_every_large_chunk_is_no_overhead()
    {
        byte[] line =
            [.. "400;chunk-signature="u8, .. Enumerable.Repeat((byte)'f', 64), .. "\r\n"u8, .. new byte[1024]];
        var decoder = new ChunkedDecoder(Http1Limits.Default);
        for (int i = 0; i < 10_000; i++)
        {
            Assert.Equal(ChunkedStatus.Data, decoder.Read(line, out _, out _, out int length, out _));
            Assert.Equal(1024, length);
            Assert.Equal(ChunkedStatus.NeedMore, decoder.Read("\r\n"u8, out _, out _, out _, out _));
        }
    }

    [Fact]
    public void Extensions_that_outweigh_the_data_are_refused_after_the_limit()
    {
        byte[] chunk = [.. "1;a="u8, .. Enumerable.Repeat((byte)'b', 100), .. "\r\nx"u8];
        var decoder = new ChunkedDecoder(Http1Limits.Default);
        int chunks = 0;
        ProtocolError error;
        while (decoder.Read(chunk, out _, out _, out _, out error) == ChunkedStatus.Data)
        {
            chunks++;
            decoder.Read("\r\n"u8, out _, out _, out _, out _);
        }

        Assert.Equal(ProtocolErrorCode.ChunkOverheadTooLarge, error.Code);
        Assert.Equal(Http1Limits.Default.MaxChunkOverhead / (106 - 16 - 2), chunks);
    }

    [Fact]
    public void Decoding_and_encoding_allocate_nothing()
    {
        byte[] buffer = new byte[256];
        Exchange(buffer);
        Assert.Equal(0, Allocation.Least(() =>
        {
            for (int i = 0; i < 1000; i++) Exchange(buffer);
        }));

        static void Exchange(byte[] buffer)
        {
            var decoder = new ChunkedDecoder(Http1Limits.Default);
            decoder.Read("3\r\nabc\r\n0\r\n\r\n"u8, out int consumed, out _, out _, out _);
            decoder.Read("\r\n0\r\n\r\n"u8, out consumed, out _, out _, out _);
            ChunkedEncoder.WriteChunkHeader(buffer, 77);
            var writer = new Http1HeadWriter(buffer);
            writer.TryWriteStatusLine(200);
            writer.TryWriteField("Content-Type", "text/plain");
            writer.TryWriteContentLength(consumed);
            writer.TryEnd();
        }
    }
}
