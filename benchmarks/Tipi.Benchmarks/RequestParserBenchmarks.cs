using System.Buffers;
using BenchmarkDotNet.Attributes;
using Microsoft.AspNetCore.Server.Kestrel.Core.Internal.Http;
using Tipi.Protocols.Http1;

namespace Tipi.Benchmarks;

/// <summary>A whole request head. Tipi validates it and draws the conclusions; Kestrel's parser splits it.</summary>
[MemoryDiagnoser]
public class RequestParserBenchmarks
{
    private readonly RequestHead _head = new();
    private readonly KestrelHandler _handler = new();
    private readonly HttpParser<KestrelHandler> _kestrel = new();
    private byte[] _bytes = [];
    private ReadOnlySequence<byte> _sequence;

    /// <summary>Which head.</summary>
    [ParamsSource(nameof(Heads))]
    public string Head { get; set; } = "";

    /// <summary>All heads.</summary>
    public static IEnumerable<string> Heads => RequestHeads.Names;

    /// <summary>Copies the head into a larger buffer, as a received one stands in.</summary>
    [GlobalSetup]
    public void Setup()
    {
        byte[] head = RequestHeads.Get(Head);
        byte[] buffer = new byte[16384];
        head.CopyTo(buffer, 0);
        _bytes = buffer[..head.Length];
        _sequence = new ReadOnlySequence<byte>(_bytes);
        if (Tipi() != ParseStatus.Complete || !Kestrel()) throw new InvalidOperationException("Not accepted.");
    }

    /// <summary>Parsed, validated, framed.</summary>
    [Benchmark]
    public ParseStatus Tipi()
    {
        _head.Reset();
        return Http1RequestParser.TryParse(_bytes, Http1Limits.Default, _head, out _);
    }

    /// <summary>The framework's own parser with a handler that keeps nothing.</summary>
    [Benchmark(Baseline = true)]
    public bool Kestrel()
    {
        var reader = new SequenceReader<byte>(_sequence);
        return _kestrel.ParseRequestLine(_handler, ref reader) && _kestrel.ParseHeaders(_handler, ref reader);
    }

    private sealed class KestrelHandler : IHttpRequestLineHandler, IHttpHeadersHandler
    {
        public void OnStartLine(HttpVersionAndMethod versionAndMethod, TargetOffsetPathLength targetPath,
            Span<byte> startLine)
        {
        }

        public void OnHeader(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
        {
        }

        public void OnHeadersComplete(bool endStream)
        {
        }

        public void OnStaticIndexedHeader(int index)
        {
        }

        public void OnStaticIndexedHeader(int index, ReadOnlySpan<byte> value)
        {
        }
    }
}
