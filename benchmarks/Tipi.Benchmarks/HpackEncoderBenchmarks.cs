using BenchmarkDotNet.Attributes;
using Tipi.Protocols.Hpack;

namespace Tipi.Benchmarks;

/// <summary>A plain text answer: status, type, length, date and server.</summary>
[MemoryDiagnoser]
public class HpackEncoderBenchmarks
{
    private readonly byte[] _buffer = new byte[1024];
    private readonly HpackEncoder _encoder = new(4096);
    private readonly HpackEncoder _withoutTable = new(0);

    /// <summary>The first of a connection, whose encoder is made too.</summary>
    [Benchmark]
    public int First() => Write(new HpackEncoder(4096));

    /// <summary>Those after it.</summary>
    [Benchmark]
    public int Repeated() => Write(_encoder);

    /// <summary>With compression forbidden.</summary>
    [Benchmark]
    public int WithoutTable() => Write(_withoutTable);

    private int Write(HpackEncoder encoder)
    {
        Span<byte> free = _buffer;
        encoder.TryBeginBlock(free, out int written);
        int size = written;
        encoder.TryEncodeStatus(200, free[size..], out written);
        size += written;
        encoder.TryEncode("Content-Type", "text/plain", free[size..], out written);
        size += written;
        encoder.TryEncode("Content-Length", "13"u8, free[size..], out written);
        size += written;
        encoder.TryEncode("Date", "Tue, 01 Jan 2030 00:00:00 GMT", free[size..], out written);
        size += written;
        encoder.TryEncode("Server", "Tipi", free[size..], out written);
        return size + written;
    }
}
