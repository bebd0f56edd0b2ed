using System.Text;
using System.Text.RegularExpressions;
using Tipi.Protocols.Http;
using Tipi.Protocols.Http1;

namespace Tipi.Protocols.Tests.Http1;

/// <summary>Nearly right requests: one answer for any cut, no exception, nothing beyond the grammar.</summary>
public sealed partial class RequestFuzzTests
{
    [Fact]
    public void Requests_get_one_answer_however_they_are_cut() => Fuzz.Run(random =>
    {
        var mutator = new RequestMutator(random);
        Http1Limits limits = random.Next(3) == 0 ? SmallLimits(random) : Http1Limits.Default;
        byte[] data = mutator.Next();
        Outcome whole = RequestFeeder.Run(data, [data.Length], limits);
        Assert.Equal(whole, RequestFeeder.Run(data, mutator.Cuts(data.Length), limits));
        if (data.Length < 300)
            Assert.Equal(whole, RequestFeeder.Run(data, Enumerable.Range(0, data.Length + 1), limits));
        if (whole.Status != ParseStatus.NeedMore)
        {
            byte[] longer = [.. data, .. mutator.Tail()];
            Assert.Equal(whole, RequestFeeder.Run(longer, [longer.Length], limits));
        }

        if (whole.Status == ParseStatus.Complete) CheckAccepted(Encoding.Latin1.GetString(data));
    });

    [Fact]
    public void Responses_get_one_answer_however_they_are_cut() => Fuzz.Run(random =>
    {
        var mutator = new RequestMutator(random);
        byte[] request = mutator.Next();
        int line = request.AsSpan().IndexOf((byte)'\n') + 1;
        byte[] data = [.. "HTTP/1."u8, .. random.Next(8) == 0 ? mutator.Tail() : "1 200 OK\r\n"u8, .. request[line..]];
        string whole = RunResponse(data, [data.Length]);
        Assert.Equal(whole, RunResponse(data, mutator.Cuts(data.Length)));
        if (!whole.StartsWith(nameof(ParseStatus.NeedMore), StringComparison.Ordinal))
        {
            byte[] longer = [.. data, .. mutator.Tail()];
            Assert.Equal(whole, RunResponse(longer, [longer.Length]));
        }
    });

    [Fact]
    public void The_reader_knows_one_exception() => Fuzz.Run(random =>
    {
        var mutator = new RequestMutator(random);
        using var stream = new MemoryStream([.. mutator.Next(), .. mutator.Next()]);
        var reader = new Http1Reader(
            memory => stream.Read(memory.Span[..Math.Min(random.Next(1, 300), memory.Length)]));
        try
        {
            while (reader.ReadRequestHead() is not null)
                if (random.Next(2) == 0) reader.ReadBody();
        }
        catch (Http1ProtocolException exception)
        {
            Assert.InRange(exception.Error.StatusCode, 400, 505);
        }
    });

    [Fact]
    public void Paths_are_decoded_or_refused() => Fuzz.Run(random =>
    {
        string[] parts = ["/", ".", "..", "%", "%2", "%2F", "%2e", "%C3%A9", "%00", "%F0%9F", "a", "b/", "%FF", "//"];
        var path = new StringBuilder("/");
        for (int count = random.Next(12); count > 0; count--) path.Append(parts[random.Next(parts.Length)]);
        byte[] bytes = Encoding.ASCII.GetBytes(path.ToString());
        bool valid = PathDecoding.TryDecode(bytes, out string? decoded);
        Assert.Equal(!path.ToString().Contains("%00", StringComparison.Ordinal), valid);
        if (decoded is null) return;
        Assert.StartsWith("/", decoded, StringComparison.Ordinal);
        Assert.DoesNotContain(decoded.Split('/'), segment => segment is "." or "..");
        Assert.InRange(Encoding.UTF8.GetByteCount(decoded), 1, bytes.Length);
    });

    private static Http1Limits SmallLimits(Random random) => new()
    {
        MaxRequestLineSize = random.Next(1, 80),
        MaxHeadersTotalSize = random.Next(2, 200),
        MaxHeaderCount = random.Next(0, 6),
        MaxTrailersTotalSize = random.Next(2, 40),
        MaxTrailerCount = random.Next(0, 3),
        MaxChunkLineSize = random.Next(3, 20),
        MaxChunkOverhead = random.Next(0, 20),
    };

    private static string RunResponse(byte[] data, int[] arrivals)
    {
        var head = new ResponseHead();
        foreach (int arrived in arrivals)
        {
            ParseStatus status = Http1ResponseParser.TryParse(
                data.AsSpan(0, arrived), Http1Limits.Default, KnownMethod.Get, head, out ProtocolError error);
            if (status == ParseStatus.NeedMore) continue;
            return $"{status} {error.Code} {head.StatusCode} {head.Fields.Count} {head.Body} {head.KeepAlive} "
                + $"{head.Length}";
        }

        return nameof(ParseStatus.NeedMore);
    }

    private static void CheckAccepted(string text)
    {
        Match head = Grammar().Match(text);
        Assert.True(head.Success, "Accepted against the grammar: " + text);
        string[] names = head.Groups["name"].Captures.Select(name => name.Value.ToUpperInvariant()).ToArray();
        Assert.InRange(names.Count(name => name == "HOST"), head.Groups["minor"].Value == "1" ? 1 : 0, 1);
        int lengths = names.Count(name => name == "CONTENT-LENGTH");
        bool hasCoding = names.Contains("TRANSFER-ENCODING");
        Assert.InRange(lengths, 0, hasCoding ? 0 : 1);
        Assert.False(hasCoding && head.Groups["minor"].Value == "0");
    }

    [GeneratedRegex("""
        \A(\r\n)?[!#-'*+\-.^_`|~0-9A-Za-z]+\ [!"$->@-\[\]-~]+(\?[!"$-~]*)?\ HTTP/1\.(?<minor>[01])\r\n
        ((?<name>[!#-'*+\-.^_`|~0-9A-Za-z]+):[\t\x20-\x7E\x80-\xFF]*\r\n)*\r\n
        """, RegexOptions.IgnorePatternWhitespace | RegexOptions.ExplicitCapture)]
    private static partial Regex Grammar();
}
