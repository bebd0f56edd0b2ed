using BenchmarkDotNet.Attributes;
using Tipi.Protocols.Proxy;

namespace Tipi.Benchmarks;

/// <summary>What a proxy's header costs a connection, once; the allocations are the two addresses.</summary>
[MemoryDiagnoser]
public class ProxyHeaderBenchmarks
{
    private readonly byte[] _line = "PROXY TCP4 192.0.2.1 198.51.100.2 56324 443\r\nGET / HTTP/1.1\r\n"u8.ToArray();

    private readonly byte[] _block =
    [
        .. "\r\n\r\n\0\r\nQUIT\n"u8, 0x21, 0x11, 0, 12, 192, 0, 2, 1, 198, 51, 100, 2, 0xDC, 0x04, 0x01, 0xBB,
        .. "GET / HTTP/1.1\r\n"u8,
    ];

    /// <summary>Version 1.</summary>
    [Benchmark]
    public int Line() => Parse(_line);

    /// <summary>Version 2.</summary>
    [Benchmark]
    public int Block() => Parse(_block);

    private static int Parse(byte[] bytes)
    {
        ProxyHeaderParser.TryParse(bytes, ProxyHeaderParser.DefaultMaxTlvSize, out ProxyHeader header, out _);
        return header.Length;
    }
}
