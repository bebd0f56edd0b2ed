using BenchmarkDotNet.Attributes;
using Tipi.Protocols.Http1;

namespace Tipi.Benchmarks;

/// <summary>Chunked bodies of 64 KiB, in small and in large chunks.</summary>
[MemoryDiagnoser]
public class ChunkedBenchmarks
{
    private const int BodySize = 65536;

    private byte[] _encoded = [];
    private byte[] _buffer = [];
    private byte[] _body = [];

    /// <summary>Bytes of a chunk.</summary>
    [Params(64, 4096)]
    public int ChunkSize { get; set; }

    /// <summary>Encodes a body once, for the decoder.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _body = new byte[BodySize];
        _buffer = new byte[BodySize * 2];
        _encoded = _buffer[..Encode()];
    }

    /// <summary>Encodes all chunks.</summary>
    [Benchmark]
    public int Encode()
    {
        Span<byte> free = _buffer;
        int written = 0;
        for (int start = 0; start < BodySize; start += ChunkSize)
        {
            written += ChunkedEncoder.WriteChunkHeader(free[written..], ChunkSize);
            _body.AsSpan(start, ChunkSize).CopyTo(free[written..]);
            written += ChunkSize;
            ChunkedEncoder.ChunkEnd.CopyTo(free[written..]);
            written += ChunkedEncoder.ChunkEnd.Length;
        }

        ChunkedEncoder.FinalChunk.CopyTo(free[written..]);
        return written + ChunkedEncoder.FinalChunk.Length;
    }

    /// <summary>Finds every run of the body.</summary>
    [Benchmark]
    public long Decode()
    {
        var decoder = new ChunkedDecoder(Http1Limits.Default);
        ReadOnlySpan<byte> rest = _encoded;
        long total = 0;
        while (decoder.Read(rest, out int consumed, out _, out int length, out _) == ChunkedStatus.Data)
        {
            total += length;
            rest = rest[consumed..];
        }

        return total;
    }
}
