using System.Text;
using Tipi.Protocols.Http1;

namespace Tipi.Protocols.Tests.Http1;

public sealed class ChunkedEncoderTests
{
    [Theory]
    [InlineData(1, "1\r\n")]
    [InlineData(15, "f\r\n")]
    [InlineData(16, "10\r\n")]
    [InlineData(255, "ff\r\n")]
    [InlineData(256, "100\r\n")]
    [InlineData(65536, "10000\r\n")]
    [InlineData(int.MaxValue, "7fffffff\r\n")]
    public void Headers_are_as_short_as_can_be(int length, string expected)
    {
        Span<byte> buffer = stackalloc byte[ChunkedEncoder.MaxPrefixSize];
        int written = ChunkedEncoder.WriteChunkHeader(buffer, length);
        Assert.Equal(expected, Encoding.ASCII.GetString(buffer[..written]));

        buffer.Fill((byte)'#');
        Assert.Equal(written, ChunkedEncoder.WriteChunkHeaderBackwards(buffer, length));
        Assert.Equal(new string('#', buffer.Length - written) + expected, Encoding.ASCII.GetString(buffer));

        ChunkedEncoder.WriteFixedChunkHeader(buffer, length);
        Assert.Equal(expected.PadLeft(10, '0'), Encoding.ASCII.GetString(buffer));
    }

    [Fact]
    public void An_empty_chunk_would_end_the_body_and_is_misuse()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => ChunkedEncoder.WriteChunkHeader(new byte[10], 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => ChunkedEncoder.WriteChunkHeaderBackwards(new byte[10], -1));
        Assert.Throws<ArgumentException>(() => ChunkedEncoder.WriteFixedChunkHeader(new byte[3], 16));
    }

    [Fact]
    public void What_is_encoded_is_decoded_again()
    {
        using var wire = new MemoryStream();
        byte[] body = Enumerable.Range(0, 70_000).Select(i => (byte)i).ToArray();
        Span<byte> header = stackalloc byte[ChunkedEncoder.MaxPrefixSize];
        for (int start = 0, size; start < body.Length; start += size)
        {
            size = Math.Min(start * 3 + 1, body.Length - start);
            wire.Write(header[..ChunkedEncoder.WriteChunkHeader(header, size)]);
            wire.Write(body, start, size);
            wire.Write(ChunkedEncoder.ChunkEnd);
        }

        wire.Write(ChunkedEncoder.FinalChunk);
        wire.Position = 0;
        var reader = new Http1Reader(new MemoryStream(
            [.. "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"u8, .. wire.ToArray()]));
        Assert.NotNull(reader.ReadRequestHead());
        Assert.Equal(body, reader.ReadBody());
    }
}
