using BenchmarkDotNet.Attributes;
using Tipi.Protocols.Hpack;

namespace Tipi.Benchmarks;

/// <summary>A browser's request: as it comes first, into an empty table, and as those after it.</summary>
[MemoryDiagnoser]
public class HpackDecoderBenchmarks
{
    private readonly byte[] _first = HpackBlocks.Request(new HpackEncoder(4096), "/");
    private readonly HpackDecoder _decoder = new(4096);
    private byte[] _repeated = [];

    /// <summary>Fills the table as the first request does.</summary>
    [GlobalSetup]
    public void Setup()
    {
        var encoder = new HpackEncoder(4096);
        var counter = default(Counter);
        _decoder.Decode(HpackBlocks.Request(encoder, "/"), ref counter);
        _decoder.Decode(HpackBlocks.Request(encoder, "/items?page=1"), ref counter);
        _repeated = HpackBlocks.Request(encoder, "/items?page=2");
        if (_decoder.Decode(_repeated, ref counter) != HpackError.None || counter.Count != 3 * 14)
            throw new InvalidOperationException($"{counter.Count} fields.");
    }

    /// <summary>14 fields, 9 of them inserted into the table of a new decoder.</summary>
    [Benchmark]
    public int First()
    {
        var counter = default(Counter);
        new HpackDecoder(4096).Decode(_first, ref counter);
        return counter.Count;
    }

    /// <summary>14 fields, all but path and cookie indexed.</summary>
    [Benchmark]
    public int Repeated()
    {
        var counter = default(Counter);
        _decoder.Decode(_repeated, ref counter);
        return counter.Count;
    }

    private struct Counter : IHpackSink
    {
        internal int Count { get; private set; }

        public bool OnField(in HpackField field)
        {
            Count++;
            return true;
        }
    }
}
