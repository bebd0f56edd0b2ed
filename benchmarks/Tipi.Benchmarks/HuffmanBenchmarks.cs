using BenchmarkDotNet.Attributes;
using Tipi.Protocols.Hpack;

namespace Tipi.Benchmarks;

/// <summary>A user agent's 104 letters.</summary>
[MemoryDiagnoser]
public class HuffmanBenchmarks
{
    private readonly string _text =
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 ok";

    private readonly byte[] _buffer = new byte[200];
    private byte[] _encoded = [];

    /// <summary>Encodes it once, for the decoder.</summary>
    [GlobalSetup]
    public void Setup() => _encoded = _buffer[..Encode()];

    /// <summary>Measured and encoded.</summary>
    [Benchmark]
    public int Encode()
    {
        int size = HuffmanEncoder.GetSize<char>(_text);
        HuffmanEncoder.Encode<char>(_text, _buffer.AsSpan(0, size));
        return size;
    }

    /// <summary>Decoded.</summary>
    [Benchmark]
    public int Decode()
    {
        HuffmanDecoder.Decode(_encoded, _buffer, out int written);
        return written;
    }
}
