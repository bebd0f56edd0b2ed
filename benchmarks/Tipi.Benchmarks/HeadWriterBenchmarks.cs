using BenchmarkDotNet.Attributes;
using Tipi.Protocols.Http1;

namespace Tipi.Benchmarks;

/// <summary>Response heads.</summary>
[MemoryDiagnoser]
public class HeadWriterBenchmarks
{
    private readonly byte[] _buffer = new byte[1024];
    private readonly byte[] _dateAndServer = "Date: Tue, 01 Jan 2030 00:00:00 GMT\r\nServer: Tipi\r\n"u8.ToArray();

    /// <summary>What answers a plain text request: status, cached lines, type and length.</summary>
    [Benchmark]
    public int Plaintext()
    {
        var writer = new Http1HeadWriter(_buffer);
        writer.TryWriteStatusLine(200);
        writer.TryWriteLine(_dateAndServer);
        writer.TryWriteField("Content-Type", "text/plain");
        writer.TryWriteContentLength(13);
        writer.TryEnd();
        return writer.Written;
    }

    /// <summary>A page of an application: eight fields of its own.</summary>
    [Benchmark]
    public int Page()
    {
        var writer = new Http1HeadWriter(_buffer);
        writer.TryWriteStatusLine(200);
        writer.TryWriteLine(_dateAndServer);
        writer.TryWriteField("Content-Type", "text/html; charset=utf-8");
        writer.TryWriteField("Cache-Control", "private, max-age=0, must-revalidate");
        writer.TryWriteField("ETag", "\"5f3e-1d2c3b4a59687\"");
        writer.TryWriteField("Last-Modified", "Tue, 01 Jan 2030 00:00:00 GMT");
        writer.TryWriteField("Set-Cookie", "session=0123456789abcdef0123456789abcdef; path=/; secure; httponly");
        writer.TryWriteField("Strict-Transport-Security", "max-age=31536000; includeSubDomains");
        writer.TryWriteField("X-Content-Type-Options", "nosniff");
        writer.TryWriteField("Vary", "Accept-Encoding");
        writer.TryWriteContentLength(123456);
        writer.TryEnd();
        return writer.Written;
    }
}
