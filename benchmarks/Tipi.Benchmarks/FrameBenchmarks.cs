using System.Text;
using BenchmarkDotNet.Attributes;
using Tipi.Protocols.Http;
using Tipi.Protocols.Http2;

namespace Tipi.Benchmarks;

/// <summary>What a frame costs before anybody acts on it: its header, the rules of its type, its payload.</summary>
[MemoryDiagnoser]
public class FrameBenchmarks
{
    private const int MaxFrameSize = 16_384;

    private readonly byte[] _data = Frame(Http2FrameType.Data, Http2FrameFlags.EndStream, new byte[64]);
    private readonly byte[] _padded = Frame(Http2FrameType.Data, Http2FrameFlags.Padded, [10, .. new byte[63]]);
    private readonly byte[] _headers = Frame(Http2FrameType.Headers, Http2FrameFlags.EndHeaders, new byte[40]);
    private readonly byte[] _update = Frame(Http2FrameType.WindowUpdate, Http2FrameFlags.None, [0, 0, 64, 0]);
    private readonly Http2Settings _settings = new();

    private readonly (KnownField Known, byte[] Name, byte[] Value)[] _request =
    [
        .. Field(":method", "GET"), .. Field(":scheme", "https"), .. Field(":path", "/plaintext?page=1"),
        .. Field(":authority", "example.com"), .. Field("user-agent", "Mozilla/5.0 (X11; Linux x86_64)"),
        .. Field("accept", "text/html,application/xhtml+xml"), .. Field("accept-encoding", "gzip, deflate, br"),
        .. Field("accept-language", "en-US,en;q=0.9"), .. Field("cookie", "session=0123456789abcdef"),
        .. Field("priority", "u=0, i"),
    ];

    /// <summary>DATA.</summary>
    [Benchmark]
    public int Data()
    {
        Http2FrameHeader header = Checked(_data);
        Http2Payload.ReadData(header, _data.AsSpan(Http2FrameHeader.Size), out ByteRange content);
        return content.Length;
    }

    /// <summary>DATA with padding.</summary>
    [Benchmark]
    public int PaddedData()
    {
        Http2FrameHeader header = Checked(_padded);
        Http2Payload.ReadData(header, _padded.AsSpan(Http2FrameHeader.Size), out ByteRange content);
        return content.Length;
    }

    /// <summary>HEADERS.</summary>
    [Benchmark]
    public int Headers()
    {
        Http2FrameHeader header = Checked(_headers);
        Http2Payload.ReadHeaders(header, _headers.AsSpan(Http2FrameHeader.Size), out ByteRange fragment, out _);
        return fragment.Length;
    }

    /// <summary>WINDOW_UPDATE.</summary>
    [Benchmark]
    public int WindowUpdate()
    {
        Http2FrameHeader header = Checked(_update);
        Http2Payload.ReadWindowUpdate(header, _update.AsSpan(Http2FrameHeader.Size), out int increment);
        return increment;
    }

    /// <summary>SETTINGS with three entries.</summary>
    [Benchmark]
    public int Settings()
    {
        _settings.Apply([0, 3, 0, 0, 0, 100, 0, 4, 0, 0, 255, 255, 0, 5, 0, 0, 64, 0]);
        return _settings.MaxConcurrentStreams;
    }

    /// <summary>The ten fields of a browser's request, without HPACK.</summary>
    [Benchmark]
    public bool RequestRules()
    {
        var rules = new Http2RequestRules { RequiredScheme = Http2Scheme.Https };
        bool isSound = true;
        foreach ((KnownField known, byte[] name, byte[] value) in _request)
            isSound &= rules.Accept(known, name, value, out _).IsNone;
        return isSound && rules.End("example.com", default, endStream: true).IsNone;
    }

    private static Http2FrameHeader Checked(ReadOnlySpan<byte> frame)
    {
        Http2FrameHeader header = Http2FrameHeader.Parse(frame);
        if (!Http2FrameRules.Check(header, MaxFrameSize).IsNone) throw new InvalidOperationException("refused");
        return header;
    }

    private static byte[] Frame(Http2FrameType type, Http2FrameFlags flags, byte[] payload)
    {
        byte[] frame = [.. new byte[Http2FrameHeader.Size], .. payload];
        new Http2FrameHeader(payload.Length, type, flags, 1).Write(frame);
        return frame;
    }

    private static IEnumerable<(KnownField Known, byte[] Name, byte[] Value)> Field(string name, string value) =>
        [(FieldNames.Find(name), Encoding.ASCII.GetBytes(name), Encoding.ASCII.GetBytes(value))];
}
